import assert from "node:assert/strict";
import { test } from "node:test";
import { callHttp1, chat } from "./client.ts";
import { settledExactly, startSuite } from "./harness.ts";

/** `holdHeaders` needs `allow_on_headers_stop_iteration` on the listener's plugin, which Weir cannot see. */

const holding = { holdHeaders: true, processors: [] };

for (const stream of [false, true]) {
  const what = stream ? "a streamed answer" : "a whole answer";

  test(`${what} passes with held headers where Envoy allows that`, async () => {
    const suite = await startSuite({ configuration: holding, stopHeaders: "allowed" });
    try {
      const [without, through] = [
        await callHttp1(suite.bare, chat({ stream })),
        await callHttp1(suite.weir, chat({ stream })),
      ];
      assert.ok(through.body.equals(without.body));
      assert.equal((await suite.logged(through.requestId)).outcome, "completed");
      assert.ok(!suite.envoy.log.items.some((line) => line.includes("allow_on_headers_stop_iteration")));
    } finally {
      await suite.stop();
    }
  });

  test(`${what} passes without held headers where Envoy does not allow them`, async () => {
    const suite = await startSuite({ configuration: { ...holding, holdHeaders: false }, stopHeaders: "notAllowed" });
    try {
      const [without, through] = [
        await callHttp1(suite.bare, chat({ stream })),
        await callHttp1(suite.weir, chat({ stream })),
      ];
      assert.ok(through.body.equals(without.body));
      assert.equal((await suite.logged(through.requestId)).outcome, "completed");
    } finally {
      await suite.stop();
    }
  });
}

test("held headers where Envoy does not allow them end the request soon, with a loud line and a metric", async () => {
  const suite = await startSuite({ configuration: holding, stopHeaders: "notAllowed" });
  try {
    const seen = await callHttp1(suite.weir, chat());
    assert.notEqual(seen.status, 504, "Envoy's own timeout is not what ended it");
    await suite.logged(seen.requestId);
    await suite.envoy.log.find("the reason", (line) =>
      /\]\[(error|critical)\].*allow_on_headers_stop_iteration/.test(line),
    );
    const stuck = await suite.envoy.admin.prometheus("weir_hold_headers_without_flag");
    assert.deepEqual(
      stuck.map((one) => one.value),
      [1],
    );
    await settledExactly(suite, 1);
  } finally {
    await suite.stop();
  }
});
