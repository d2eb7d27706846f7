import { copyShort, sameBytes } from "./scan";
import { Decimal, MAX_DIGITS } from "./decimal";
import { Bytes } from "./bytes";

const SPARE_BYTES = 16;

/**
 * The bytes of one short value that was read: borrowed where they stand whole in the piece being read, else gathered from
 * several pieces in a buffer of fixed size. What does not fit is left out from the first character on that does not.
 */
@final
export class Captured {
  /** Whether the value is longer than `limit`, and only its beginning is here. */
  isTruncated: bool = false;
  /** The gathered bytes are `[0, length)` of this. */
  readonly bytes: Bytes;
  private from: usize = 0;
  private used: i32 = 0;
  private readonly decimal: Decimal = new Decimal();
  private isDecimal: bool = false;

  /** Holds at most `limit` bytes. */
  constructor(readonly limit: i32) {
    // `copyShort` needs the spare bytes.
    this.bytes = Bytes.of(new ArrayBuffer(limit + SPARE_BYTES));
    this.from = this.bytes.address(0);
  }

  /** How many bytes there are. */
  get length(): i32 {
    return this.used;
  }

  /** The address of the first byte. */
  get address(): usize {
    return this.from;
  }

  /** The byte at `i`; `0 <= i < length`. */
  byte(i: i32): u8 {
    // Safe: the caller keeps `i` within the value.
    return load<u8>(this.from + <usize>i);
  }

  /** Whether the value is `bytes`, all of it. */
  equals(bytes: Bytes): bool {
    return this.used == bytes.length && !this.isTruncated && sameBytes(this.from, 0, bytes.address(0), 0, this.used);
  }

  /** Forgets the value. */
  clear(): void {
    this.from = this.bytes.address(0);
    this.used = 0;
    this.isTruncated = false;
    this.isDecimal = false;
  }

  /** Takes bytes `[at, end)` of `base` without copying them: whoever lends them calls `clear` before they go. */
  borrow(base: usize, at: i32, end: i32): void {
    this.isTruncated = false;
    this.isDecimal = false;
    this.from = base + <usize>at;
    this.used = 0;
    this.used = this.fitting(base, at, end);
  }

  /** Adds bytes `[at, end)` of `base`, whole characters of UTF-8. */
  append(base: usize, at: i32, end: i32): void {
    const length = this.fitting(base, at, end);
    // Safe: `fitting` keeps the range within the buffer.
    copyShort(this.bytes.address(this.used), base + <usize>at, <usize>length);
    this.used += length;
  }

  /** Whether `length` more bytes fit. */
  // @ts-ignore: decorator
  @inline
  hasRoom(length: i32): bool {
    return this.used + length <= this.limit;
  }

  /** Adds a character; `point` is at most 0x10ffff and no surrogate. */
  appendPoint(point: u32): void {
    const length = point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
    if (this.isTruncated || this.used + length > this.limit) {
      this.isTruncated = true;
      return;
    }
    const to = this.bytes.address(this.used);
    this.used += length;
    // Safe: `length` bytes fit.
    if (length == 1) return store<u8>(to, <u8>point);
    for (let i = length - 1; i > 0; i--) {
      store<u8>(to + <usize>i, <u8>(0x80 | (point & 0x3f)));
      point >>= 6;
    }
    store<u8>(to, <u8>((0xf00 >> length) | point));
  }

  /** The value as text. */
  text(): string {
    return String.UTF8.decodeUnsafe(this.from, <usize>this.used);
  }

  /** The value, a valid JSON number, taken apart; null if it is too long for that. */
  number(): Decimal | null {
    if (this.isTruncated || this.used > MAX_DIGITS) return null;
    if (!this.isDecimal) {
      this.decimal.read(this.from, this.from + <usize>this.used);
      this.isDecimal = true;
    }
    return this.decimal;
  }

  /** How many bytes of `[at, end)` still fit, cut where a character begins. */
  private fitting(base: usize, at: i32, end: i32): i32 {
    if (this.isTruncated) return 0;
    const room = this.limit - this.used;
    if (end - at <= room) return end - at;
    this.isTruncated = true;
    let length = room;
    // Safe: `length` is less than `end - at`.
    while (length > 0 && (load<u8>(base + <usize>(at + length)) & 0xc0) == 0x80) length--;
    return length;
  }
}
