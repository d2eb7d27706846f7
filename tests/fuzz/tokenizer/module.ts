import { IMAGE_AT } from "../../../build/vocabularies/embed.ts";
import { buildWithVocabularies, readImage } from "../../../build/vocabularies/index.ts";
import { type Choice } from "../../../build/vocabularies/registry.ts";
import { type Variant } from "../../../build/wasm/build.ts";

/** What harness.ts exports. */
interface Exports {
  memory: WebAssembly.Memory;
  _initialize(): void;
  inputAddress(): number;
  count(encoding: number, length: number): bigint;
  countUpTo(encoding: number, length: number, limit: bigint): bigint;
  classAt(point: number): number;
  counterReset(encoding: number): void;
  counterAppend(encoding: number, at: number, end: number): void;
  counterTotal(encoding: number): bigint;
  counterRun(encoding: number, length: number, piece: number): bigint;
  encode(encoding: number, length: number): number;
}

/** The encodings of every module, by the numbers of `Encoding`. */
export const ENCODINGS = ["o200k_base", "cl100k_base"] as const;

/** One of them. */
export type StandardEncoding = (typeof ENCODINGS)[number];

/** Any, also of a module with all vocabularies. */
export type EncodingName = (typeof ALL)[number];

const ALL = [...ENCODINGS, "llama3"] as const;

/** One instance of the harness. */
export class Harness {
  private constructor(readonly exports: Exports) {}

  /** The compiled harness, with its tables. */
  static async compile(variant: Variant = "release", tables: Choice = "standard"): Promise<WebAssembly.Module> {
    const { wasm } = await buildWithVocabularies({ variant, entry: "tests/fuzz/tokenizer/harness.ts", tables });
    return new WebAssembly.Module(new Uint8Array(wasm));
  }

  /** A new instance. */
  static start(module: WebAssembly.Module): Harness {
    const refuse = (): never => {
      throw new Error("the module called its host");
    };
    const imports: Record<string, Record<string, () => never>> = {};
    for (const { module: from, name } of WebAssembly.Module.imports(module)) (imports[from] ??= {})[name] = refuse;
    const { exports } = new WebAssembly.Instance(module, imports);
    const harness = new Harness(exports as unknown as Exports);
    harness.exports._initialize();
    return harness;
  }

  /** Whether the tables are still as they were built: nothing that counts may write there. */
  isImageIntact(tables: Choice = "standard"): boolean {
    const image = readImage(tables);
    return Buffer.from(this.exports.memory.buffer, IMAGE_AT, image.length).equals(image);
  }

  /** Puts `bytes` into the input buffer; returns how many. */
  put(bytes: Uint8Array): number {
    new Uint8Array(this.exports.memory.buffer, this.exports.inputAddress(), bytes.length).set(bytes);
    return bytes.length;
  }

  /** How many tokens `bytes` are. */
  count(encoding: EncodingName, bytes: Uint8Array): number {
    return Number(this.exports.count(ALL.indexOf(encoding), this.put(bytes)));
  }

  /** The same, but it may stop above `limit`. */
  countUpTo(encoding: EncodingName, bytes: Uint8Array, limit: number): number {
    return Number(this.exports.countUpTo(ALL.indexOf(encoding), this.put(bytes), BigInt(limit)));
  }

  /** The ids of the tokens of `bytes`. */
  encode(encoding: EncodingName, bytes: Uint8Array): Uint32Array {
    const count = this.exports.encode(ALL.indexOf(encoding), this.put(bytes));
    return new Uint32Array(this.exports.memory.buffer, this.exports.inputAddress(), count).slice();
  }

  /** The counter's totals after each of the pieces of `bytes` that end where `ends` says. */
  totals(encoding: EncodingName, bytes: Uint8Array, ends: readonly number[]): number[] {
    const index = ALL.indexOf(encoding);
    this.put(bytes);
    this.exports.counterReset(index);
    return ends.map((end, i) => {
      this.exports.counterAppend(index, ends[i - 1] ?? 0, end);
      return Number(this.exports.counterTotal(index));
    });
  }
}
