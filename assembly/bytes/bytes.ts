import { sameBytes } from "./scan";
import { Utf8Repair, utf8ValidEnd } from "./utf8";
import { ByteWriter } from "./writer";

/** Where a byte stands in memory: what `Bytes#address` gives and the searches of scan.ts take. */
export type Address = usize;

/**
 * A run of bytes that somebody else owns or that the proxy handed over: an ArrayBuffer, or part of one.
 *
 * Everything above this layer reads bytes through this class, so that no address and no unchecked access is needed there.
 * Reading outside of `[0, length)` is a programming error that the checked build refuses; the release build does not look.
 */
@final
export class Bytes {
  /** Bytes `[at, at + length)` of `buffer`. */
  constructor(
    readonly buffer: ArrayBuffer,
    readonly at: i32,
    readonly length: i32,
  ) {}

  /** All of `buffer`. */
  static of(buffer: ArrayBuffer): Bytes {
    return new Bytes(buffer, 0, buffer.byteLength);
  }

  /** The UTF-8 bytes of `text`. */
  static fromString(text: string): Bytes {
    return Bytes.of(String.UTF8.encode(text));
  }

  /** The byte at `i`; `0 <= i < length`. */
  // @ts-ignore: decorator
  @inline
  @operator("[]")
  get(i: i32): u8 {
    // Safe: the caller keeps `i` within `[0, length)`.
    return load<u8>(changetype<usize>(this.buffer) + <usize>(this.at + i));
  }

  /**
   * The address of byte `i`, good until the buffer's arena goes. A reader of bytes holds that of byte 0 in a local while it goes
   * over a piece, for the searches of scan.ts; nobody keeps one.
   */
  // @ts-ignore: decorator
  @inline
  address(i: i32): Address {
    return changetype<usize>(this.buffer) + <usize>(this.at + i);
  }

  /** Bytes `[from, to)` of this run, sharing its buffer; the bounds are clamped. */
  slice(from: i32, to: i32): Bytes {
    const start = min(max(from, 0), this.length);
    return new Bytes(this.buffer, this.at + start, min(max(to, start), this.length) - start);
  }

  /** This run with `more` behind it, copied. */
  concat(more: Bytes): Bytes {
    const both = Bytes.of(new ArrayBuffer(this.length + more.length));
    // Safe: the new buffer has room for both runs.
    memory.copy(both.address(0), this.address(0), <usize>this.length);
    memory.copy(both.address(this.length), more.address(0), <usize>more.length);
    return both;
  }

  /** Whether both runs hold the same bytes. */
  equals(other: Bytes): bool {
    return this.length == other.length && sameBytes(this.address(0), 0, other.address(0), 0, this.length);
  }

  /** Whether the `length` bytes from `at` on are the first of `other`; both runs are that long. */
  begins(at: i32, other: Bytes, length: i32): bool {
    return sameBytes(this.address(0), at, other.address(0), 0, length);
  }

  /** Copies the `length` bytes of `from` that begin at `at` to the beginning of this run; both runs are that long. */
  take(from: Bytes, at: i32, length: i32): void {
    // Safe: the caller keeps the range within both.
    memory.copy(this.address(0), from.address(at), <usize>length);
  }

  /** The text, decoded as UTF-8; what is not UTF-8 becomes U+FFFD as `Utf8Repair` says. */
  toString(): string {
    if (utf8ValidEnd(this, 0, this.length) == this.length) {
      return String.UTF8.decodeUnsafe(this.address(0), <usize>this.length);
    }
    const out = new ByteWriter(this.length + 16);
    const repair = new Utf8Repair(out);
    repair.feed(this, 0, this.length);
    repair.finish();
    return out.toBytes().toString();
  }
}
