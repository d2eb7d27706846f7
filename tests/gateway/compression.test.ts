/** envoy/compression.yaml: clients and providers compress, and Weir between them reads everything. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { gunzipSync, gzipSync } from "node:zlib";
import { parse } from "yaml";
import type { Part } from "../../build/envoy/index.ts";
import { ROOT } from "../run/files.ts";
import { callHttp1, chat, type Call } from "./client.ts";
import { startSuite, type Suite } from "./harness.ts";

const around = parse(readFileSync(join(ROOT, "envoy/compression.yaml"), "utf8")) as Record<
  "before_weir" | "after_weir",
  Part[]
>;

/** A call whose body is compressed, to a provider that compresses its answer. */
function compressed(more: object, headers: Record<string, string> = {}): Call {
  const call = chat(more, {
    "content-encoding": "gzip",
    "x-demo-encoding": "gzip",
    "x-demo-chunks": "600",
    ...headers,
  });
  return { ...call, body: gzipSync(call.body ?? "") };
}

describe("compression around Weir", () => {
  let suite: Suite;

  before(async () => {
    suite = await startSuite({
      configuration: { holdHeaders: true, processors: [{ type: "tokenCount" }] },
      adjust: ({ filters }) => {
        const weir = filters.findIndex(({ name }) => name === "weir");
        filters.splice(weir + 1, 0, ...around.after_weir);
        filters.splice(weir, 0, ...around.before_weir);
      },
    });
  });
  after(async () => await suite?.stop());

  test("a compressed call and its compressed answer are read, and the client gets a compressed answer", async () => {
    const seen = await callHttp1(suite.weir, compressed({}, { "accept-encoding": "gzip" }));
    assert.deepEqual([seen.status, seen.end, seen.headers["content-encoding"]], [200, "complete", "gzip"]);
    const answer = JSON.parse(gunzipSync(seen.body).toString()) as { usage: { completion_tokens: number } };
    const entry = await suite.logged(seen.requestId);
    assert.equal(entry.usage_source, "reported");
    assert.equal(Number(entry.output_tokens), answer.usage.completion_tokens);
    assert.equal(entry.request_model, "gpt-4o-mini");
    const received = suite.provider.received.at(-1);
    assert.equal(received?.headers["content-encoding"], undefined);
    assert.match(received?.headers["accept-encoding"] as string, /gzip/);
    assert.match(received?.body.toString() ?? "", /"model":"gpt-4o-mini"/);
  });

  test("a client that asks for no compression gets none, whatever the provider does", async () => {
    const seen = await callHttp1(suite.weir, compressed({}));
    assert.equal(seen.headers["content-encoding"], undefined);
    const answer = JSON.parse(seen.body.toString()) as { usage: { prompt_tokens: number } };
    assert.equal(Number((await suite.logged(seen.requestId)).input_tokens), answer.usage.prompt_tokens);
  });

  test("a stream that the provider compresses reaches the client as events, and its usage is told", async () => {
    const seen = await callHttp1(suite.weir, compressed({ stream: true }, { "accept-encoding": "gzip" }));
    assert.equal(seen.headers["content-encoding"], undefined);
    assert.match(seen.body.toString(), /\ndata: \[DONE\]\n\n$/);
    assert.doesNotMatch(seen.body.toString(), /"usage"/);
    const entry = await suite.logged(seen.requestId);
    assert.deepEqual([entry.usage_source, Number(entry.output_tokens)], ["reported", 600]);
  });

  test("a request that only says that it is compressed goes no further", async () => {
    const call = chat({}, { "content-encoding": "gzip" });
    const before = suite.provider.received.filter(({ body }) => body.includes("a weir need")).length;
    const seen = await callHttp1(suite.weir, call);
    assert.ok(seen.status >= 400 || seen.end !== "complete", `${seen.status} ${seen.end}`);
    assert.equal(suite.provider.received.filter(({ body }) => body.includes("a weir need")).length, before);
  });
});

describe("without it", () => {
  let suite: Suite;

  before(async () => {
    const rules = [{ action: "deny", models: ["forbidden-*"] }];
    suite = await startSuite({ configuration: { holdHeaders: true, processors: [{ type: "accessControl", rules }] } });
  });
  after(async () => await suite?.stop());

  test("the provider is asked for no compression, and an answer that is compressed anyway is estimated", async () => {
    const call = chat({}, { "accept-encoding": "gzip, br", "x-demo-encoding": "gzip", "x-demo-chunks": "600" });
    const seen = await callHttp1(suite.weir, call);
    assert.equal(suite.provider.received.at(-1)?.headers["accept-encoding"], "identity");
    assert.doesNotThrow(() => gunzipSync(seen.body));
    assert.equal((await suite.logged(seen.requestId)).usage_source, "estimated");
  });

  test("a compressed request is refused where it has to be read", async () => {
    const seen = await callHttp1(suite.weir, compressed({}));
    assert.equal(seen.status, 415);
    assert.equal((JSON.parse(seen.body.toString()) as { error: { code: string } }).error.code, "not_inspectable");
  });
});
