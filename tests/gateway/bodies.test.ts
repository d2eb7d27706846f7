import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { callHttp1, chat, type Seen } from "./client.ts";
import { settledExactly, startSuite, type Suite } from "./harness.ts";

const bufferBytes = 65_536;

let suite: Suite;
let narrow: Suite;

before(async () => {
  suite = await startSuite({
    adjust: (gateway) => (gateway.listener.per_connection_buffer_limit_bytes = bufferBytes),
  });
  narrow = await startSuite({ configuration: { maxRequestBytes: 4_000, maxResponseBytes: 4_000, processors: [] } });
});
after(async () => {
  await suite?.stop();
  await narrow?.stop();
});

function question(bytes: number): object {
  return { messages: [{ role: "user", content: "w".repeat(bytes) }] };
}

test("a request over Envoy's buffer limit gets Envoy's 413 and is settled once, as refused", async () => {
  const settled = await suite.settled();
  const reached = suite.provider.received.length;
  const seen = await callHttp1(suite.weir, chat(question(5 * bufferBytes)));
  assert.equal(seen.status, 413);
  const entry = await suite.logged(seen.requestId);
  assert.equal(entry.outcome, "refused");
  assert.match(String(entry.details), /^request_payload_too_large/);
  assert.equal(suite.provider.received.length, reached);
  await settledExactly(suite, settled + 1);
});

test("a request under Envoy's buffer limit passes with its bytes", async () => {
  const call = chat(question(bufferBytes - 4_096));
  assert.equal((await callHttp1(suite.weir, call)).status, 200);
  assert.equal(suite.provider.received.at(-1)?.body.toString(), call.body);
});

test("a request over maxRequestBytes is refused in the caller's dialect", async () => {
  const reached = narrow.provider.received.length;
  const seen = await callHttp1(narrow.weir, chat(question(10_000)));
  assert.equal(seen.status, 413);
  assert.equal(errorCode(seen), "request_too_large");
  assert.equal(narrow.provider.received.length, reached);
  assert.equal((await narrow.logged(seen.requestId)).outcome, "refused");
});

test("a whole answer far over Envoy's buffer limit arrives byte for byte", async () => {
  await sameThroughBoth(suite, chat({}, { "x-demo-chunks": "3000", "x-demo-chunk-bytes": "1000" }), 3_000_000);
});

test("a streamed answer far over Envoy's buffer limit arrives byte for byte", async () => {
  const call = chat({ stream: true }, { "x-demo-chunks": "1500", "x-demo-chunk-bytes": "2000" });
  await sameThroughBoth(suite, call, 3_000_000);
});

test("an answer over maxResponseBytes is passed on, and its usage is said to be estimated", async () => {
  const call = chat({}, { "x-demo-chunks": "100", "x-demo-chunk-bytes": "100" });
  const seen = await sameThroughBoth(narrow, call, 10_000);
  const entry = await narrow.logged(seen.requestId);
  assert.deepEqual([entry.outcome, entry.usage_source], ["completed", "estimated"]);
});

test("a stream in pieces of one byte arrives byte for byte, with its usage", async () => {
  const call = chat({ stream: true, stream_options: { include_usage: true } }, { "x-demo-split": "1" });
  const seen = await sameThroughBoth(suite, call, 1_000);
  const entry = await suite.logged(seen.requestId);
  const usage = /"usage":(\{.*\})\}\n\ndata: \[DONE\]/.exec(seen.body.toString())?.[1] ?? "{}";
  const reported = JSON.parse(usage) as { prompt_tokens: number; completion_tokens: number };
  assert.deepEqual(
    [Number(entry.input_tokens), Number(entry.output_tokens), entry.usage_source],
    [reported.prompt_tokens, reported.completion_tokens, "reported"],
  );
});

test("a body that is no JSON is the provider's to refuse, and is settled", async () => {
  const call = { ...chat(), body: "{ no json" };
  const [without, through] = [await callHttp1(suite.bare, call), await callHttp1(suite.weir, call)];
  assert.deepEqual([through.status, without.status], [400, 400]);
});

async function sameThroughBoth(on: Suite, call: ReturnType<typeof chat>, atLeast: number): Promise<Seen> {
  const [without, through] = [await callHttp1(on.bare, call), await callHttp1(on.weir, call)];
  assert.deepEqual([through.status, through.end], [200, "complete"]);
  assert.ok(through.body.length >= atLeast);
  assert.ok(through.body.equals(without.body));
  return through;
}

function errorCode(seen: Seen): unknown {
  return (JSON.parse(seen.body.toString()) as { error: { code: unknown } }).error.code;
}
