import { byteAt } from "../bytes/scan";
import { contractionEnd, Pattern } from "./pieces";

/**
 * The pieces of ASCII text, 16 bytes at a time: the same as pieces.ts, for a piece that begins and ends within one block and whose next byte
 * is ASCII too. One load and a few comparisons find a word; the rest of a text is for pieces.ts.
 *
 *     block     " gateway counts t"      kind of the first byte decides what is looked for
 *     letters   0111111101111110
 *     upper     0000000000000000         bit 0 is the first byte
 */

/** `asciiEnd` may look at bytes up to this many from the beginning of a piece. */
export const ASCII_REACH = 20;

/** What `asciiEnd` returns if pieces.ts has to look. */
export const NOT_ASCII: i32 = -1;

/**
 * Where the piece at `at` ends, or `NOT_ASCII`. `block` is the 16 bytes from `at` on, and the text goes on for `ASCII_REACH` bytes at least.
 */
// @ts-ignore: decorator
@inline
export function asciiEnd(pattern: Pattern, base: usize, at: i32, end: i32, block: v128): i32 {
  const letters = <u32>(
    i8x16.bitmask(i8x16.lt_u(i8x16.sub(v128.or(block, i8x16.splat(0x20)), i8x16.splat(0x61)), i8x16.splat(26)))
  );
  const first = byteAt(base, at);
  // A letter, or something that may stand before one: no digit, no line end, ASCII.
  if ((letters & 1) != 0 || ((letters & 2) != 0 && mayLead(first))) {
    if (pattern == Pattern.Cl100k && first == 0x27) return NOT_ASCII;
    const skip = (letters & 1) ^ 1;
    let length: i32;
    if (pattern == Pattern.O200k) {
      const upper = <u32>i8x16.bitmask(i8x16.lt_u(i8x16.sub(block, i8x16.splat(0x41)), i8x16.splat(26)));
      const capitals = skip + ctz(~(upper >> skip));
      length = <i32>(capitals + ctz(~((letters & ~upper) >> capitals)));
    } else {
      length = <i32>(skip + ctz(~(letters >> skip)));
    }
    if (length >= 16) return NOT_ASCII;
    const next = byteAt(base, at + length);
    if (next >= 0x80) return NOT_ASCII;
    return pattern == Pattern.O200k && next == 0x27 ? contractionEnd(base, at + length, end) : at + length;
  }
  if (first >= 0x80) return NOT_ASCII;
  if (first - 0x30 < 10) return digitsEnd(base, at);
  const second = byteAt(base, at + 1);
  if (isBlankByte(first) && (first != 0x20 || isBlankByte(second))) return blanksEnd(base, at, block);
  // A lone space stands before symbols; before a digit, or what is not ASCII, it is another matter.
  if (first == 0x20 && (second >= 0x80 || second - 0x30 < 10)) return second >= 0x80 ? NOT_ASCII : at + 1;
  if (pattern == Pattern.Cl100k && first == 0x27) return NOT_ASCII;
  return symbolsEndAscii(pattern, base, at, end, block, letters);
}

/** Whether `c` may stand before the letters of a word: any ASCII but letters, digits, CR and LF. */
// @ts-ignore: decorator
@inline
function mayLead(c: u32): bool {
  return c < 0x80 && c - 0x30 >= 10 && c != 0x0d && c != 0x0a;
}

/** White_Space in ASCII. */
// @ts-ignore: decorator
@inline
function isBlankByte(c: u32): bool {
  return c == 0x20 || c - 9 < 5;
}

/** Up to three digits. */
// @ts-ignore: decorator
@inline
function digitsEnd(base: usize, at: i32): i32 {
  const second = byteAt(base, at + 1);
  if (second - 0x30 >= 10) return second < 0x80 ? at + 1 : NOT_ASCII;
  const third = byteAt(base, at + 2);
  if (third - 0x30 >= 10) return third < 0x80 ? at + 2 : NOT_ASCII;
  return at + 3;
}

/** White space that no word and no symbol follows at once, or that has a line end. */
// @ts-ignore: decorator
@inline
function blanksEnd(base: usize, at: i32, block: v128): i32 {
  const blank = <u32>(
    i8x16.bitmask(
      v128.or(i8x16.eq(block, i8x16.splat(0x20)), i8x16.lt_u(i8x16.sub(block, i8x16.splat(9)), i8x16.splat(5))),
    )
  );
  const length = <i32>ctz(~blank);
  if (length >= 16 || byteAt(base, at + length) >= 0x80) return NOT_ASCII;
  const lines = <u32>i8x16.bitmask(v128.or(i8x16.eq(block, i8x16.splat(0x0a)), i8x16.eq(block, i8x16.splat(0x0d))));
  const within = lines & ((1 << length) - 1);
  if (within != 0) return at + 32 - <i32>clz(within);
  return length > 1 ? at + length - 1 : at + 1;
}

/** Symbols, with a space before them or not, and the line ends behind them. */
// @ts-ignore: decorator
@inline
function symbolsEndAscii(pattern: Pattern, base: usize, at: i32, end: i32, block: v128, letters: u32): i32 {
  const others = <u32>i8x16.bitmask(
    v128.or(
      // As signed bytes, what is not ASCII is below all of it.
      v128.or(i8x16.lt_s(block, i8x16.splat(0)), i8x16.lt_u(i8x16.sub(block, i8x16.splat(9)), i8x16.splat(5))),
      v128.or(i8x16.eq(block, i8x16.splat(0x20)), i8x16.lt_u(i8x16.sub(block, i8x16.splat(0x30)), i8x16.splat(10))),
    ),
  );
  // The first byte is a symbol, or the space before them.
  const length = <i32>ctz((letters | others | 0x10000) & ~1);
  if (length >= 16) return NOT_ASCII;
  let i = at + length;
  let next = byteAt(base, i);
  if (next >= 0x80) return NOT_ASCII;
  while (next == 0x0a || next == 0x0d || (pattern == Pattern.O200k && next == 0x2f)) {
    if (++i >= end) return i;
    next = byteAt(base, i);
  }
  return i;
}
