import { Bytes } from "./bytes";
import { byteAt } from "./scan";
import { ByteWriter } from "./writer";

/**
 * UTF-8 as the Unicode Standard defines it (table 3-7, "Well-Formed UTF-8 Byte Sequences"): no overlong forms, no surrogates,
 * nothing above U+10FFFF.
 *
 * The state between two bytes of a character says what may come:
 *
 *     bits 0-7: how many bytes are missing   bits 8-15: lowest next byte   bits 16-23: highest next byte
 *
 * 0 is the state between characters, `UTF8_BROKEN` that after a byte which cannot stand there.
 */
export const UTF8_BROKEN: u32 = 0xffffffff;

const ANY_TAIL: u32 = 0xbf8000;

/** The state after the first byte of a character. */
export function utf8Start(c: u32): u32 {
  if (c < 0x80) return 0;
  if (c < 0xc2) return UTF8_BROKEN;
  if (c < 0xe0) return ANY_TAIL | 1;
  if (c < 0xf0) {
    if (c == 0xe0) return 0xbfa000 | 2;
    if (c == 0xed) return 0x9f8000 | 2;
    return ANY_TAIL | 2;
  }
  if (c == 0xf0) return 0xbf9000 | 3;
  if (c < 0xf4) return ANY_TAIL | 3;
  return c == 0xf4 ? 0x8f8000 | 3 : UTF8_BROKEN;
}

/** The state after a further byte; `state` is neither 0 nor broken. */
export function utf8Next(state: u32, c: u32): u32 {
  if (c < ((state >> 8) & 0xff) || c > ((state >> 16) & 0xff)) return UTF8_BROKEN;
  const missing = (state & 0xff) - 1;
  return missing == 0 ? 0 : ANY_TAIL | missing;
}

/** Where a run of whole characters that are not ASCII ends: at ASCII, at a broken character, or at one that `end` cuts. */
export function wideEnd(base: usize, i: i32, end: i32): i32 {
  while (i < end) {
    const c = byteAt(base, i);
    if (c < 0x80) return i;
    if (c < 0xe0) {
      if (c < 0xc2 || i + 2 > end || (byteAt(base, i + 1) & 0xc0) != 0x80) return i;
      i += 2;
    } else if (c < 0xf0) {
      if (i + 3 > end || (byteAt(base, i + 2) & 0xc0) != 0x80) return i;
      const point = ((c & 15) << 6) | (byteAt(base, i + 1) ^ 0x80);
      // `point` is the character without its lowest six bits; a second byte that is none sets bit 6 or 7 of it or both.
      if ((byteAt(base, i + 1) & 0xc0) != 0x80 || point < 0x20 || (point & 0x3e0) == 0x360) return i;
      i += 3;
    } else {
      if (i + 4 > end) return i;
      let state = utf8Start(c);
      for (let k = 1; k < 4 && state != UTF8_BROKEN; k++) state = utf8Next(state, byteAt(base, i + k));
      if (state != 0) return i;
      i += 4;
    }
  }
  return end;
}

/** Where valid whole characters of `bytes` end, from `at` on: `end`, or at the first that is broken or cut by `end`. */
export function utf8ValidEnd(bytes: Bytes, at: i32, end: i32): i32 {
  const base = bytes.address(0);
  let i = at;
  while (i < end) {
    // Safe: eight bytes are left.
    if (i + 8 <= end && (load<u64>(base + <usize>i) & 0x8080808080808080) == 0) {
      i += 8;
    } else if (byteAt(base, i) < 0x80) {
      i++;
    } else {
      const wide = wideEnd(base, i, end);
      if (wide == i) return i;
      i = wide;
    }
  }
  return end;
}

/** Validates UTF-8 that comes in pieces, cut anywhere. */
@final
export class Utf8Validator {
  private state: u32 = 0;

  /** Whether what was fed so far can be the beginning of valid UTF-8. */
  get isValid(): bool {
    return this.state != UTF8_BROKEN;
  }

  /** Takes the piece `[at, end)`; returns `isValid`. */
  feed(bytes: Bytes, at: i32, end: i32): bool {
    let i = at;
    while (i < end && this.state != UTF8_BROKEN) {
      if (this.state == 0) {
        i = utf8ValidEnd(bytes, i, end);
        if (i < end) this.state = utf8Start(bytes[i++]);
      } else {
        this.state = utf8Next(this.state, bytes[i++]);
      }
    }
    return this.isValid;
  }

  /** The text is complete: whether all of it is valid, its last character whole. */
  finish(): bool {
    return this.state == 0;
  }

  /** Begins anew. */
  reset(): void {
    this.state = 0;
  }
}

/**
 * Writes UTF-8 that comes in pieces as valid UTF-8: each maximal subpart of a broken character becomes one U+FFFD, as in the
 * Unicode Standard (section 3.9, "U+FFFD Substitution of Maximal Subparts") and the WHATWG Encoding Standard.
 */
@final
export class Utf8Repair {
  private state: u32 = 0;
  private point: u32 = 0;

  constructor(private readonly out: ByteWriter) {}

  /** Takes the piece `[at, end)`. A character that `end` cuts is held back until it is whole. */
  feed(bytes: Bytes, at: i32, end: i32): void {
    let i = at;
    while (i < end) {
      if (this.state == 0) {
        const whole = utf8ValidEnd(bytes, i, end);
        this.out.bytes(bytes, i, whole);
        if (whole == end) return;
        const c = <u32>bytes[whole];
        i = whole + 1;
        this.state = utf8Start(c);
        // The lead byte holds 5, 4 or 3 bits of the character.
        this.point = c & (0x3f >> (this.state & 0xff));
        if (this.state == UTF8_BROKEN) this.replace();
      } else {
        const c = <u32>bytes[i];
        this.state = utf8Next(this.state, c);
        if (this.state == UTF8_BROKEN) {
          // The byte may begin a character itself: it is looked at again.
          this.replace();
        } else {
          this.point = (this.point << 6) | (c & 0x3f);
          if (this.state == 0) this.out.codePoint(this.point);
          i++;
        }
      }
    }
  }

  /** The text is complete: a character that is still cut becomes one U+FFFD. */
  finish(): void {
    if (this.state != 0) this.replace();
  }

  private replace(): void {
    this.out.codePoint(0xfffd);
    this.state = 0;
  }
}
