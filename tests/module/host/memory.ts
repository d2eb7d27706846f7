import { type Exports, Status } from "./abi.ts";
import { HeaderMap } from "./header-map.ts";

/** The module's linear memory, as the host reads and writes it. An address outside of it is a mistake of the module, and an error. */
export class Memory {
  #view: DataView;
  /** Whether the module's `malloc` is running. */
  isAllocating = false;

  constructor(
    private readonly exports: Exports,
    private readonly mallocLimit: () => number = () => Infinity,
  ) {
    this.#view = new DataView(exports.memory.buffer);
  }

  /** Its size in bytes; it never shrinks. */
  get size(): number {
    return this.exports.memory.buffer.byteLength;
  }

  /** All of it, as it is now. */
  get bytes(): Buffer {
    return Buffer.from(this.exports.memory.buffer);
  }

  /** A copy of `[at, at + size)`. */
  copy(at: number, size: number): Buffer {
    return Buffer.from(Buffer.from(this.exports.memory.buffer, at >>> 0, size >>> 0));
  }

  text(at: number, size: number): string {
    return Buffer.from(this.exports.memory.buffer, at >>> 0, size >>> 0).toString("utf8");
  }

  put(at: number, bytes: Uint8Array): void {
    new Uint8Array(this.exports.memory.buffer, at >>> 0, bytes.length).set(bytes);
  }

  setU32(at: number, value: number): void {
    this.view.setUint32(at >>> 0, value, true);
  }

  setU64(at: number, value: bigint): void {
    this.view.setBigUint64(at >>> 0, value, true);
  }

  /** Hands bytes over: in memory that the module allocates for them. The module gets no address for no bytes. */
  give(bytes: Uint8Array, address: number, size: number): number {
    let at = 0;
    if (bytes.length > 0) {
      at = bytes.length > this.mallocLimit() ? 0 : this.allocate(bytes.length);
      if (at === 0) return Status.InvalidMemoryAccess;
      new Uint8Array(this.exports.memory.buffer, at, bytes.length).set(bytes);
    }
    this.setU32(address, at);
    this.setU32(size, bytes.length);
    return Status.Ok;
  }

  /** Header fields, as the ABI serialises them: a count, all sizes, then all texts with a zero behind each. */
  pairs(at: number, size: number): HeaderMap {
    const headers = new HeaderMap();
    if (size === 0) return headers;
    const bytes = this.copy(at, size);
    const count = bytes.readUInt32LE(0);
    let text = 4 + count * 8;
    const next = (length: number): string => {
      if (text + length >= bytes.length || bytes[text + length] !== 0)
        throw new Error("The pairs do not end in zeros.");
      text += length + 1;
      return bytes.toString("utf8", text - length - 1, text - 1);
    };
    for (let i = 0; i < count; i++) {
      const name = next(bytes.readUInt32LE(4 + i * 8));
      headers.add(name, next(bytes.readUInt32LE(8 + i * 8)));
    }
    if (text !== bytes.length) throw new Error(`The pairs are ${text} bytes long and said to be ${bytes.length}.`);
    return headers;
  }

  private allocate(size: number): number {
    this.isAllocating = true;
    const at = this.exports.malloc(size) >>> 0;
    this.isAllocating = false;
    return at;
  }

  private get view(): DataView {
    if (this.#view.buffer !== this.exports.memory.buffer) this.#view = new DataView(this.exports.memory.buffer);
    return this.#view;
  }
}

/** Header fields in the ABI's form. */
export function serialise(headers: HeaderMap): Buffer {
  const texts = [...headers].flat().map((text) => Buffer.from(text));
  const head = Buffer.alloc(4 + texts.length * 4);
  head.writeUInt32LE(headers.size, 0);
  texts.forEach((text, i) => head.writeUInt32LE(text.length, 4 + i * 4));
  return Buffer.concat([head, ...texts.flatMap((text) => [text, Buffer.from([0])])]);
}
