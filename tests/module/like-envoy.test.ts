/**
 * The miniature does as Envoy does. tests/golden/like-envoy holds what a real Envoy did with a guest, scenario by scenario;
 * `npm test -- module like-envoy --update-golden` records it anew. Where there is an Envoy it is asked each time.
 */
import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import { findEnvoy } from "../../build/envoy/index.ts";
import { asText } from "./like-envoy/driver.ts";
import { playInMiniature } from "./like-envoy/miniature.ts";
import { RealEnvoy } from "./like-envoy/real.ts";
import { SCENARIOS } from "./like-envoy/scenarios.ts";

const FOLDER = new URL("../golden/like-envoy/", import.meta.url);
const updates = process.env["WEIR_UPDATE_GOLDEN"] === "1";

function golden(name: string): string {
  const file = new URL(`${name}.txt`, FOLDER);
  assert.ok(existsSync(file), `${name}.txt is not there; record it with --update-golden`);
  return readFileSync(file, "utf8");
}

const missing = await findEnvoy().then(
  () => "",
  (error: unknown) => `there is no Envoy: ${String(error)}`,
);

describe("a real Envoy", { skip: missing || false }, () => {
  let real: RealEnvoy;
  before(async () => {
    real = await RealEnvoy.start(SCENARIOS);
  });
  after(() => real.stop());

  for (const [name, scenario] of Object.entries(SCENARIOS)) {
    test(scenario.title, async () => {
      const { linesAfterSteps } = await playInMiniature(name, scenario);
      const seen = asText(scenario, await real.play(name, scenario, linesAfterSteps));
      mkdirSync(FOLDER, { recursive: true });
      if (updates) writeFileSync(new URL(`${name}.txt`, FOLDER), seen);
      assert.deepEqual(seen.split("\n"), golden(name).split("\n"));
    });
  }
});

describe("the miniature", () => {
  for (const [name, scenario] of Object.entries(SCENARIOS)) {
    test(scenario.title, async () => {
      const { outcome } = await playInMiniature(name, scenario);
      assert.deepEqual(asText(scenario, outcome).split("\n"), golden(name).split("\n"));
    });
  }
});

test("every recording has its scenario", () => {
  const files = readdirSync(FOLDER).map((file) => file.replace(".txt", ""));
  assert.deepEqual(files.sort(), Object.keys(SCENARIOS).sort());
});
