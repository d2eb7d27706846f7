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

  /** The address of byte `i`, for the layers that may hold one; good until the buffer's arena goes. */
  // @ts-ignore: decorator
  @inline
  address(i: i32): usize {
    return changetype<usize>(this.buffer) + <usize>(this.at + i);
  }

  /** Bytes `[from, to)` of this run, sharing its buffer; the bounds are clamped. */
  slice(from: i32, to: i32): Bytes {
    const start = min(max(from, 0), this.length);
    return new Bytes(this.buffer, this.at + start, min(max(to, start), this.length) - start);
  }

  /** The text, decoded as UTF-8 with U+FFFD for what is not. */
  toString(): string {
    return String.UTF8.decodeUnsafe(this.address(0), <usize>this.length);
  }
}
