import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { buildModule, type Order } from "../../build/wasm/build.ts";
import { table } from "./document.ts";
import type { Round } from "./memory/round.ts";
import { median } from "./statistics.ts";

/**
 * Arenas beside the compiler's two collectors, on the same sources: the time of a stream of seven callbacks, and memory.
 *
 * The builds take turns, each round in a process of its own, and medians over the rounds are shown: what disturbs the machine
 * disturbs all of them.
 */

const isQuick = process.argv.includes("--quick");
const ROUNDS = isQuick ? 3 : 5;
const STREAMS = isQuick ? 60_000 : 400_000;
const LIVE = [0, 5000];
const ENTRY = "tests/bench/memory/streams.guest.ts";
/** One collection for a thousand streams of seven callbacks: for each callback it would cost far more. */
const EVERY_THOUSAND_STREAMS = "WEIR_COLLECT_EVERY=7000";

const ORDERS: Record<string, Order> = {
  arenas: { variant: "release", entry: ENTRY },
  incremental: {
    variant: "collected",
    entry: ENTRY,
    defines: ["WEIR_COLLECT_EVERY=0"],
    options: { runtime: "incremental", optimizeLevel: 3 },
  },
  minimal: { variant: "collected", entry: ENTRY, defines: [EVERY_THOUSAND_STREAMS], options: { optimizeLevel: 3 } },
};

const script = fileURLToPath(new URL("memory/round.ts", import.meta.url));
const flags = [...new Set(["--no-liftoff", ...process.execArgv])];
const modules: { name: string; path: string; bytes: number }[] = [];
for (const [name, order] of Object.entries(ORDERS)) modules.push({ name, ...(await buildModule(order)) });

const rounds = new Map<string, Round[]>();
for (let round = 0; round < ROUNDS; round++)
  for (const live of LIVE)
    for (const { name, path } of modules) {
      const args = [...flags, script, path, String(STREAMS), String(live)];
      const measured = JSON.parse(execFileSync(process.execPath, args, { encoding: "utf8" })) as Round;
      const key = keyOf(name, live);
      rounds.set(key, [...(rounds.get(key) ?? []), measured]);
    }

const rows = LIVE.flatMap((live) => modules.map(({ name, bytes }) => rowOf(name, live, bytes)));
console.log(
  table(["memory, live streams", "mean us", "p50 us", "p99 us", "p99.9 us", "max ms", "memory MiB", "module KB"], rows),
);

function keyOf(name: string, live: number): string {
  return `${name}, ${live}`;
}

function rowOf(name: string, live: number, bytes: number): string[] {
  const all = rounds.get(keyOf(name, live)) ?? [];
  const middle = (of: (round: Round) => number, digits: number): string => median(all.map(of)).toFixed(digits);
  return [
    keyOf(name, live),
    middle((round) => round.meanUs, 2),
    middle((round) => round.p50Us, 2),
    middle((round) => round.p99Us, 2),
    middle((round) => round.p999Us, 1),
    middle((round) => round.maxMs, 1),
    middle((round) => round.mebibytes, 1),
    (bytes / 1024).toFixed(0),
  ];
}
