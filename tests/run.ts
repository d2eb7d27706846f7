/**
 * `npm test [-- kind ... [part of a path ...]]`: builds the filter, runs the tests, and ends with the line `N passed, N failed`.
 *
 *     npm test                             all kinds
 *     npm test -- unit module              two kinds
 *     npm test -- gateway sdk              the files of a kind whose path contains "sdk"
 *     npm test -- module --update-golden   writes the golden files (WEIR_UPDATE_GOLDEN=1 in the tests' environment)
 *     npm test -- unit --verbose           names every test
 */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { ROOT } from "./run/files.ts";
import { runFuzz } from "./run/fuzz.ts";
import { runNode } from "./run/node.ts";
import type { Request } from "./run/outcome.ts";
import { Tally } from "./run/tally.ts";
import { runUnit } from "./run/unit.ts";

const MINUTE_MS = 60_000;

/** The kinds of tests, in the order they are run: what is quick to tell and near to the cause comes first. */
const KINDS: Record<string, { needsBuild: boolean; run: (request: Request) => Promise<void> }> = {
  unit: { needsBuild: false, run: runUnit },
  static: {
    needsBuild: true,
    run: (request) => runNode({ folder: "tests/static", concurrency: 2, fileTimeoutMs: 5 * MINUTE_MS }, request),
  },
  module: {
    needsBuild: true,
    run: (request) => runNode({ folder: "tests/module", concurrency: 2, fileTimeoutMs: 10 * MINUTE_MS }, request),
  },
  fuzz: { needsBuild: true, run: runFuzz },
  gateway: {
    needsBuild: true,
    // One at a time: each starts an Envoy, and some of them watch the clock of a connection.
    run: (request) => runNode({ folder: "tests/gateway", concurrency: 1, fileTimeoutMs: 10 * MINUTE_MS }, request),
  },
};

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: { "update-golden": { type: "boolean", default: false }, verbose: { type: "boolean", default: false } },
});
const isKind = (word: string): boolean => Object.hasOwn(KINDS, word);
const asked = positionals.filter(isKind);
const tally = new Tally(options.verbose);
const request: Request = {
  only: positionals.filter((word) => !isKind(word)),
  updateGolden: options["update-golden"],
  report: tally.add,
};

const kinds = Object.entries(KINDS).filter(([kind]) => asked.length === 0 || asked.includes(kind));
if (kinds.some(([, kind]) => kind.needsBuild)) await build();
for (const [name, kind] of kinds) await tally.during(name, () => kind.run(request));
tally.summarize();
process.exitCode = tally.failed > 0 ? 1 : 0;

/** Builds the modules that the tests load; a failure counts as one, and the tests say what it breaks. */
async function build(): Promise<void> {
  const child = spawn(process.execPath, [...process.execArgv, join(ROOT, "build/wasm.ts")], {
    cwd: ROOT,
    stdio: "inherit",
  });
  const code = await new Promise<number | null>((resolve, reject) => child.on("error", reject).on("close", resolve));
  if (code !== 0)
    tally.add({ file: "build/wasm.ts", name: "builds the filter", result: "failed", details: `ended with ${code}` });
}
