/** Several plugins in one VM, and what happens to running exchanges when a plugin is configured anew or deleted. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Envoy } from "./host/envoy.ts";
import { PATH, QUESTION, run } from "./host/exchange.ts";
import { moduleOf, VARIANTS } from "./host/modules.ts";
import type { Plugin } from "./host/plugin.ts";
import type { Stream } from "./host/stream.ts";
import { chatStream } from "./host/streams.ts";

const denies = (model: string): object => ({
  processors: [{ type: "accessControl", rules: [{ action: "deny", models: [model] }] }],
});
const asks = (model: string): object => ({ request: { body: { ...QUESTION, model } } });

/** A streamed exchange up to the middle of its answer. */
function begin(envoy: Envoy, plugin: Plugin): Stream {
  const stream = envoy.openStream({ plugin });
  stream.requestHeaders({ ":method": "POST", ":path": PATH, "content-type": "application/json" });
  stream.requestBody(JSON.stringify({ ...QUESTION, stream: true }), true);
  stream.responseHeaders({ ":status": "200", "content-type": "text/event-stream" });
  stream.responseBody(chatStream({ reports: true }).slice(0, 700));
  return stream;
}

function finish(stream: Stream): void {
  stream.responseBody(chatStream({ reports: true }).slice(700));
  stream.responseBody("", true);
  assert.equal(stream.client.body.toString(), chatStream());
  assert.equal(stream.state.get("weir.outcome"), "completed");
  assert.equal(stream.state.get("gen_ai.usage.input_tokens"), "19");
}

for (const variant of VARIANTS) {
  test(`plugins of one VM have a configuration of their own each (${variant})`, async () => {
    const envoy = Envoy.start(await moduleOf(variant), denies("a"));
    const first = envoy.plugin;
    const second = envoy.addPlugin(denies("b"));
    assert.ok(second);
    const statuses = [first, second].flatMap((plugin) =>
      ["a", "b", "c"].map((m) => run(envoy, { plugin, ...asks(m) }).status),
    );
    assert.deepEqual(statuses, [403, 200, 200, 200, 403, 200]);
  });

  test(`a wrong configuration is refused with its errors, and the one before goes on (${variant})`, async () => {
    const envoy = Envoy.start(await moduleOf(variant), denies("a"));
    for (const wrong of [
      "{",
      "",
      "[]",
      '{"holdHeadrs":true}',
      '{"processors":[{"type":"accessControl","rules":[{}]}]}',
      "\uFEFF{}x",
    ]) {
      const logged = envoy.logs.length;
      assert.equal(envoy.plugin.configure(wrong), wrong === "", wrong);
      if (wrong === "") assert.equal(envoy.plugin.configure(denies("a")), true);
      else
        assert.ok(
          envoy.logs.slice(logged).some(({ level }) => level === "error"),
          wrong,
        );
      assert.equal(run(envoy, asks("a")).status, 403, wrong);
    }
  });

  test(`a plugin that was never configured rightly passes everything (${variant})`, async () => {
    const envoy = new Envoy(await moduleOf(variant));
    assert.equal(envoy.addPlugin('{"x":1}'), null);
    const plugin = envoy.addPlugin({});
    assert.ok(plugin);
    const id = envoy.nextId();
    envoy.callback("proxy_on_context_create", id, 0);
    assert.equal(envoy.callback("proxy_on_request_headers", id, 3, 0), 0);
  });

  test(`an exchange keeps the configuration that it began under (${variant})`, async () => {
    const envoy = Envoy.start(await moduleOf(variant), denies("a"));
    const { plugin } = envoy;
    const stream = envoy.openStream();
    stream.requestHeaders({ ":method": "POST", ":path": PATH, "content-type": "application/json" });
    assert.equal(plugin.configure(denies("b")), true);
    stream.requestBody('{"model":"a"}', true);
    assert.equal(stream.client.status, 403);
    assert.deepEqual(
      ["a", "b"].map((m) => run(envoy, asks(m)).status),
      [200, 403],
    );
  });

  test(`an exchange goes on to its end while its plugin is configured anew, again and again, or deleted (${variant})`, async () => {
    const envoy = Envoy.start(await moduleOf(variant), denies("a"));
    const old = envoy.plugin;
    const streams = [begin(envoy, old), begin(envoy, old), begin(envoy, old)];
    const [first, second, third] = streams as [Stream, Stream, Stream];
    for (let i = 0; i < 20; i++) assert.equal(old.configure(denies(`m${i}`)), true);
    finish(first);
    const next = envoy.addPlugin(denies("b"));
    assert.ok(next);
    envoy.deletePlugin(old);
    const other = begin(envoy, next);
    finish(second);
    third.clientReset();
    finish(other);
    assert.equal(third.state.get("weir.outcome"), "client_reset");
    assert.equal(envoy.metrics.total("weir.requests"), 4);
    assert.equal(run(envoy, { plugin: next, ...asks("b") }).status, 403);
  });

  test(`configuring anew a thousand times does not fill the memory (${variant})`, async () => {
    const envoy = Envoy.start(await moduleOf(variant), denies("a"));
    let plugin = envoy.plugin;
    let size = 0;
    for (let i = 0; i < 1_000; i++) {
      // As Envoy does: a new root context, and the old one goes.
      const next = envoy.addPlugin(denies("a"));
      assert.ok(next);
      envoy.deletePlugin(plugin);
      plugin = next;
      if (i === 100) size = envoy.memory.size;
    }
    assert.equal(envoy.memory.size, size);
  });
}
