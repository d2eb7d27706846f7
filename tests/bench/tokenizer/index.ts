/**
 * How fast tokens are counted: fresh text on a fresh instance, in turns with npm's tokenizers and the native one.
 * Envoy's V8 runs without its baseline compiler, so run it as `tsx --no-liftoff tests/bench/tokenizer/index.ts [--quick]`.
 *
 * The native tiktoken is a column if it is installed: tests/fuzz/tokenizer/native-index.ts says how.
 */
import { Tokenizer } from "ai-tokenizer";
import * as aiCl100k from "ai-tokenizer/encoding/cl100k_base";
import * as aiO200k from "ai-tokenizer/encoding/o200k_base";
import * as gptCl100k from "gpt-tokenizer/encoding/cl100k_base";
import * as gptO200k from "gpt-tokenizer/encoding/o200k_base";
import { fileURLToPath } from "node:url";
import { get_encoding } from "tiktoken";
import { type StandardEncoding, ENCODINGS, Harness } from "../../fuzz/tokenizer/module";
import { Native } from "../../fuzz/tokenizer/native";
import { median } from "../statistics";
import { table } from "../document";
import { adversaries, corpora, type Corpus } from "./corpora";

/** One way of counting; `fresh` forgets all that was learnt from texts. */
interface Peer {
  readonly name: string;
  fresh(): void;
  count(text: string, bytes: Buffer): number;
}

const isQuick = process.argv.includes("--quick");
const ROUNDS = isQuick ? 3 : 7;
/** The columns of two peers. */
const TIKTOKEN = 1;
const NATIVE = 4;
const MEGABYTE = 1_000_000;

function peersOf(encoding: StandardEncoding, module: WebAssembly.Module): Peer[] {
  const gpt = encoding === "o200k_base" ? gptO200k : gptCl100k;
  const reference = get_encoding(encoding);
  let ai = new Tokenizer(encoding === "o200k_base" ? aiO200k : aiCl100k);
  let harness = Harness.start(module);
  return [
    {
      name: "Weir",
      fresh: () => void (harness = Harness.start(module)),
      count: (_, bytes) => harness.count(encoding, bytes),
    },
    { name: "tiktoken", fresh: () => {}, count: (text) => reference.encode(text, [], []).length },
    { name: "gpt-tokenizer", fresh: () => gpt.clearMergeCache(), count: (text) => gpt.countTokens(text) },
    {
      name: "ai-tokenizer",
      fresh: () => void (ai = new Tokenizer(encoding === "o200k_base" ? aiO200k : aiCl100k)),
      count: (text) => ai.encode(text).length,
    },
  ];
}

function milliseconds(work: () => void): number {
  const start = process.hrtime.bigint();
  work();
  return Number(process.hrtime.bigint() - start) / 1e6;
}

/** Every corpus by every peer, in turns: medians of MB/s, and the ratios to Weir's. */
async function compare(
  encoding: StandardEncoding,
  module: WebAssembly.Module,
  texts: readonly Corpus[],
): Promise<string> {
  const peers = peersOf(encoding, module);
  const native = Native.start(encoding);
  const warm = texts[0]?.text.slice(0, 20_000) ?? "";
  for (const peer of peers) peer.count(warm, Buffer.from(warm));
  await native?.encode([warm]);
  const columns = [...peers.map(({ name }) => name), ...(native === null ? [] : ["native"])];
  const rows: string[][] = [];
  const speeds: number[][] = [];
  for (const { name, text } of texts) {
    const bytes = Buffer.from(text);
    const samples = columns.map(() => [] as number[]);
    const counts = columns.map(() => 0);
    for (let round = 0; round < ROUNDS; round++) {
      peers.forEach((peer, p) => {
        peer.fresh();
        samples[p]?.push(milliseconds(() => (counts[p] = peer.count(text, bytes))));
      });
      const told = await native?.encode([text]);
      if (told !== undefined) {
        counts[NATIVE] = told.ids[0]?.length ?? 0;
        samples[NATIVE]?.push(told.milliseconds);
      }
    }
    const row = samples.map((sample) => bytes.length / 1000 / median(sample));
    const differ = columns.filter((_, p) => counts[p] !== counts[TIKTOKEN]);
    speeds.push(row);
    rows.push([
      differ.length > 0 ? `${name} (counted otherwise by ${differ.join(", ")})` : name,
      ...row.map((speed) => speed.toFixed(1)),
    ]);
  }
  native?.stop();
  const ratio = (to: (row: number[]) => number): string =>
    Math.exp(speeds.reduce((sum, row) => sum + Math.log((row[0] ?? 0) / to(row)), 0) / speeds.length).toFixed(1);
  const summary = [
    `${ratio((row) => row[TIKTOKEN] ?? 0)} times npm tiktoken (at least 12)`,
    `${ratio((row) => Math.max(row[2] ?? 0, row[3] ?? 0))} times the fastest JavaScript (at least 3)`,
    ...(native === null ? [] : [`${ratio((row) => row[NATIVE] ?? 0)} times native tiktoken (at least 3)`]),
  ];
  return `${encoding}, MB/s:\n\n${table(["", ...columns], rows)}\n\nGeometric mean: ${summary.join(", ")}.`;
}

/** What costs most, at three lengths: MB/s must not fall with the length. */
function worst(encoding: StandardEncoding, module: WebAssembly.Module): string {
  const lengths = [10_000, 100_000, 1_000_000];
  const speeds = lengths.map((length) =>
    adversaries(length).map(({ text }) => {
      const bytes = Buffer.from(text);
      const times = Array.from({ length: 3 }, () => {
        const harness = Harness.start(module);
        return milliseconds(() => void harness.count(encoding, bytes));
      });
      return bytes.length / 1000 / median(times);
    }),
  );
  const rows = adversaries(3).map(({ name }, i) => [name, ...speeds.map((one) => (one[i] ?? 0).toFixed(1))]);
  return `${encoding}, single pieces, MB/s:\n\n${table(["", "10 kB", "100 kB", "1 MB"], rows)}`;
}

/** The running total after every piece of 5 bytes; and the time until a VM can count. */
function others(module: WebAssembly.Module, texts: readonly Corpus[]): string {
  const rows = texts.map(({ name, text }) => {
    const bytes = Buffer.from(text).subarray(0, 200_000);
    const cells = ENCODINGS.map((_, encoding) => {
      const times = Array.from({ length: ROUNDS }, () => {
        const harness = Harness.start(module);
        harness.put(bytes);
        return milliseconds(() => void harness.exports.counterRun(encoding, bytes.length, 5));
      });
      return ((median(times) * 1e6) / (bytes.length / 5)).toFixed(0);
    });
    return [name, ...cells];
  });
  const starts = Array.from({ length: ROUNDS }, () =>
    milliseconds(() => void Harness.start(module).count("o200k_base", Buffer.from("a"))),
  );
  return [
    `Nanoseconds for 5 bytes more, and the total:\n\n${table(["", ...ENCODINGS], rows)}`,
    `The same for single pieces, which are never decided:\n\n${appendedLong(module)}`,
    `A VM with both encodings, from a compiled module to its first count: ${median(starts).toFixed(1)} ms; memory ${(Harness.start(module).exports.memory.buffer.byteLength / 1048576).toFixed(1)} MiB.`,
  ].join("\n\n");
}

/** What 5 bytes more of one long piece cost, at two lengths: it must not grow with the length. */
function appendedLong(module: WebAssembly.Module): string {
  const lengths = [100_000, MEGABYTE];
  const cells = lengths.map((length) =>
    adversaries(length).map(({ text }) => {
      const bytes = Buffer.from(text);
      return ENCODINGS.map((_, encoding) => {
        const harness = Harness.start(module);
        harness.put(bytes);
        const ms = milliseconds(() => void harness.exports.counterRun(encoding, bytes.length, 5));
        return ((ms * 1e6) / (bytes.length / 5)).toFixed(0);
      });
    }),
  );
  const head = ["", ...ENCODINGS.flatMap((name) => [`${name}, 100 kB`, "1 MB"])];
  const rows = adversaries(3).map(({ name }, i) => [
    name,
    ...ENCODINGS.flatMap((_, encoding) => cells.map((one) => one[i]?.[encoding] ?? "")),
  ]);
  return table(head, rows);
}

/** Runs the benchmark; returns it as Markdown. */
export async function benchTokenizer(): Promise<string> {
  const module = await Harness.compile();
  const texts = corpora();
  const parts: string[] = [];
  for (const encoding of ENCODINGS) parts.push(await compare(encoding, module, texts));
  for (const encoding of ENCODINGS) parts.push(worst(encoding, module));
  parts.push(others(module, texts));
  return parts.join("\n\n");
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(await benchTokenizer());
