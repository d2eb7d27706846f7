import { byteAt } from "../bytes/scan";
import { utf8Next, utf8Start, UTF8_BROKEN } from "../bytes/utf8";
import { classOf } from "./image";

/** What the patterns tell apart. The tables hold the classes by these numbers. */
export enum CharClass {
  /** All that is none of the others: punctuation, symbols, controls, what is not assigned. */
  Other,
  /** Lu, Lt. */
  Upper,
  /** Ll. */
  Lower,
  /** Lm, Lo. */
  Caseless,
  /** M: Mn, Mc, Me. */
  Mark,
  /** N: Nd, Nl, No. */
  Number,
  /** White_Space, but for the next. */
  Space,
  /** CR and LF. */
  Newline,
  /** No character: the text ends here. */
  End,
}

/**
 * A character as `peek` gives it.
 *
 *     bits 0-3   its CharClass
 *     bits 4-7   how many bytes it takes: 1 to 4, 0 at the end
 *     bit 8      these bytes are not UTF-8: they count as U+FFFD
 */
export type Character = u32;

const BROKEN: Character = 0x100;

let endWasSeen: bool = false;
let brokenWasSeen: bool = false;

/** Forgets what `sawEnd` and `sawBroken` know. */
// @ts-ignore: decorator
@inline
export function beginLooking(): void {
  endWasSeen = false;
  brokenWasSeen = false;
}

/** Whether something was looked for at the end of the text, or in a character that the end cuts: more text could change the answer. */
// @ts-ignore: decorator
@inline
export function sawEnd(): bool {
  return endWasSeen;
}

/** Whether bytes that are not UTF-8 were looked at. */
// @ts-ignore: decorator
@inline
export function sawBroken(): bool {
  return brokenWasSeen;
}

/** Says that the end was looked at. */
export function noteEnd(): void {
  endWasSeen = true;
}

/** The character's class. */
// @ts-ignore: decorator
@inline
export function classIn(character: Character): CharClass {
  return <CharClass>(character & 15);
}

/** How many bytes the character takes. */
// @ts-ignore: decorator
@inline
export function widthIn(character: Character): i32 {
  return <i32>((character >> 4) & 15);
}

/** Whether the character stands for bytes that are not UTF-8. */
// @ts-ignore: decorator
@inline
export function isBroken(character: Character): bool {
  return (character & BROKEN) != 0;
}

/** The character at `i` of a text that ends at `end`. */
// @ts-ignore: decorator
@inline
export function peek(base: usize, i: i32, end: i32): Character {
  if (i >= end) {
    endWasSeen = true;
    return CharClass.End;
  }
  const c = byteAt(base, i);
  return c < 0x80 ? classOf(c) | 0x10 : peekWide(base, i, end, c);
}

function peekWide(base: usize, i: i32, end: i32, c: u32): Character {
  if (c < 0xe0) {
    if (c >= 0xc2 && i + 2 <= end) {
      const d = byteAt(base, i + 1) ^ 0x80;
      if (d < 0x40) return classOf(((c & 31) << 6) | d) | 0x20;
    }
  } else if (c < 0xf0) {
    if (i + 3 <= end) {
      const d = byteAt(base, i + 1) ^ 0x80;
      const e = byteAt(base, i + 2) ^ 0x80;
      const point = ((c & 15) << 12) | (d << 6) | e;
      if ((d | e) < 0x40 && point >= 0x800 && point >> 11 != 0x1b) return classOf(point) | 0x30;
    }
  } else if (i + 4 <= end) {
    const d = byteAt(base, i + 1) ^ 0x80;
    const e = byteAt(base, i + 2) ^ 0x80;
    const f = byteAt(base, i + 3) ^ 0x80;
    const point = ((c & 15) << 18) | (d << 12) | (e << 6) | f;
    if ((d | e | f) < 0x40 && point >= 0x10000 && point <= 0x10ffff && c < 0xf5) return classOf(point) | 0x40;
  }
  return peekBroken(base, i, end, c);
}

/** The maximal subpart of a broken character, which counts as one U+FFFD (The Unicode Standard, section 3.9). */
function peekBroken(base: usize, i: i32, end: i32, c: u32): Character {
  brokenWasSeen = true;
  let width = 1;
  let state = utf8Start(c);
  while (state != UTF8_BROKEN) {
    if (i + width == end) {
      endWasSeen = true;
      break;
    }
    state = utf8Next(state, byteAt(base, i + width));
    if (state != UTF8_BROKEN) width++;
  }
  return BROKEN | ((<u32>width) << 4) | CharClass.Other;
}
