import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { findEnvoy, loadGateway, startEnvoy } from "../../build/envoy/index.ts";
import { moduleForStart } from "../../build/start/module.ts";
import { startProvider } from "../../demo/provider.ts";
import { callHttp1, chat } from "./client.ts";

/** envoy/envoy.yaml as it is, without what the other suites and `npm start` change in it. */

const directory = mkdtempSync(join(tmpdir(), "weir-files-"));
after(() => rmSync(directory, { recursive: true, force: true }));

test("Envoy accepts envoy/envoy.yaml as it is, but for the module's place", async () => {
  const { bootstrap } = loadGateway({ wasm: await moduleForStart(() => {}), port: 8080, adminPort: 9901 });
  const file = join(directory, "envoy.json");
  writeFileSync(file, JSON.stringify(bootstrap));
  const { path } = await findEnvoy();
  const output = await new Promise<string>((resolve) => {
    const env = { ...process.env, OPENAI_AUTHORIZATION: "Bearer sk-none" };
    execFile(path, ["--mode", "validate", "-c", file], { env }, (_, stdout, stderr) => resolve(stdout + stderr));
  });
  assert.match(output, /envoy\.json' OK/);
  assert.doesNotMatch(output, /deprecated/i);
});

test("envoy/envoy.yaml serves with its static listener", async () => {
  const provider = await startProvider();
  const { bootstrap } = loadGateway({ wasm: await moduleForStart(() => {}), provider: { port: provider.port } });
  const envoy = await startEnvoy({ bootstrap });
  try {
    const seen = await callHttp1(await envoy.port("gateway"), chat({}, { "x-consumer": "team-red" }));
    assert.equal(seen.status, 200);
    const entry = await envoy.accessLog.find("the log line", () => true);
    assert.deepEqual([entry.operation, entry.consumer, entry.outcome], ["chat", "team-red", "completed"]);
    assert.deepEqual(envoy.log.items, []);
  } finally {
    await envoy.stop();
    await provider.stop();
  }
});

test("with a wrong configuration in its static listener Envoy does not start, and its log says why", async () => {
  const configuration = { nonsense: true };
  const { bootstrap } = loadGateway({ wasm: await moduleForStart(() => {}), configuration, provider: { port: 1 } });
  await assert.rejects(startEnvoy({ bootstrap }), /nonsense/);
});
