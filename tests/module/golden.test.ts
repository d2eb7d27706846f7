/**
 * What passes between the proxy and the module, scenario by scenario, as tests/golden shows it. All builds must do the same.
 * `npm test -- module golden --update-golden` writes the files anew; read the difference before you commit it.
 */
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { exchange, type Plan, QUESTION } from "./host/exchange.ts";
import { asEvents, chatStream } from "./host/streams.ts";

const FOLDER = new URL("../golden/", import.meta.url);

const streamed = { body: { ...QUESTION, stream: true } };
const short = chatStream({ reports: true, texts: ["Hello!"] });
const probe = (more: object, settings: object = {}): object => ({
  ...settings,
  processors: [{ type: "probe", ...more }],
});
const denied = {
  processors: [{ type: "accessControl", name: "doors", rules: [{ action: "deny", models: ["gpt-4o"] }] }],
};
const texts = asEvents(
  ["one", "two", "three", "four"].map(
    (text) => `{"id":"c","created":1,"model":"m","choices":[{"index":0,"delta":{"content":"${text}"}}]}`,
  ),
);
const cut = [texts.indexOf("two"), texts.indexOf("four")];

const SCENARIOS: Record<string, Plan> = {
  "whole-answer": {},
  "streamed-answer": { request: streamed, response: { body: short, cut: [200, 420] }, pace: 20 },
  "streamed-answer-held-headers": { config: { holdHeaders: true }, request: streamed, response: { body: short } },
  "other-traffic": { request: { method: "GET", path: "/healthz" } },
  "model-not-allowed": { config: denied },
  "model-not-allowed-held-headers": { config: { ...denied, holdHeaders: true } },
  "client-gone-mid-stream": {
    request: streamed,
    response: { body: short, cut: [200] },
    breakoff: { by: "client", at: 1 },
  },
  "provider-gone-before-answer": { breakoff: { by: "upstream", at: "answer" } },
  "provider-times-out": { breakoff: { by: "timeout", at: "answer" } },
  "too-large-for-envoy": { bufferLimit: 40 },
  "too-large-for-weir": { config: { maxRequestBytes: 40 } },
  "waits-and-goes-on": {
    config: probe({ at: "request", act: "httpCall" }),
    between: ({ callouts }) => callouts.answer(callouts.first, "fine"),
  },
  "waits-and-is-refused": {
    config: probe({ at: "requestHeaders", act: "grpcCall" }),
    between: ({ callouts }) => callouts.timeOut(callouts.first),
  },
  "stream-ended-and-drained": {
    config: probe({ at: "delta", afterBytes: 4, act: "endWithLength" }),
    request: streamed,
    response: { body: texts, cut },
  },
  "stream-ended-and-stopped": {
    config: probe({ at: "delta", afterBytes: 4, act: "endWithContentFilter" }, { endStreams: "stop" }),
    request: streamed,
    response: { body: texts, cut },
  },
};

for (const [name, plan] of Object.entries(SCENARIOS)) {
  test(`${name} is as tests/golden/${name}.txt shows it`, async () => {
    const { trace, client, upstream, details } = await exchange({ ...plan, trace: true, fresh: true });
    const text = (side: typeof client): string[] => [
      ...Object.entries(side.headers ?? {}).map(([key, value]) => `  ${key}: ${value}`),
      ...side.body.split("\n").map((line) => `  | ${line.replaceAll("\r", "\\r")}`),
      `  end: ${side.end}`,
    ];
    const lines = [...trace, "", "upstream", ...text(upstream), "", `client (${details})`, ...text(client), ""];
    const file = new URL(`${name}.txt`, FOLDER);
    if (process.env["WEIR_UPDATE_GOLDEN"] === "1") writeFileSync(file, lines.join("\n"));
    assert.ok(existsSync(file), `${name}.txt is not there; write it with --update-golden`);
    assert.deepEqual(lines, readFileSync(file, "utf8").split("\n"));
  });
}

test("every golden file has its scenario", () => {
  const files = readdirSync(FOLDER).filter((file) => file.endsWith(".txt"));
  assert.deepEqual(
    files.filter((file) => !(file.replace(".txt", "") in SCENARIOS)),
    [],
  );
});
