/** A processor that waits for an answer of somebody else, what the answer can do, and who ends while it is out. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { everyCut } from "./host/cuts.ts";
import { Envoy } from "./host/envoy.ts";
import { exchange, PATH, type Plan, QUESTION, type Seen } from "./host/exchange.ts";
import { moduleOf, VARIANTS } from "./host/modules.ts";

type Answer = (envoy: Envoy) => void;

const ANSWERS: Record<string, Answer> = {
  answered: ({ callouts }) => callouts.answer(callouts.first, "fine"),
  late: ({ callouts }) => callouts.timeOut(callouts.first),
  broken: ({ callouts }) =>
    callouts.first.kind === "http" ? callouts.answerHttp(callouts.first, 503) : callouts.closeGrpc(callouts.first, 14),
};

/** Runs the exchange in all three ways in which a listener may treat the headers. */
async function probed(probe: object, plan: Plan = {}): Promise<Seen> {
  const config = { processors: [{ type: "probe", ...probe }] };
  const seen = await exchange({ ...plan, config });
  assert.deepEqual((await exchange({ ...plan, config, flag: false })).client, seen.client);
  assert.deepEqual((await exchange({ ...plan, config: { ...config, holdHeaders: true } })).client, seen.client);
  return seen;
}

for (const act of ["httpCall", "grpcCall"]) {
  for (const at of ["requestHeaders", "request"]) {
    const probe = { at, act };

    test(`a request waits at ${at} for the ${act}, and goes on as it was`, async () => {
      const seen = await probed(probe, { between: ANSWERS["answered"] as Answer });
      assert.equal(seen.upstream.body, JSON.stringify(QUESTION));
      assert.deepEqual([seen.status, seen.upstream.end, seen.state["weir.outcome"]], [200, "clean", "completed"]);
      assert.equal(seen.state["probe.reply"], `${act === "httpCall" ? 200 : 0} fine`);
    });

    test(`a streamed request that waits at ${at} for the ${act} is edited behind it`, async () => {
      const request = { body: { model: "m", stream: true } };
      const seen = await probed(probe, { request, between: ANSWERS["answered"] as Answer });
      assert.match(seen.upstream.body, /"include_usage":true/);
    });

    test(`a request that waits at ${at} for the ${act} is read alike wherever it is cut`, async () => {
      const body = JSON.stringify(QUESTION);
      const config = { processors: [{ type: "probe", ...probe }] };
      const between = ANSWERS["answered"] as Answer;
      const whole = await exchange({ config, between });
      for (const cut of everyCut(body))
        assert.deepEqual(await exchange({ config, request: { body, cut }, between }), whole);
    });

    test(`what the ${act} at ${at} brings can refuse`, async () => {
      const seen = await probed({ ...probe, onAnswer: "refuse" }, { between: ANSWERS["answered"] as Answer });
      assert.deepEqual(
        [seen.status, seen.client.end, seen.state["weir.refusal"]],
        [418, "clean", "probe.probe_refused"],
      );
      assert.equal(seen.state["weir.outcome"], "refused");
    });

    for (const how of ["late", "broken"]) {
      test(`a ${act} at ${at} that is ${how} is a failure`, async () => {
        const closed = await probed(probe, { between: ANSWERS[how] as Answer });
        assert.deepEqual([closed.status, closed.state["weir.refusal"]], [503, "probe.processor_failed"]);
        const open = await probed({ ...probe, failureMode: "open" }, { between: ANSWERS[how] as Answer });
        assert.deepEqual([open.status, open.state["weir.observed"]], [200, "probe.failed_open"]);
      });
    }

    test(`an answer to the ${act} at ${at} can start the next call`, async () => {
      const twice: Answer = ({ callouts }) => {
        callouts.answer(callouts.first, "one");
        callouts.timeOut(callouts.first);
      };
      const seen = await probed({ ...probe, onAnswer: act, failureMode: "open" }, { between: twice });
      assert.deepEqual([seen.status, seen.state["weir.observed"]], [200, "probe.failed_open"]);
    });

    test(`an answer to the ${act} at ${at} whose client is gone concerns nobody`, async () => {
      let late: Answer = () => undefined;
      const between = (envoy: Envoy): void => {
        const { callouts } = envoy;
        const call = callouts.first;
        late = () => callouts.answer(call, "late");
      };
      for (const holdHeaders of [true, false]) {
        const config = { holdHeaders, processors: [{ type: "probe", ...probe }] };
        const seen = await exchange({
          config,
          fresh: true,
          between: (envoy, stream) => {
            between(envoy);
            stream.clientReset();
            late(envoy);
          },
        });
        assert.equal(seen.state["weir.outcome"], "client_reset");
        assert.equal(Object.entries(seen.metrics).filter(([name]) => name.startsWith("weir.requests")).length, 1);
      }
    });
  }
}

test("a second processor goes on where the first has waited", async () => {
  const config = {
    processors: [
      { type: "probe", name: "first", at: "request", act: "httpCall" },
      { type: "accessControl", name: "doors", rules: [{ action: "deny", models: ["gpt-4o"] }] },
      { type: "probe", name: "last", at: "request", act: "grpcCall" },
    ],
  };
  const between = ANSWERS["answered"] as Answer;
  assert.equal((await exchange({ config, between })).state["weir.refusal"], "doors.model_not_allowed");
  const both: Answer = (envoy) => {
    between(envoy);
    between(envoy);
  };
  const request = { body: { ...QUESTION, model: "other" } };
  const seen = await exchange({ config, request, between: both });
  assert.deepEqual([seen.status, seen.state["weir.outcome"]], [200, "completed"]);
});

test("a cluster that does not exist is a failure at once", async () => {
  const seen = await probed({ at: "request", act: "httpCall", cluster: "nobody" });
  assert.deepEqual([seen.status, seen.state["weir.refusal"]], [503, "probe.processor_failed"]);
});

test("an answer that a processor wants to wait on is a failure of the processor", async () => {
  const seen = await probed({ at: "response", act: "httpCall", failureMode: "open" });
  assert.deepEqual([seen.status, seen.logs.length > 0 || seen.state["weir.outcome"] === "completed"], [200, true]);
});

for (const act of ["httpCall", "grpcCall"]) {
  test(`an answer to the ${act} at requestHeaders may come anywhere in the body`, async () => {
    const body = JSON.stringify({ ...QUESTION, stream: true });
    for (const flag of [true, false]) {
      for (const variant of VARIANTS) {
        const envoy = Envoy.start(await moduleOf(variant, "probe"), {
          processors: [{ type: "probe", at: "requestHeaders", act }],
        });
        for (let cut = 0; cut <= body.length; cut++) {
          const stream = envoy.openStream({ flag });
          const length = String(body.length);
          stream.requestHeaders({
            ":method": "POST",
            ":path": PATH,
            "content-type": "application/json",
            "content-length": length,
          });
          stream.requestBody(body.slice(0, cut));
          envoy.callouts.answer(envoy.callouts.first, "");
          stream.requestBody(body.slice(cut), true);
          assert.match(
            stream.upstream.body.toString(),
            /^{"model".*"stream_options":{"include_usage":true},"stream":true}$/,
          );
          assert.equal(stream.upstream.end, "clean");
          stream.clientReset();
        }
      }
    }
  });
}

test("a question over maxRequestBytes is refused also if it came while a processor waited", async () => {
  for (const holdHeaders of [true, false]) {
    const config = {
      holdHeaders,
      maxRequestBytes: 60,
      processors: [{ type: "probe", at: "requestHeaders", act: "httpCall" }],
    };
    const body = `{"model":"m"}${" ".repeat(100)}`;
    for (const flag of holdHeaders ? [true] : [true, false]) {
      const seen = await exchange({ config, flag, request: { body }, between: ANSWERS["answered"] as Answer });
      assert.deepEqual([seen.status, seen.state["weir.refusal"]], [413, "weir.request_too_large"]);
    }
  }
});
