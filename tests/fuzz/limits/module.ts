import { readFileSync } from "node:fs";
import { buildModule, type Variant } from "../../../build/wasm/build.ts";
import { type SharedMap } from "./shared-map";

/** What harness.ts exports. */
export interface Exports {
  memory: WebAssembly.Memory;
  _initialize(): void;
  malloc(size: number): number;
  textAddress(): number;
  addLimit(algorithm: number, name: number, tokens: bigint, windowMs: bigint, parts: number, burst: bigint): void;
  start(seed0: bigint, seed1: bigint): void;
  setLength(part: number, length: number): void;
  admit(call: number, now: bigint, least: bigint, most: bigint): number;
  look(now: bigint, amount: bigint): number;
  lastVerdict(): number;
  lastWaitMs(): bigint;
  lastLimit(): number;
  lastFree(limit: number): bigint;
  lastResetMs(limit: number): bigint;
  reserved(call: number): bigint;
  meter(call: number, amount: bigint, now: bigint): number;
  settle(call: number, amount: bigint, now: bigint): number;
  refund(call: number, now: bigint): number;
  forget(call: number): void;
  lost(): number;
  nameConsumers(keys: number): void;
  lives(first: number, count: number, now: bigint): number;
}

/** The algorithms, in the order of the module's enum. */
export const ALGORITHMS = ["fixedWindow", "slidingWindow", "tokenBucket"] as const;

/** What came of an admission, in the order of the module's enum. */
export const VERDICTS = ["granted", "spent", "tooLarge", "full", "unavailable"] as const;

/** Room for the value of each part of a key. */
const TEXT_BYTES = 64;

export interface LimitSpec {
  readonly algorithm: (typeof ALGORITHMS)[number];
  readonly tokens: bigint;
  readonly windowMs: bigint;
  /** Bit i is for part i. */
  readonly parts: number;
  /** 0: as the tokens. */
  readonly burst: bigint;
}

/** The compiled harness. */
export async function compile(variant: Variant = "release"): Promise<WebAssembly.Module> {
  const { path } = await buildModule({ variant, entry: "tests/fuzz/limits/harness.ts" });
  return new WebAssembly.Module(readFileSync(path));
}

/** One worker: an instance with the limits, over data that it shares with others. */
export class Worker {
  readonly exports: Exports;

  constructor(module: WebAssembly.Module, shared: SharedMap, limits: readonly LimitSpec[]) {
    const functions = shared.functions(() => this.exports);
    const imports: Record<string, Record<string, WebAssembly.ImportValue>> = {};
    for (const { module: from, name } of WebAssembly.Module.imports(module))
      (imports[from] ??= {})[name] =
        functions[name] ??
        (() => {
          throw new Error(`the module called ${from}.${name}`);
        });
    this.exports = new WebAssembly.Instance(module, imports).exports as unknown as Exports;
    this.exports._initialize();
    limits.forEach(({ algorithm, tokens, windowMs, parts, burst }, i) =>
      this.exports.addLimit(ALGORITHMS.indexOf(algorithm), i, tokens, windowMs, parts, burst),
    );
    this.exports.start(0x0123456789abcdefn, 0x76543210fedcba98n);
  }

  /** Sets the values of the keys' parts. */
  setValues(values: readonly string[]): void {
    values.forEach((value, part) => {
      const bytes = Buffer.from(value);
      if (bytes.length > TEXT_BYTES) throw new Error(`${value} is too long`);
      new Uint8Array(this.exports.memory.buffer, this.exports.textAddress() + part * TEXT_BYTES).set(bytes);
      this.exports.setLength(part, bytes.length);
    });
  }
}
