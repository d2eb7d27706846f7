import { fileURLToPath } from "node:url";
import { buildModule } from "../../build/wasm/build.ts";
import { table } from "./document.ts";
import { allWorks } from "./gateway/works.ts";
import { exchangeOf } from "./module/exchanges.ts";
import { type Exchange, ModuleHost } from "./module/host.ts";

/**
 * Whether memory stays flat: over very many streams, and over very many pieces of one stream. Ends with status 1 if it
 * does not; that is no matter of time and the same on every machine.
 */

const isQuick = process.argv.includes("--quick");
const root = fileURLToPath(new URL("../../", import.meta.url));
const { out } = await buildModule({
  variant: "release",
  entry: "tests/bench/module/probe.ts",
  out: "build/out/weir-probe.wasm",
});

/** What the module holds at one moment. */
interface Sample {
  count: number;
  memoryBytes: number;
  heldBytes: number;
}

const runs = [
  { title: "streams of 5 events, one after another", samples: manyStreams(isQuick ? 100_000 : 1_000_000) },
  { title: "events of one stream", samples: oneStream(isQuick ? 100_000 : 1_000_000) },
];
const rows: string[][] = [];
let hasGrown = false;
for (const { title, samples } of runs) {
  const [first, last] = samples;
  const perUnit = (last.heldBytes - first.heldBytes) / (last.count - first.count);
  rows.push([
    title,
    last.count.toLocaleString("en"),
    `${kib(first.memoryBytes)} … ${kib(last.memoryBytes)}`,
    `${kib(first.heldBytes)} … ${kib(last.heldBytes)}`,
    perUnit.toFixed(3),
  ]);
  hasGrown ||= last.memoryBytes !== first.memoryBytes || last.heldBytes !== first.heldBytes;
}
console.log("The module's memory, and what its arenas hold, after the first thousand and after the last:\n");
console.log(table(["", "count", "memory, KiB", "arenas, KiB", "bytes kept for each"], rows));
if (hasGrown) {
  console.error("Memory is not flat.");
  process.exitCode = 1;
}

function manyStreams(count: number): [Sample, Sample] {
  const host = new ModuleHost(`${root}${out}`, {});
  const exchange = streamOf(5);
  let first: Sample | null = null;
  for (let i = 1; i <= count; i++) {
    host.run(exchange);
    if (i === 1000) first = sample(host, i);
  }
  return [first ?? sample(host, 0), sample(host, count)];
}

function oneStream(count: number): [Sample, Sample] {
  const host = new ModuleHost(`${root}${out}`, {});
  const short = streamOf(4);
  const [opening, middle, ...rest] = short.pieces;
  const pieces = [opening ?? Buffer.alloc(0), ...new Array<Uint8Array>(count).fill(middle ?? Buffer.alloc(0)), ...rest];
  let first: Sample | null = null;
  let last: Sample | null = null;
  host.run({ ...short, pieces }, (index) => {
    if (index === 1000) first = sample(host, index);
    if (index === count) last = sample(host, index);
  });
  return [first ?? sample(host, 0), last ?? sample(host, count)];
}

/** A stream of the benchmark, shortened: the opening event, some of the text, the report of usage and `[DONE]`. */
function streamOf(events: number): Exchange {
  const work = allWorks().find((one) => one.name === "apart100");
  if (work === undefined) throw new Error("The benchmark has no work apart100.");
  const exchange = exchangeOf(work);
  return { ...exchange, pieces: [...exchange.pieces.slice(0, events - 2), ...exchange.pieces.slice(-2)] };
}

function sample(host: ModuleHost, count: number): Sample {
  return { count, memoryBytes: host.memoryBytes, heldBytes: host.heldBytes };
}

function kib(bytes: number): string {
  return (bytes / 1024).toFixed(0);
}
