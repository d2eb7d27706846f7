/** tokenCount beside what a real provider charged for the same request. */
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { parse } from "yaml";
import { exchange } from "./host/exchange.ts";

const FOLDER = new URL("../../../shared/recordings/openai-http/", import.meta.url);

/** Tokens that the count is off where what is added to the texts is not published: see docs/token-counts.md. */
const OFF: Record<string, number> = {};

interface Recorded {
  interactions: { request: { url: string; body: string }; response: { body: string } }[];
}

const files = existsSync(FOLDER) ? readdirSync(FOLDER).filter((name) => /chat.*\.ya?ml$/.test(name)) : [];

test("there are recordings of chats", (t) => {
  if (files.length === 0) t.skip("there are no recordings in ../shared");
});

for (const name of files) {
  const { request, response } =
    (parse(readFileSync(new URL(name, FOLDER), "utf8")) as Recorded).interactions[0] ?? assert.fail();
  const charged = [...response.body.matchAll(/"prompt_tokens":\s*(\d+)/g)].at(-1)?.[1];
  if (charged === undefined) continue;
  test(`${name}: the input is counted as it was charged`, async () => {
    const seen = await exchange({
      config: { processors: [{ type: "tokenCount" }] },
      request: { body: request.body },
      variant: "release",
    });
    const counted = Number(seen.state["weir.usage.counted_input_tokens"]);
    assert.equal(counted - Number(charged), OFF[name] ?? 0);
  });
}
