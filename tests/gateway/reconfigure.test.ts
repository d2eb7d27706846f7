import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { until, Update } from "../../build/envoy/index.ts";
import { callHttp1, chat, type Seen } from "./client.ts";
import { settledExactly, startSuite, type Suite } from "./harness.ts";

/** A configuration that shows itself in the log: each request is paid by the header that it names. */
function paidBy(header: string): object {
  return { consumer: [{ header }], processors: [] };
}

const headers = { "x-red": "red", "x-blue": "blue" };

for (const workers of [1, 2]) {
  describe(`a live change of the configuration, on ${workers} worker${workers > 1 ? "s" : ""}`, () => {
    let suite: Suite;
    before(async () => {
      suite = await startSuite({ workers, configuration: paidBy("x-red") });
    });
    after(async () => await suite?.stop());

    test("good and bad changes under load drop no request, and a bad one leaves the old serving", async () => {
      const before = await suite.settled();
      const looksBefore = looks;
      const load = startLoad(suite);
      await until("the load to run", () => (load.seen.length > 20 ? true : null));
      const long = callHttp1(suite.weir, longStream());
      assert.equal(await consumerNow(suite), "red");

      assert.equal(await suite.reconfigure(paidBy("x-blue")), Update.Taken);
      await until("the new configuration", async () => ((await consumerNow(suite)) === "blue" ? true : null));

      assert.equal(await suite.reconfigure({ ...paidBy("x-red"), nonsense: true }), Update.Rejected);
      await suite.envoy.log.find("the reason in Envoy's log", (line) => /\]\[(error|critical)\].*nonsense/.test(line));
      assert.equal(await consumerNow(suite), "blue");

      assert.equal(await suite.reconfigure(paidBy("x-red")), Update.Taken);
      await until("the last configuration", async () => ((await consumerNow(suite)) === "red" ? true : null));

      const seen = [...(await load.stop()), await long];
      for (const one of seen) assert.deepEqual([one.status, one.end], [200, "complete"], one.requestId);
      const streamed = (await long).body.toString();
      assert.equal(streamed.split("data: ").length - 1, 1 + 150 + 1 + 1);
      assert.ok(streamed.endsWith("data: [DONE]\n\n"));
      await settledExactly(suite, before + seen.length + (looks - looksBefore));
    });

    test("every error of a bad configuration is in Envoy's log, not only the first", async () => {
      const from = suite.envoy.log.items.length;
      const bad = { holdHeaders: "perhaps", maxRequestBytes: -1, processors: [{ type: "noSuchThing" }] };
      assert.equal(await suite.reconfigure(bad), Update.Rejected);
      for (const pointer of ["/holdHeaders", "/maxRequestBytes", "/processors/0"]) {
        await suite.envoy.log.find(
          `an error at ${pointer}`,
          (line) => suite.envoy.log.items.slice(from).includes(line) && line.includes(pointer),
        );
      }
      assert.equal(await consumerNow(suite), "red");
    });
  });
}

function longStream() {
  return chat({ stream: true }, { ...headers, "x-demo-chunks": "150", "x-demo-chunk-delay-ms": "10" });
}

/** How often `consumerNow` made a call. */
let looks = 0;

/** Who pays for a request on a new connection. */
async function consumerNow(suite: Suite): Promise<unknown> {
  looks++;
  const seen = await callHttp1(suite.weir, chat({}, headers));
  assert.equal(seen.status, 200);
  return (await suite.logged(seen.requestId)).consumer;
}

/** Four clients that ask without pause, whole and streamed in turn. */
function startLoad(suite: Suite): { seen: Seen[]; stop: () => Promise<Seen[]> } {
  const seen: Seen[] = [];
  let goOn = true;
  const client = async (stream: boolean): Promise<void> => {
    while (goOn) seen.push(await callHttp1(suite.weir, chat({ stream }, headers)));
  };
  const clients = [client(true), client(false), client(true), client(false)];
  return {
    seen,
    stop: async () => {
      goOn = false;
      await Promise.all(clients);
      return seen;
    },
  };
}
