import { Address } from "../bytes/bytes";
import { CharClass, classIn, peek, widthIn } from "./characters";
import { Pattern } from "./pieces";

/**
 * A few bytes that stand for the beginning of a long piece: with them in its place, the pattern ends the piece where it would have
 * ended it anyway. The number of bytes is in the upper half, the bytes in the lower, the first lowest.
 */
export type Context = u64;

// Lower case was seen: upper case ends the word. Upper case alone. Letters that can be either.
const LOWER: Context = (1 << 32) | 0x61;
const UPPER: Context = (1 << 32) | 0x41;
const CASELESS: Context = (3 << 32) | 0xadb8e4;
// Two symbols, since one could stand before a word; and the line ends behind them, after which no symbol follows.
const SYMBOLS: Context = (2 << 32) | 0x2121;
const SYMBOLS_AND_LINE: Context = (3 << 32) | 0x0a2121;
// Two blanks, since one could stand before a word or symbols.
const BLANKS: Context = (2 << 32) | 0x2020;
const LINE: Context = (1 << 32) | 0x0a;

const LETTERS: u32 = (1 << CharClass.Upper) | (1 << CharClass.Lower) | (1 << CharClass.Caseless);
const MARKS: u32 = 1 << CharClass.Mark;
const NEWLINES: u32 = 1 << CharClass.Newline;
const BLANK: u32 = (1 << CharClass.Space) | NEWLINES;

/** How many bytes a context has. */
// @ts-ignore: decorator
@inline
export function contextLength(context: Context): i32 {
  return <i32>(context >> 32);
}

/** The context for the first `to` bytes of a text of `end` bytes, which begins with a piece that does not end before `end`; `to` is above 3. */
export function contextOf(pattern: Pattern, base: Address, to: i32, end: i32): Context {
  const first = peek(base, 0, end);
  const second = peek(base, widthIn(first), end);
  const leading: u32 = (1 << classIn(first)) | (1 << classIn(second));
  const inWords = pattern == Pattern.O200k ? LETTERS | MARKS : LETTERS;
  const seen = classesIn(base, to, end);
  // A word has its first letter in one of these places, and nothing else has a letter at all.
  if ((leading & inWords) != 0) {
    if (pattern == Pattern.Cl100k || (seen & (1 << CharClass.Lower)) != 0) return LOWER;
    return (seen & (inWords & ~(1 << CharClass.Upper))) != 0 ? CASELESS : UPPER;
  }
  const hasLine = (seen & NEWLINES) != 0;
  if ((leading & ~BLANK) == 0) return hasLine ? LINE : BLANKS;
  return hasLine ? SYMBOLS_AND_LINE : SYMBOLS;
}

/** A bit for each class of the characters before `to`. */
function classesIn(base: Address, to: i32, end: i32): u32 {
  let seen: u32 = 0;
  let i = 0;
  while (i < to) {
    const character = peek(base, i, end);
    seen |= 1 << classIn(character);
    i += widthIn(character);
  }
  return seen;
}
