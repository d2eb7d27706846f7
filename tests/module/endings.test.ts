/** However an exchange ends, it is settled exactly once, and what is told of it is right. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Envoy } from "./host/envoy.ts";
import { type Breakoff, exchange, PATH, type Plan, QUESTION, run, type Seen } from "./host/exchange.ts";
import { moduleOf, VARIANTS } from "./host/modules.ts";
import { chatStream } from "./host/streams.ts";

const STREAM = { body: { ...QUESTION, stream: true } };
const ANSWER = { body: chatStream({ reports: true }), cut: [300, 600] };

/** How many exchanges the metrics count. */
function settlements({ metrics }: Seen): number {
  let count = 0;
  for (const [name, value] of Object.entries(metrics)) if (name.startsWith("weir.requests;")) count += Number(value);
  return count;
}

/** Runs it, with held headers and without, and expects one settlement. */
async function ends(plan: Plan, outcome: string, refusal?: string): Promise<Seen> {
  let seen: Seen | undefined;
  for (const holdHeaders of [true, false]) {
    seen = await exchange({ ...plan, config: { ...(plan.config as object), holdHeaders } });
    assert.equal(settlements(seen), 1);
    assert.equal(seen.state["weir.outcome"], outcome);
    assert.equal(seen.state["weir.refusal"], refusal);
    const line = Object.keys(seen.metrics).find((name) => name.startsWith("weir.requests;"));
    assert.ok(line?.endsWith(`outcome=${outcome};`), line);
  }
  return seen as Seen;
}

test("a whole and a streamed answer are completed", async () => {
  await ends({}, "completed");
  await ends({ request: STREAM, response: ANSWER }, "completed");
});

test("a client that goes away is a reset by the client, whenever it goes", async () => {
  for (const at of ["request", "answer", 0, 1, 2] as Breakoff["at"][]) {
    const seen = await ends({ request: STREAM, response: ANSWER, breakoff: { by: "client", at } }, "client_reset");
    assert.equal(seen.client.end, "reset");
    // What was forwarded is paid for, also when nobody waited for the answer.
    assert.equal(seen.state["weir.usage.source"], at === "request" ? undefined : "estimated");
  }
});

test("a client that goes when the report has come is charged what was reported", async () => {
  const body = chatStream({ reports: true, done: false });
  const seen = await ends({ request: STREAM, response: { body }, breakoff: { by: "client", at: 1 } }, "client_reset");
  assert.equal(seen.state["weir.usage.source"], "reported");
});

test("a provider that goes away before its answer is an error, and a 503", async () => {
  const seen = await ends({ breakoff: { by: "upstream", at: "answer" } }, "upstream_error");
  assert.equal(seen.status, 503);
  assert.equal(seen.state["weir.usage.source"], undefined);
});

test("a provider that goes away in the middle of its answer is an error, and what passed is estimated", async () => {
  for (const at of [0, 1, 2]) {
    const seen = await ends({ request: STREAM, response: ANSWER, breakoff: { by: "upstream", at } }, "upstream_error");
    assert.equal(seen.client.end, "reset");
    assert.equal(seen.state["weir.usage.source"], "estimated");
  }
});

test("a provider that takes too long is an error, and a 504", async () => {
  const seen = await ends({ breakoff: { by: "timeout", at: "answer" } }, "upstream_error");
  assert.equal(seen.status, 504);
});

test("a client that does not go on with its question is refused by Envoy", async () => {
  const seen = await ends({ breakoff: { by: "idle", at: "request" } }, "refused", "envoy.stream_idle_timeout");
  assert.equal(seen.status, 408);
});

test("a question over Envoy's own limit is refused by Envoy", async () => {
  const body = { ...QUESTION, padding: "x".repeat(5000) };
  for (const cut of [[], [1000, 2000, 3000, 4000]]) {
    const plan = { bufferLimit: 4000, request: { body, cut } };
    const seen = await ends(plan, "refused", "envoy.request_payload_too_large");
    assert.equal(seen.status, 413);
    assert.equal(seen.client.body, "Payload Too Large");
    assert.equal(seen.metrics["weir.refusals;processor=envoy;code=local_reply;"], 1);
  }
});

test("a question over maxRequestBytes is refused by Weir, in the words of the API", async () => {
  const plan = { config: { maxRequestBytes: 50 }, request: { cut: [10, 20, 60] } };
  const seen = await ends(plan, "refused", "weir.request_too_large");
  assert.equal(seen.status, 413);
  assert.equal((JSON.parse(seen.client.body) as { error: { code: string } }).error.code, "request_too_large");
  assert.equal(seen.details, "weir_weir_request_too_large");
  assert.equal(seen.upstream.end === "clean", false);
});

test("an answer of nothing but headers is an answer", async () => {
  await ends({ response: { body: "" } }, "completed");
  await ends({ response: { status: 500, body: "" } }, "upstream_error");
});

test("an answer that comes before the question's end ends both", async () => {
  for (const variant of VARIANTS) {
    const envoy = Envoy.start(await moduleOf(variant));
    const stream = envoy.openStream();
    stream.requestHeaders({ ":method": "POST", ":path": PATH, "content-type": "application/json" });
    stream.requestBody("{");
    stream.responseHeaders({ ":status": "429", "content-type": "application/json" });
    stream.responseBody("{}", true);
    assert.equal(stream.client.end, "clean");
    assert.equal(stream.state.get("weir.outcome"), "upstream_error");
    assert.equal(envoy.metrics.total("weir.requests"), 1);
  }
});

test("a log, an end and a deletion settle once, in any order and however often they come", async () => {
  for (const variant of VARIANTS) {
    const envoy = Envoy.start(await moduleOf(variant));
    const orders = [["log"], ["delete"], ["log", "log", "delete", "delete"], ["delete", "log"]];
    let count = 0;
    for (const order of orders) {
      const stream = envoy.openStream();
      stream.requestHeaders({ ":method": "POST", ":path": PATH, "content-type": "application/json" });
      for (const name of order) envoy.callback(`proxy_on_${name}`, stream.id);
      stream.clientReset();
      assert.equal(envoy.metrics.total("weir.requests"), ++count, `${variant} ${order.join()}`);
    }
  }
});

test("callbacks for ids that nobody knows, or that are gone, pass everything and do nothing", async () => {
  for (const variant of VARIANTS) {
    const envoy = Envoy.start(await moduleOf(variant));
    const { id: gone } = openAndReset(envoy);
    for (const id of [0, 99, gone, 0x7fffffff, 0xffffffff]) {
      for (const name of ["request_headers", "request_body", "response_headers", "response_body"])
        assert.equal(envoy.callback(`proxy_on_${name}`, id, 3, 1), 0, name);
      for (const name of ["request_trailers", "response_trailers"])
        assert.equal(envoy.callback(`proxy_on_${name}`, id, 0), 0);
      for (const name of ["log", "delete", "tick"]) envoy.callback(`proxy_on_${name}`, id);
      assert.equal(envoy.callback("proxy_on_configure", id, 0), 0);
      envoy.callback("proxy_on_http_call_response", id, 4, 1, 0, 0);
      envoy.callback("proxy_on_grpc_receive", id, 5, 0);
      envoy.callback("proxy_on_grpc_close", id, 5, 14);
    }
    assert.equal(envoy.metrics.total("weir.requests"), 1);
    assert.equal(run(envoy, {}).state["weir.outcome"], "completed");
  }
});

test("body and trailers that come before their headers pass", async () => {
  for (const variant of VARIANTS) {
    const envoy = Envoy.start(await moduleOf(variant));
    const id = envoy.nextId();
    envoy.callback("proxy_on_context_create", id, envoy.plugin.id);
    for (const name of ["request_body", "request_trailers", "response_headers", "response_body", "response_trailers"])
      assert.equal(envoy.callback(`proxy_on_${name}`, id, 3, 1), 0, name);
    envoy.callback("proxy_on_log", id);
    envoy.callback("proxy_on_delete", id);
    assert.equal(envoy.metrics.total("weir.requests"), 0);
  }
});

function openAndReset(envoy: Envoy): { id: number } {
  const stream = envoy.openStream();
  stream.requestHeaders({ ":method": "POST", ":path": PATH, "content-type": "application/json" });
  stream.clientReset();
  return stream;
}

test("callbacks of streams for a plugin's own id pass everything, and the plugin goes on", async () => {
  for (const variant of VARIANTS) {
    const processors = [{ type: "accessControl", default: "deny" }];
    const envoy = Envoy.start(await moduleOf(variant), { processors });
    for (const name of ["request_headers", "request_body", "response_headers", "response_body"])
      assert.equal(envoy.callback(`proxy_on_${name}`, envoy.plugin.id, 3, 1), 0, name);
    assert.equal(run(envoy, {}).status, 403);
  }
});
