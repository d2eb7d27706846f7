import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** What harness.ts exports. */
interface Exports {
  memory: WebAssembly.Memory;
  _initialize(): void;
  inputAddress(): number;
  outputAddress(): number;
  outputLength(): number;
  collect(): void;
  jsonReset(which: number): void;
  jsonFeed(which: number, at: number, end: number): number;
  jsonFinish(which: number): number;
  jsonErrorAt(which: number): number;
  json(which: number, length: number, piece: number): number;
  jsonLoop(which: number, length: number, times: number): number;
  tree(length: number): number;
  sseReset(): void;
  sseFeed(at: number, end: number): void;
  sseFinish(): void;
  sseLoop(length: number, piece: number, times: number): void;
  awsReset(): void;
  awsFeed(at: number, end: number): number;
  awsFinish(): number;
  awsLoop(length: number, piece: number, times: number): number;
  crcLoop(length: number, times: number): number;
  crc(at: number, cut: number, end: number): number;
  sha256(length: number): void;
  utf8(length: number, piece: number): number;
  glob(patternLength: number, length: number): number;
  twins(at: number, end: number): number;
}

export type Build = "simd" | "scalar";

/** The readers of the harness, in the order of its enum. */
export enum Reader {
  Everything,
  Chat,
  Chunk,
  Body,
  Nothing,
}

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "../../..");

/** One instance of the harness. */
export class Harness {
  private reads = 0;

  private constructor(readonly exports: Exports) {}

  /** Compiles the harness and starts it. */
  static build(build: Build): Harness {
    const file = join(ROOT, "build/out", `wire-harness.${build}.wasm`);
    mkdirSync(dirname(file), { recursive: true });
    const features = build === "simd" ? ["--enable", "simd"] : [];
    const options = ["-O3", "--debug", "--runtime", "minimal", "--exportStart", "_initialize", "--use", "abort="];
    const asc = join(ROOT, "node_modules/assemblyscript/bin/asc.js");
    execFileSync(process.execPath, [asc, "tests/fuzz/wire/harness.ts", ...options, ...features, "-o", file], {
      cwd: ROOT,
      stdio: "inherit",
    });
    const instance = new WebAssembly.Instance(new WebAssembly.Module(readFileSync(file)), {});
    const exports = instance.exports as unknown as Exports;
    exports._initialize();
    return new Harness(exports);
  }

  /** Puts `bytes` into the input buffer. */
  put(bytes: Uint8Array): void {
    const address = this.exports.inputAddress();
    new Uint8Array(this.exports.memory.buffer, address, bytes.length).set(bytes);
  }

  /** What the last call wrote. */
  get output(): string {
    const { memory, outputAddress, outputLength, collect } = this.exports;
    // Asking for the address can grow the memory, and a memory that grew has another buffer.
    const address = outputAddress();
    const text = Buffer.from(memory.buffer, address, outputLength()).toString("latin1");
    if (++this.reads % 4096 === 0) collect();
    return text;
  }
}

/** How long a fuzzer runs: `--count N` cases, or `--seconds N`; `--seed N` for other cases. */
export interface Budget {
  readonly count: number;
  readonly seconds: number;
  readonly seed: number;
}

/** The budget that the command line gives. */
export function budgetOf(args: readonly string[]): Budget {
  const option = (name: string, fallback: number): number => {
    const at = args.indexOf(name);
    return at < 0 ? fallback : Number(args[at + 1]);
  };
  const seconds = option("--seconds", Infinity);
  return { count: option("--count", seconds < Infinity ? Infinity : 0), seconds, seed: option("--seed", 1) };
}

/** Calls `one` until the budget is used up, `count` times if it says nothing; returns how often. */
export function repeat(budget: Budget, count: number, one: (i: number) => void): number {
  const most = budget.count === 0 ? count : budget.count;
  const deadline = Date.now() + budget.seconds * 1000;
  let i = 0;
  while (i < most && (i % 256 !== 0 || Date.now() < deadline)) one(i++);
  return i;
}
