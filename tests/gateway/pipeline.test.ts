import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import OpenAI from "openai";
import { buildModule } from "../../build/wasm/build.ts";
import { plainCluster, type Part, until } from "../../build/envoy/index.ts";
import { type Checker, startGrpcChecker, startHttpChecker } from "./checker.ts";
import { callHttp1, chat, type Seen } from "./client.ts";
import { startSuite, type Suite } from "./harness.ts";

/**
 * What the pipeline makes of each verdict, in a real Envoy: the filter is built with one more processor, the probe
 * (tests/module/probe), which does as its configuration says.
 */

interface Logged {
  outcome: string;
  refusal: string;
  observed: string;
}

for (const stopHeaders of ["allowed", "notAllowed"] as const) {
  const holdHeaders = stopHeaders === "allowed";
  describe(`the pipeline, ${holdHeaders ? "holding headers" : "without the header flag"}`, () => {
    let suite: Suite;
    let http: Checker;
    let grpc: Checker;

    before(async () => {
      const { path } = await buildModule({ variant: "release", entry: "tests/module/probe/index.ts" });
      http = await startHttpChecker();
      grpc = await startGrpcChecker();
      suite = await startSuite({
        module: path,
        stopHeaders,
        configuration: { holdHeaders, processors: [] },
        adjust: (gateway) => {
          const { clusters } = gateway.bootstrap.static_resources as { clusters: Part[] };
          clusters.push(plainCluster("probe", http.port));
          const second = plainCluster("probe-grpc", grpc.port, "HTTP/2");
          clusters.push(second);
        },
      });
    });
    after(async () => {
      await suite?.stop();
      await http?.stop();
      await grpc?.stop();
    });

    async function probed(probe: object, call = chat()): Promise<{ seen: Seen; logged: Logged; code: string }> {
      const configuration = { holdHeaders, processors: [{ type: "probe", ...probe }] };
      assert.equal(await suite.reconfigure(configuration), "taken");
      const seen = await callHttp1(suite.weir, call);
      const logged = (await suite.logged(seen.requestId)) as unknown as Logged;
      const code =
        seen.status >= 400 ? (JSON.parse(seen.body.toString()) as { error: { code: string } }).error.code : "";
      return { seen, logged, code };
    }

    for (const at of ["requestHeaders", "request", "responseHeaders"]) {
      test(`a refusal at ${at} reaches the client in its dialect and is settled as refused`, async () => {
        const { seen, logged, code } = await probed({ at, act: "refuse" });
        assert.deepEqual([seen.status, code, seen.end], [418, "probe_refused", "complete"]);
        assert.deepEqual([logged.outcome, logged.refusal], ["refused", "probe.probe_refused"]);
      });
    }

    test("a failure refuses, unless the failure mode is open or the processor only observes", async () => {
      const closed = await probed({ at: "request", act: "fail" });
      assert.deepEqual([closed.seen.status, closed.code], [503, "processor_failed"]);
      const open = await probed({ at: "request", act: "fail", failureMode: "open" });
      assert.deepEqual([open.seen.status, open.logged.observed], [200, "probe.failed_open"]);
      const observing = await probed({ at: "request", act: "refuse", mode: "observe" });
      assert.deepEqual([observing.seen.status, observing.logged.outcome], [200, "completed"]);
      assert.equal(observing.logged.observed, "probe.probe_refused");
    });

    for (const [call, cluster] of [
      ["httpCall", "probe"],
      ["grpcCall", "probe-grpc"],
    ] as const) {
      for (const at of ["requestHeaders", "request"]) {
        const waits = { at, act: call, cluster };
        const checker = (): Checker => (call === "httpCall" ? http : grpc);

        test(`a request waits at ${at} for the ${call}, and goes on as it was`, async () => {
          checker().answer = call === "httpCall" ? 200 : 0;
          const asked = checker().asked.length;
          const { seen, logged } = await probed(waits);
          assert.deepEqual([seen.status, seen.end, logged.outcome], [200, "complete", "completed"]);
          assert.equal(checker().asked.length, asked + 1);
          assert.equal(suite.provider.received.at(-1)?.body.toString(), chat().body);
        });

        test(`what the ${call} at ${at} brings can refuse`, async () => {
          checker().answer = call === "httpCall" ? 200 : 0;
          const { seen, code } = await probed({ ...waits, onAnswer: "refuse" });
          assert.deepEqual([seen.status, code], [418, "probe_refused"]);
        });

        test(`a ${call} at ${at} that is not answered in time is a failure`, async () => {
          checker().answer = null;
          const closed = await probed(waits);
          assert.deepEqual([closed.seen.status, closed.code], [503, "processor_failed"]);
          const open = await probed({ ...waits, failureMode: "open" });
          assert.deepEqual([open.seen.status, open.logged.outcome], [200, "completed"]);
        });
      }
    }

    test("a callout to an unknown cluster is a failure", async () => {
      const { seen, code } = await probed({ at: "request", act: "httpCall", cluster: "nobody" });
      assert.deepEqual([seen.status, code], [503, "processor_failed"]);
    });

    test("a gRPC call that ends with an error is a failure", async () => {
      grpc.answer = 14;
      const { seen, code } = await probed({ at: "request", act: "grpcCall", cluster: "probe-grpc" });
      assert.deepEqual([seen.status, code], [503, "processor_failed"]);
    });

    test("a stream that is ended early ends validly for the official client, with the usage it asked for", async () => {
      const configuration = {
        holdHeaders,
        processors: [{ type: "probe", at: "delta", act: "endWithLength", afterBytes: 20 }],
      };
      assert.equal(await suite.reconfigure(configuration), "taken");
      const client = new OpenAI({ apiKey: "none", baseURL: `http://127.0.0.1:${suite.weir}/v1`, maxRetries: 0 });
      const stream = await client.chat.completions.create(
        {
          model: "gpt-4o-mini",
          stream: true,
          stream_options: { include_usage: true },
          messages: [{ role: "user", content: "Hi" }],
        },
        { headers: { "x-demo-chunks": "100", "x-demo-chunk-delay-ms": "2", "x-request-id": "cut-sdk" } },
      );
      let text = "";
      const reasons: string[] = [];
      let usage = 0;
      for await (const chunk of stream) {
        text += chunk.choices[0]?.delta.content ?? "";
        if (chunk.choices[0]?.finish_reason) reasons.push(chunk.choices[0].finish_reason);
        if (chunk.usage) usage++;
      }
      assert.ok(text.length > 20 && text.length < 200, `${text.length} characters came`);
      assert.deepEqual(reasons, ["length"]);
      assert.equal(usage, 1);
      assert.equal(((await suite.logged("cut-sdk")) as unknown as Logged).outcome, "cut_off");
    });

    test("with `endStreams: stop` the provider is stopped at once", async () => {
      const probe = { type: "probe", at: "delta", act: "endWithContentFilter", afterBytes: 20 };
      assert.equal(await suite.reconfigure({ holdHeaders, endStreams: "stop", processors: [probe] }), "taken");
      const call = chat({ stream: true }, { "x-demo-chunks": "5000", "x-demo-chunk-delay-ms": "5" });
      const seen = await callHttp1(suite.weir, call);
      assert.match(seen.body.toString(), /"finish_reason":"content_filter"[^]*data: \[DONE\]\n\n$/);
      await until("the provider to be stopped", () => (suite.provider.received.at(-1)?.state === "gone" ? true : null));
      assert.equal(((await suite.logged(seen.requestId)) as unknown as Logged).outcome, "cut_off");
    });

    test("an observing processor does not end a stream", async () => {
      const { seen, logged } = await probed(
        { at: "delta", act: "endWithLength", mode: "observe" },
        chat({ stream: true }, { "x-demo-chunks": "20" }),
      );
      assert.match(seen.body.toString(), /"finish_reason":"stop"/);
      assert.deepEqual([logged.outcome, logged.observed.split(",")[0]], ["completed", "probe.cut_off"]);
    });
  });
}

test("a processor that needs held headers is refused without holdHeaders, with a sentence that says what to do", async () => {
  const { path } = await buildModule({ variant: "release", entry: "tests/module/probe/index.ts" });
  const suite = await startSuite({ module: path, configuration: { processors: [] } });
  try {
    const needs = { processors: [{ type: "probe", changesHeaders: true }] };
    assert.equal(await suite.reconfigure(needs), "rejected");
    assert.match(suite.envoy.log.items.join("\n"), /holdHeaders: true.*allow_on_headers_stop_iteration: true/);
    assert.equal(await suite.reconfigure({ ...needs, holdHeaders: true }), "taken");
  } finally {
    await suite.stop();
  }
});
