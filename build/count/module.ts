import { buildWithVocabularies } from "../vocabularies/index.ts";
import { VOCABULARIES } from "../vocabularies/registry.ts";

/** What counter.ts exports. */
interface Exports {
  memory: WebAssembly.Memory;
  _initialize(): void;
  textAddress(): number;
  textBytes(): number;
  append(encoding: number, length: number): bigint;
  reset(encoding: number): void;
  encode(encoding: number, length: number): number;
  encodingOfModel(length: number): number;
}

/** One token of a text: its id, and its bytes. */
export interface Token {
  readonly id: number;
  readonly bytes: Buffer;
}

/** The names of the encodings, by their numbers. */
export const ENCODINGS: readonly string[] = VOCABULARIES.map(({ name }) => name);

/** The filter's tokenizer. */
export class Counter {
  private constructor(private readonly exports: Exports) {}

  /** Builds it, if it is not up to date, and starts it. */
  static async start(): Promise<Counter> {
    const { wasm } = await buildWithVocabularies({ variant: "release", entry: "build/count/counter.ts" });
    const module = new WebAssembly.Module(new Uint8Array(wasm));
    const refuse = (): never => {
      throw new Error("the tokenizer called its host");
    };
    const imports: Record<string, Record<string, () => never>> = {};
    for (const { module: from, name } of WebAssembly.Module.imports(module)) (imports[from] ??= {})[name] = refuse;
    const exports = new WebAssembly.Instance(module, imports).exports as unknown as Exports;
    exports._initialize();
    return new Counter(exports);
  }

  /** The most bytes whose tokens can be told one by one. */
  get mostBytes(): number {
    return this.exports.textBytes();
  }

  /** How many tokens a text of any length is, which comes in pieces cut anywhere. */
  count(encoding: string, pieces: Iterable<Uint8Array>): number {
    const index = ENCODINGS.indexOf(encoding);
    this.exports.reset(index);
    let total = 0n;
    for (const piece of pieces)
      for (let at = 0; at < piece.length; at += this.mostBytes)
        total = this.exports.append(index, this.put(piece.subarray(at, at + this.mostBytes)));
    return Number(total);
  }

  /** The tokens of a text of at most `mostBytes`; what is not UTF-8 is U+FFFD. */
  tokens(encoding: string, text: Uint8Array): Token[] {
    const valid = Buffer.from(new TextDecoder("utf-8", { ignoreBOM: true }).decode(text));
    if (valid.length > this.mostBytes) throw new RangeError(`more than ${this.mostBytes} bytes`);
    const count = this.exports.encode(ENCODINGS.indexOf(encoding), this.put(valid));
    const told = new Uint32Array(this.exports.memory.buffer, this.exports.textAddress(), 2 * count);
    let at = 0;
    return Array.from({ length: count }, (_, i) => {
      const bytes = valid.subarray(at, (at += told[2 * i + 1] as number));
      return { id: told[2 * i] as number, bytes };
    });
  }

  /** The encoding that the filter counts a model's text in, if its publisher says which; null otherwise. */
  encodingOf(model: string): string | null {
    return ENCODINGS[this.exports.encodingOfModel(this.put(Buffer.from(model)))] ?? null;
  }

  private put(bytes: Uint8Array): number {
    new Uint8Array(this.exports.memory.buffer, this.exports.textAddress(), bytes.length).set(bytes);
    return bytes.length;
  }
}
