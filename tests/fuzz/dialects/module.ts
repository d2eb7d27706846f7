import { readFileSync } from "node:fs";
import { buildModule, type Variant } from "../../../build/wasm/build.ts";

/** What dialects.guest.ts exports. */
interface Exports {
  memory: WebAssembly.Memory;
  _initialize(): void;
  inputAddress(): number;
  outputAddress(): number;
  outputLength(): number;
  dialects(): number;
  name(dialect: number): void;
  held(): number;
  request(dialect: number, length: number, contentType: number): void;
  answer(
    dialect: number,
    length: number,
    type: AnswerType,
    report: UsageReport,
    listens: number,
    feeding: number,
    seed: number,
  ): number;
  streamLoop(dialect: number, length: number, type: AnswerType, piece: number, times: number): bigint;
}

/** The content types of answers, in the order of the guest's list. */
export enum AnswerType {
  Json,
  Events,
  Frames,
  /** JSON that is streamed. */
  List,
}

/** As in assembly/llm/call-request.ts. */
export enum UsageReport {
  NotApplicable,
  Unasked,
  Asked,
}

/** One instance of all dialects. */
export class Dialects {
  private constructor(readonly exports: Exports) {}

  static async start(variant: Variant): Promise<Dialects> {
    const { path } = await buildModule({ variant, entry: "tests/fuzz/dialects/dialects.guest.ts" });
    const module = new WebAssembly.Module(readFileSync(path));
    const refuse = (): never => {
      throw new Error("the module called its host");
    };
    const imports: Record<string, Record<string, () => never>> = {};
    for (const { module: from, name } of WebAssembly.Module.imports(module)) (imports[from] ??= {})[name] = refuse;
    const { exports } = new WebAssembly.Instance(module, imports);
    const started = new Dialects(exports as unknown as Exports);
    started.exports._initialize();
    return started;
  }

  /** The dialects' names, in the registry's order. */
  names(): string[] {
    return Array.from({ length: this.exports.dialects() }, (_, i) => {
      this.exports.name(i);
      return this.output();
    });
  }

  /** Puts bytes into the input buffer. */
  put(bytes: Uint8Array): void {
    const { memory, inputAddress } = this.exports;
    const at = inputAddress();
    new Uint8Array(memory.buffer, at, bytes.length).set(bytes);
  }

  /** What the last call wrote, a character per byte. */
  output(): string {
    const { memory, outputAddress, outputLength } = this.exports;
    const at = outputAddress();
    return Buffer.from(memory.buffer, at, outputLength()).toString("latin1");
  }
}
