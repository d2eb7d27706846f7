/** Holding the request's headers until its body was read, and noticing where a listener does not allow it. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Envoy } from "./host/envoy.ts";
import { PATH, QUESTION, run } from "./host/exchange.ts";
import { moduleOf, VARIANTS } from "./host/modules.ts";
import type { Stream } from "./host/stream.ts";

const METRIC = "weir.hold_headers_without_flag";

function ask(envoy: Envoy, flag: boolean): Stream {
  const body = JSON.stringify({ ...QUESTION, stream: true });
  const stream = envoy.openStream({ flag });
  const length = String(body.length);
  stream.requestHeaders({
    ":method": "POST",
    ":path": PATH,
    "content-type": "application/json",
    "content-length": length,
  });
  stream.requestBody(body);
  stream.requestBody("", true);
  return stream;
}

for (const variant of VARIANTS) {
  test(`where the listener lacks the flag, a tick lets held streams go, and one line and one count tell (${variant})`, async () => {
    const envoy = Envoy.start(await moduleOf(variant), { holdHeaders: true });
    const streams = [ask(envoy, false), ask(envoy, false), ask(envoy, false)];
    envoy.advance(1_900);
    assert.ok(streams.every((stream) => stream.upstream.headers === undefined));
    assert.equal(envoy.logs.length, 0);
    envoy.advance(600);
    for (const stream of streams) {
      assert.equal(stream.upstream.end, "clean");
      assert.match(stream.upstream.body.toString(), /"stream_options":\{"include_usage":true\}/);
      stream.responseHeaders({ ":status": "200", "content-type": "application/json" });
      stream.responseBody("{}", true);
      assert.equal(stream.state.get("weir.outcome"), "completed");
    }
    envoy.advance(10_000);
    assert.deepEqual(
      envoy.logs.map(({ level }) => level),
      ["error"],
    );
    assert.match(envoy.logs[0]?.text ?? "", /allow_on_headers_stop_iteration/);
    assert.equal(envoy.metrics.total(METRIC), 1);
    assert.equal(envoy.plugin.tickPeriodMs, 0);
    // From now on nobody waits.
    assert.equal(ask(envoy, false).upstream.end, "clean");
    assert.equal(envoy.metrics.total("weir.requests"), 3);
  });

  test(`a configuration anew tries again to hold headers (${variant})`, async () => {
    const envoy = Envoy.start(await moduleOf(variant), { holdHeaders: true });
    ask(envoy, false);
    envoy.advance(3_000);
    assert.equal(envoy.plugin.configure({ holdHeaders: true }), true);
    const held = ask(envoy, true);
    assert.equal(held.upstream.headers?.get("content-length"), String(held.upstream.body.length));
  });

  test(`a VM that has seen a held body come never suspects a listener (${variant})`, async () => {
    const envoy = Envoy.start(await moduleOf(variant), { holdHeaders: true });
    const slow = envoy.openStream();
    slow.requestHeaders({ ":method": "POST", ":path": PATH, "content-type": "application/json" });
    envoy.advance(100);
    run(envoy, {});
    envoy.advance(60_000);
    assert.equal(slow.upstream.headers, undefined);
    assert.deepEqual(envoy.logs, []);
    assert.equal(envoy.metrics.total(METRIC), 0);
    assert.equal(envoy.plugin.tickPeriodMs, 0);
    slow.requestBody(JSON.stringify(QUESTION), true);
    assert.equal(slow.upstream.end, "clean");
  });

  test(`a stream that is gone when the tick comes is no evidence (${variant})`, async () => {
    const envoy = Envoy.start(await moduleOf(variant), { holdHeaders: true });
    ask(envoy, false).clientReset();
    envoy.advance(1_000);
    assert.equal(envoy.metrics.total("weir.requests"), 1);
    envoy.advance(10_000);
    assert.deepEqual(envoy.logs, []);
  });

  test(`a question without a body is not waited for (${variant})`, async () => {
    const envoy = Envoy.start(await moduleOf(variant), { holdHeaders: true });
    const stream = envoy.openStream({ flag: false });
    stream.requestHeaders({ ":method": "POST", ":path": PATH, "content-type": "application/json" }, true);
    assert.equal(stream.upstream.end, "clean");
    envoy.advance(10_000);
    assert.deepEqual(envoy.logs, []);
  });
}
