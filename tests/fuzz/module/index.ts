/**
 * The whole module against random lives: callbacks in legal and illegal order, random configurations, mutated messages cut
 * anywhere, resets, callouts, refused memory. `tsx tests/fuzz/module/index.ts [--count N | --seconds N] [--seed N]`;
 * `--replay FILE` takes the steps that a failure has printed.
 *
 * It fails at a trap, at a stream that is settled more than once or a call that is not, at a body whose length is not what its
 * headers say, at builds that do not do the same, and at memory that does not come back.
 */
import { isDeepStrictEqual } from "node:util";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { EnvoyOptions } from "../../module/host/envoy.ts";
import { moduleOf, type Variant } from "../../module/host/modules.ts";
import { type Budget, budgetOf } from "../wire/module";
import { Random } from "../wire/random";
import { randomSteps, type Step } from "./steps.ts";
import { World } from "./world.ts";

/** The builds that live the same lives; when a local reply is given must not matter either. */
const BUILDS: { variant: Variant; options: EnvoyOptions }[] = [
  { variant: "checked", options: { nestsReplies: true } },
  { variant: "release", options: { nestsReplies: false } },
];

/** Lives in one VM, so that what one leaves behind can hurt the next. */
const LIVES_PER_VM = 400;

/** After so many lives memory must have grown for the last time. */
const WARM_LIVES = 4_000;

const MAX_FAILURES = 5;

/** The same world, once in each build. */
class Worlds {
  readonly worlds: World[];

  constructor(modules: readonly WebAssembly.Module[]) {
    this.worlds = modules.map((module, i) => new World(module, BUILDS[i]?.options));
  }

  /** Lives a life in every build; throws at what must not be. */
  run(steps: readonly Step[]): void {
    let first: unknown;
    for (const [i, world] of this.worlds.entries()) {
      const { variant } = BUILDS[i] as (typeof BUILDS)[number];
      const sights = within(variant, () => world.run(steps));
      first ??= sights;
      if (!isDeepStrictEqual(sights, first))
        throw new Error(`the ${variant} build does something else:\n${JSON.stringify([first, sights], null, 1)}`);
    }
  }

  get settled(): number {
    return this.worlds[0]?.envoy.metrics.total("weir.requests;") ?? 0;
  }
}

function within<T>(variant: Variant, act: () => T): T {
  try {
    return act();
  } catch (error) {
    throw new Error(`the ${variant} build: ${(error as Error).message}`, { cause: error });
  }
}

/** What goes wrong with these steps in VMs of their own; null if nothing does. */
function failureOf(modules: readonly WebAssembly.Module[], steps: readonly Step[]): Error | null {
  try {
    new Worlds(modules).run(steps);
    return null;
  } catch (error) {
    return error as Error;
  }
}

/** Leaves out what the failure does not need. */
function minimised(modules: readonly WebAssembly.Module[], steps: readonly Step[]): Step[] {
  let left = [...steps];
  for (let size = left.length >> 1; size >= 1; size >>= 1) {
    for (let at = 0; at < left.length;) {
      const fewer = [...left.slice(0, at), ...left.slice(at + size)];
      if (failureOf(modules, fewer)) left = fewer;
      else at += size;
    }
  }
  return left;
}

/** Runs the fuzzer on the budget; returns the number of failures. */
export async function fuzzModule(budget: Budget, seconds: number): Promise<number> {
  const modules = await Promise.all(BUILDS.map(({ variant }) => moduleOf(variant, "probe")));
  const allowed = budget.seconds < Infinity ? budget.seconds : seconds;
  const deadline = Date.now() + allowed * 1000;
  const most = budget.count > 0 ? budget.count : Infinity;
  let [failures, lives, steps, settled] = [0, 0, 0, 0];
  let worlds = new Worlds(modules);
  // All lives since the VMs began: a failure may need what came long before.
  let since: Step[][] = [];
  while (lives < most && (lives % 64 !== 0 || Date.now() < deadline) && failures < MAX_FAILURES) {
    const life = randomSteps(new Random(budget.seed * 1_000_003 + lives));
    since.push(life);
    let failed = false;
    try {
      worlds.run(life);
    } catch (error) {
      failed = true;
      failures++;
      const alone = failureOf(modules, life) ? life : since.flat();
      console.error(`module: ${(error as Error).stack}\n  seed ${budget.seed}, life ${lives}`);
      console.error(`  steps, to be given to --replay:\n${JSON.stringify(minimised(modules, alone))}`);
    }
    lives++;
    steps += life.length;
    if (!failed && since.length < LIVES_PER_VM) continue;
    settled += worlds.settled;
    worlds = new Worlds(modules);
    since = [];
  }
  settled += worlds.settled;
  for (const [i, module] of modules.entries()) failures += leaks(module, BUILDS[i]?.variant ?? "release", budget.seed);
  console.log(
    `module: ${lives} lives in ${modules.length} builds, ${steps} steps, ${settled} settled, ${failures} failures`,
  );
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
  const modules = await Promise.all(BUILDS.map(({ variant }) => moduleOf(variant, "probe")));
  const failure = failureOf(modules, steps);
  if (failure) console.error(`module: ${failure.stack}`);
  return failure ? 1 : 0;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const at = process.argv.indexOf("--replay");
  const failures = at < 0 ? await fuzzModule(budgetOf(process.argv), 45) : await replay(process.argv[at + 1] ?? "");
  process.exitCode = failures > 0 ? 1 : 0;
}
