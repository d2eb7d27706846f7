import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { until } from "../../build/envoy/index.ts";
import { callHttp1, chat, type Seen } from "./client.ts";
import { settledExactly, startSuite, type Suite } from "./harness.ts";

/** However an exchange ends, it is settled exactly once, and the log says how it ended. */

for (const workers of [1, 2]) {
  describe(`an exchange that ends early, on ${workers} worker${workers > 1 ? "s" : ""}`, () => {
    let suite: Suite;
    before(async () => {
      suite = await startSuite({ workers });
    });
    after(async () => await suite?.stop());

    async function settles(count: number, make: () => Promise<Seen[]>, outcome: string): Promise<Seen[]> {
      const settled = await suite.settled();
      const all = await make();
      assert.equal(all.length, count);
      for (const seen of all) assert.equal((await suite.logged(seen.requestId)).outcome, outcome);
      await settledExactly(suite, settled + count);
      return all;
    }

    test("the client aborts in the middle of a stream", async () => {
      const headers = { "x-demo-chunks": "2000", "x-demo-chunk-delay-ms": "5" };
      const call = { ...chat({ stream: true }, headers), abortAfterBytes: 2_000 };
      await settles(20, () => many(20, () => callHttp1(suite.weir, call)), "client_reset");
      await until("the provider to notice", () =>
        suite.provider.received.some((request) => request.state === "open") ? null : true,
      );
      assert.ok(suite.provider.received.slice(-20).every((request) => request.state === "gone"));
    });

    test("the client aborts before the answer's headers", async () => {
      const settled = await suite.settled();
      const aborted = new AbortController();
      const first = suite.provider.received.length;
      const body = chat().body as string;
      const call = fetch(`http://127.0.0.1:${suite.weir}/v1/chat/completions`, {
        method: "POST",
        headers: { "content-type": "application/json", "x-request-id": "gone-early", "x-demo-delay-ms": "600000" },
        body,
        signal: aborted.signal,
      });
      await until("the request at the provider", () => (suite.provider.received.length > first ? true : null));
      aborted.abort();
      await assert.rejects(call);
      assert.equal((await suite.logged("gone-early")).outcome, "client_reset");
      await settledExactly(suite, settled + 1);
    });

    test("the provider resets in the middle of a stream", async () => {
      const call = chat({ stream: true }, { "x-demo-chunks": "30", "x-demo-reset": "10" });
      const all = await settles(20, () => many(20, () => callHttp1(suite.weir, call)), "upstream_error");
      for (const seen of all) {
        assert.notEqual(seen.end, "complete");
        assert.doesNotMatch(seen.body.toString(), /\[DONE\]/);
      }
    });

    test("the provider resets in the middle of a whole answer", async () => {
      const call = chat({}, { "x-demo-reset": "0" });
      const all = await settles(5, () => many(5, () => callHttp1(suite.weir, call)), "upstream_error");
      for (const seen of all) assert.ok(seen.end !== "complete" || seen.status >= 500, `${seen.end} ${seen.status}`);
    });

    test("the provider resets before the headers", async () => {
      const call = chat({}, { "x-demo-reset": "before-headers" });
      const all = await settles(20, () => many(20, () => callHttp1(suite.weir, call)), "upstream_error");
      for (const seen of all) assert.equal(seen.status, 503);
    });

    test("the provider answers with an error", async () => {
      const call = chat({}, { "x-demo-status": "500" });
      await settles(10, () => many(10, () => callHttp1(suite.weir, call)), "upstream_error");
    });

    test("the provider ends a stream without [DONE]", async () => {
      const call = chat({ stream: true }, { "x-demo-omit": "done" });
      const all = await settles(5, () => many(5, () => callHttp1(suite.weir, call)), "completed");
      for (const seen of all) assert.doesNotMatch(seen.body.toString(), /\[DONE\]/);
    });

    test("an answer right after the troubles is whole", async () => {
      const [without, through] = [await callHttp1(suite.bare, chat()), await callHttp1(suite.weir, chat())];
      assert.ok(through.body.equals(without.body));
    });
  });
}

function many(count: number, call: () => Promise<Seen>): Promise<Seen[]> {
  return Promise.all(Array.from({ length: count }, call));
}
