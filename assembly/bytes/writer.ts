import { Bytes } from "./bytes";

/** Longest decimal form of an i64: a sign and 19 digits. */
const MAX_INTEGER_BYTES = 20;

/**
 * A run of bytes that grows at its end, in the arena that is current when it grows.
 *
 * The capacity doubles, so n bytes cost at most 4 n bytes of an arena that frees nothing before it goes; `new ByteWriter(n)` with
 * the right `n` costs n. Text is written as UTF-8; a lone surrogate becomes U+FFFD.
 */
@final
export class ByteWriter {
  private buffer: ArrayBuffer;
  private used: i32 = 0;

  constructor(capacity: i32 = 64) {
    this.buffer = new ArrayBuffer(max(capacity, 16));
  }

  /** How many bytes were written. */
  get length(): i32 {
    return this.used;
  }

  /** What was written so far: good until the next write. */
  toBytes(): Bytes {
    return new Bytes(this.buffer, 0, this.used);
  }

  /** Forgets what was written and keeps the room. */
  clear(): void {
    this.used = 0;
  }

  /** Makes room for `more` bytes, so that writing them does not grow. */
  reserve(more: i32): void {
    const capacity = this.buffer.byteLength;
    if (more <= capacity - this.used) return;
    const grown = new ArrayBuffer(max(this.used + more, <i32>min<i64>(<i64>capacity * 2, i32.MAX_VALUE >> 1)));
    // Safe: `used` is within both buffers.
    memory.copy(changetype<usize>(grown), changetype<usize>(this.buffer), <usize>this.used);
    this.buffer = grown;
  }

  /** Writes one byte. */
  byte(value: u32): void {
    this.reserve(1);
    // Safe: there is room for one more.
    store<u8>(this.address(), <u8>value);
    this.used++;
  }

  /** Writes bytes `[at, end)` of `bytes`; nothing if that is not a range of it. */
  bytes(bytes: Bytes, at: i32, end: i32): void {
    const length = end - at;
    // A wrong range must not become other memory that somebody is shown: once for a run, it costs nothing.
    if (length <= 0 || at < 0 || end > bytes.length) return;
    this.reserve(length);
    // Safe: the range is within `bytes`, and there is room for it.
    memory.copy(this.address(), bytes.address(at), <usize>length);
    this.used += length;
  }

  /** Writes `text` as UTF-8. */
  text(text: string): void {
    for (let i = 0, length = text.length; i < length; i++) {
      const c = <u32>text.charCodeAt(i);
      if (c < 0x80) this.byte(c);
      else i += this.character(text, i, c);
    }
  }

  /** Writes `text` as a JSON string with its quotes (RFC 8259, section 7): only what must be escaped is. */
  jsonString(text: string): void {
    this.byte(0x22);
    for (let i = 0, length = text.length; i < length; i++) {
      const c = <u32>text.charCodeAt(i);
      if (c == 0x22 || c == 0x5c || c < 0x20) this.jsonEscape(c);
      else if (c < 0x80) this.byte(c);
      else i += this.character(text, i, c);
    }
    this.byte(0x22);
  }

  /** Writes bytes `[at, end)` of `bytes`, which are valid UTF-8, as a JSON string with its quotes. */
  jsonBytes(bytes: Bytes, at: i32, end: i32): void {
    this.byte(0x22);
    let from = at;
    for (let i = at; i < end; i++) {
      const c = <u32>bytes[i];
      if (c != 0x22 && c != 0x5c && c >= 0x20) continue;
      this.bytes(bytes, from, i);
      this.jsonEscape(c);
      from = i + 1;
    }
    this.bytes(bytes, from, end);
    this.byte(0x22);
  }

  /** Writes `value` in decimal. */
  integer(value: i64): void {
    this.reserve(MAX_INTEGER_BYTES);
    // The magnitude of the lowest i64 fits u64 only.
    let rest = value < 0 ? 0 - <u64>value : <u64>value;
    if (value < 0) this.byte(0x2d);
    const digits = decimalDigits(rest);
    const first = this.address();
    // Safe: `digits` is at most 20, and there is room for it.
    for (let i = digits - 1; i >= 0; i--) {
      store<u8>(first + <usize>i, <u8>(0x30 + (rest % 10)));
      rest /= 10;
    }
    this.used += digits;
  }

  /** Writes a character; `point` is at most 0x10ffff and no surrogate. */
  codePoint(point: u32): void {
    if (point < 0x80) return this.byte(point);
    if (point < 0x800) {
      this.byte(0xc0 | (point >> 6));
    } else {
      if (point < 0x10000) {
        this.byte(0xe0 | (point >> 12));
      } else {
        this.byte(0xf0 | (point >> 18));
        this.byte(0x80 | ((point >> 12) & 0x3f));
      }
      this.byte(0x80 | ((point >> 6) & 0x3f));
    }
    this.byte(0x80 | (point & 0x3f));
  }

  /** Writes the character that begins with unit `c` at `i` of `text`; returns how many further units it took. */
  private character(text: string, i: i32, c: u32): i32 {
    if ((c & 0xf800) != 0xd800) {
      this.codePoint(c);
      return 0;
    }
    const low = i + 1 < text.length ? <u32>text.charCodeAt(i + 1) : 0;
    if (c < 0xdc00 && (low & 0xfc00) == 0xdc00) {
      this.codePoint(0x10000 + ((c & 0x3ff) << 10) + (low & 0x3ff));
      return 1;
    }
    this.codePoint(0xfffd);
    return 0;
  }

  private jsonEscape(c: u32): void {
    this.byte(0x5c);
    switch (c) {
      case 0x22:
      case 0x5c:
        return this.byte(c);
      case 0x08:
        return this.byte(0x62);
      case 0x09:
        return this.byte(0x74);
      case 0x0a:
        return this.byte(0x6e);
      case 0x0c:
        return this.byte(0x66);
      case 0x0d:
        return this.byte(0x72);
      default:
        this.byte(0x75);
        this.byte(0x30);
        this.byte(0x30);
        this.byte(0x30 + (c >> 4));
        this.byte((c & 15) < 10 ? 0x30 + (c & 15) : 0x57 + (c & 15));
    }
  }

  // @ts-ignore: decorator
  @inline
  private address(): usize {
    return changetype<usize>(this.buffer) + <usize>this.used;
  }
}

/** How many decimal digits `value` has. */
function decimalDigits(value: u64): i32 {
  let digits = 1;
  while (value >= 10) {
    value /= 10;
    digits++;
  }
  return digits;
}
