/** What is no call to a model passes byte for byte, and costs the module nothing but a look at its path. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { exchange, PATH, type Plan } from "./host/exchange.ts";

const OTHERS: [name: string, plan: Plan][] = [
  ["another path", { request: { path: "/v1/files?x=1", body: "{}" } }],
  ["a path that only begins like a model's", { request: { path: "/chat/completions/123", body: "{}" } }],
  ["GET of a model's path", { request: { method: "GET", path: PATH } }],
  ["DELETE with a body", { request: { method: "DELETE", path: PATH, body: "{}" } }],
  ["no body at all", { request: { path: "/healthz", body: "" }, response: { status: 204, body: "" } }],
  ["trailers", { request: { path: "/x", body: "a", trailers: { a: "b" } }, response: { trailers: { c: "d" } } }],
  ["another content type", { request: { path: "/x", body: "a=b", headers: { "content-type": "text/plain" } } }],
  [
    "an upgrade",
    {
      request: {
        method: "GET",
        path: "/socket",
        headers: { upgrade: "websocket", connection: "upgrade" },
        end: "alone",
      },
      response: { status: 101, headers: { upgrade: "websocket" }, body: Buffer.from([0, 255, 1]), cut: [1, 2] },
    },
  ],
];

for (const [name, plan] of OTHERS) {
  test(`${name}: passes, and the module asks for nothing but the path and the method`, async () => {
    const seen = await exchange({ ...plan, trace: true });
    const { method = "POST", path, headers, trailers } = plan.request ?? {};
    const body = (plan.request?.body ?? "") as string;
    const sent = seen.upstream.headers ?? {};
    assert.equal(seen.upstream.body, body);
    assert.equal(seen.upstream.end, "clean");
    assert.equal(sent[":path"], path);
    assert.equal(sent[":method"], method);
    for (const [key, value] of Object.entries(headers ?? {})) assert.equal(sent[key], value);
    if (body !== "" && !trailers) assert.equal(sent["content-length"], String(body.length));
    assert.deepEqual(seen.upstream.trailers, trailers ?? null);
    assert.equal(seen.client.end, "clean");
    assert.deepEqual(seen.state, {});
    assert.deepEqual(seen.metrics, {});
    // Nothing but callbacks: no host call that changes anything.
    assert.deepEqual(
      seen.trace.filter((line) => !/^[>=]/.test(line)),
      [],
    );
  });
}

const PASSED: [name: string, plan: Plan][] = [
  [
    "a compressed question",
    { request: { body: Buffer.from([0x1f, 0x8b, 0, 255]), headers: { "content-encoding": "gzip" } } },
  ],
  ["a question of another content type", { request: { body: "a=b", headers: { "content-type": "text/plain" } } }],
  ["an empty question", { request: { body: "" } }],
  ["an empty question whose end comes alone", { request: { body: "", end: "alone" } }],
  ["a question of trailers only", { request: { body: "", trailers: { a: "b" } } }],
];

for (const [name, plan] of PASSED) {
  for (const config of [{}, { holdHeaders: true }]) {
    test(`${name} passes where nobody has to read it, ${JSON.stringify(config)}`, async () => {
      const seen = await exchange({ ...plan, config });
      const { body = "", trailers } = plan.request ?? {};
      assert.equal(seen.upstream.body, Buffer.from(body as Buffer).toString("latin1"));
      assert.equal(seen.upstream.end, "clean");
      assert.deepEqual(seen.upstream.trailers, trailers ?? null);
      assert.equal(seen.state["weir.outcome"], "completed");
      assert.equal(seen.status, 200);
    });
  }
}

test("the query is no part of the path", async () => {
  const { state } = await exchange({ request: { path: `${PATH}?api-version=1` } });
  assert.equal(state["gen_ai.operation.name"], "chat");
});
