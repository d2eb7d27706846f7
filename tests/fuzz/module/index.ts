/**
 * The whole module against random lives: callbacks in legal and illegal order, random configurations, mutated messages cut
 * anywhere, resets, callouts, refused memory. `tsx tests/fuzz/module/index.ts [--count N | --seconds N] [--seed N]`;
 * `--replay FILE` takes the steps that a failure has printed.
 *
 * It fails at a trap, at more settlements than streams, at a body whose length is not what its headers say, and at memory that
 * does not come back.
 */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { moduleOf, type Variant } from "../../module/host/modules.ts";
import { type Budget, budgetOf } from "../wire/module";
import { Random } from "../wire/random";
import { randomSteps, type Step } from "./steps.ts";
import { World } from "./world.ts";

const VARIANTS: Variant[] = ["checked", "release"];

/** Lives in one VM, so that what one leaves behind can hurt the next. */
const LIVES_PER_VM = 400;

/** After so many lives memory must have grown for the last time. */
const WARM_LIVES = 4_000;

/** What goes wrong with these steps in a VM of their own; null if nothing does. */
function failureOf(module: WebAssembly.Module, steps: readonly Step[]): Error | null {
  try {
    new World(module).run(steps);
    return null;
  } catch (error) {
    return error as Error;
  }
}

/** Leaves out what the failure does not need. */
function minimised(module: WebAssembly.Module, steps: readonly Step[]): Step[] {
  let left = [...steps];
  for (let size = left.length >> 1; size >= 1; size >>= 1) {
    for (let at = 0; at < left.length;) {
      const fewer = [...left.slice(0, at), ...left.slice(at + size)];
      if (failureOf(module, fewer)) left = fewer;
      else at += size;
    }
  }
  return left;
}

/** Runs the fuzzer on the budget; returns the number of failures. */
export async function fuzzModule(budget: Budget, seconds: number): Promise<number> {
  let failures = 0;
  const allowed = budget.seconds < Infinity ? budget.seconds : seconds;
  for (const variant of VARIANTS) {
    const module = await moduleOf(variant, "probe");
    const deadline = Date.now() + (allowed * 1000) / VARIANTS.length;
    const most = budget.count > 0 ? budget.count : Infinity;
    let [lives, steps, settled, largest] = [0, 0, 0, 0];
    let world = new World(module);
    // All steps since the VM began: a failure may need what came long before.
    let since: Step[][] = [];
    while (lives < most && (lives % 64 !== 0 || Date.now() < deadline) && failures < 5) {
      const seed = budget.seed * 1_000_003 + lives;
      const life = randomSteps(new Random(seed));
      since.push(life);
      try {
        world.run(life);
      } catch (error) {
        failures++;
        const alone = failureOf(module, life) ? life : since.flat();
        console.error(`module (${variant}): ${(error as Error).stack}\n  seed ${budget.seed}, life ${lives}`);
        console.error(`  steps, to be given to --replay:\n${JSON.stringify(minimised(module, alone))}`);
        world = new World(module);
        since = [];
      }
      lives++;
      steps += life.length;
      if (since.length >= LIVES_PER_VM) {
        settled += world.envoy.metrics.total("weir.requests;");
        largest = Math.max(largest, world.envoy.memory.size);
        world = new World(module);
        since = [];
      }
    }
    settled += world.envoy.metrics.total("weir.requests;");
    failures += leaks(module, variant, budget.seed);
    console.log(
      `module: ${lives} lives of the ${variant} build, ${steps} steps, ${settled} settled, ${failures} failures`,
    );
  }
  return failures;
}

/** Takes the same steps again and again: the memory must not grow for ever. */
function leaks(module: WebAssembly.Module, variant: Variant, seed: number): number {
  const lives = Array.from({ length: 50 }, (_, i) => randomSteps(new Random(seed * 7 + i)));
  const world = new World(module);
  let [size, grownAt] = [0, 0];
  for (let i = 0; i < WARM_LIVES * 2; i++) {
    world.run(lives[i % lives.length] as Step[]);
    if (world.envoy.memory.size > size) [size, grownAt] = [world.envoy.memory.size, i];
  }
  if (grownAt < WARM_LIVES) return 0;
  console.error(`module (${variant}): memory still grows after ${grownAt} lives, to ${size} bytes`);
  return 1;
}

async function replay(file: string): Promise<number> {
  const steps = JSON.parse(readFileSync(file, "utf8")) as Step[];
  for (const variant of VARIANTS) {
    const failure = failureOf(await moduleOf(variant, "probe"), steps);
    if (failure) console.error(`module (${variant}): ${failure.stack}`);
    if (failure) return 1;
  }
  return 0;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const at = process.argv.indexOf("--replay");
  const failures = at < 0 ? await fuzzModule(budgetOf(process.argv), 30) : await replay(process.argv[at + 1] ?? "");
  process.exitCode = failures > 0 ? 1 : 0;
}
