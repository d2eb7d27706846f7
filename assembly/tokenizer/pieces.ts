import { byteAt } from "../bytes/scan";
import { CharClass, classIn, noteEnd, peek, widthIn } from "./characters";

/**
 * The patterns that cut a text into pieces before bytes are merged, written as plain functions: `pieceEnd` says where the piece that
 * begins at `at` ends. They are the meaning of pieces-ascii.ts.
 *
 * In the order of their alternatives, as published with the encodings (`C` is [\p{Lm}\p{Lo}\p{M}]):
 *
 *     o200k    [^\r\n\p{L}\p{N}]? [\p{Lu}\p{Lt}C]* [\p{Ll}C]+ contraction?
 *              [^\r\n\p{L}\p{N}]? [\p{Lu}\p{Lt}C]+ [\p{Ll}C]* contraction?
 *              \p{N}{1,3}   |    ?[^\s\p{L}\p{N}]+[\r\n/]*   |   \s*[\r\n]+   |   \s+(?!\S)   |   \s+
 *     cl100k   contraction  |   [^\r\n\p{L}\p{N}]?\p{L}+
 *              \p{N}{1,3}   |    ?[^\s\p{L}\p{N}]+[\r\n]*    |   \s*[\r\n]+   |   \s+(?!\S)   |   \s+
 *     contraction: (?i:'s|'t|'re|'ve|'m|'ll|'d)
 */
export enum Pattern {
  O200k,
  Cl100k,
}

/** Where the piece at `at` ends; `at < end`. `sawEnd` says afterwards whether more text could move it. */
// @ts-ignore: decorator
@inline
export function pieceEnd(pattern: Pattern, base: usize, at: i32, end: i32): i32 {
  return pattern == Pattern.O200k ? o200kEnd(base, at, end) : cl100kEnd(base, at, end);
}

const APOSTROPHE: u32 = 0x27;
const SPACE: u32 = 0x20;
const CR: u32 = 0x0d;
const LF: u32 = 0x0a;
const SLASH: u32 = 0x2f;

/** Whether the last word that `casedEnd` found is of the second alternative: without a character that can be lower case. */
let isAllUpper: bool = false;

function o200kEnd(base: usize, at: i32, end: i32): i32 {
  const first = peek(base, at, end);
  const next = at + widthIn(first);
  switch (classIn(first)) {
    case CharClass.Upper:
    case CharClass.Lower:
    case CharClass.Caseless:
      return contractionEnd(base, casedEnd(base, at, end), end);
    case CharClass.Mark: {
      // A mark can stand before a word, or be one; before upper case alone the first alternative takes it as a word of its own.
      const word = casedEnd(base, next, end);
      return contractionEnd(base, isAllUpper ? next : word, end);
    }
    case CharClass.Other: {
      const word = casedEnd(base, next, end);
      return word > next ? contractionEnd(base, word, end) : symbolsEnd(base, next, end, Pattern.O200k);
    }
    case CharClass.Number:
      return numberEnd(base, next, end);
    case CharClass.Space: {
      const word = casedEnd(base, next, end);
      if (word > next) return contractionEnd(base, word, end);
      if (byteAt(base, at) == SPACE && classIn(peek(base, next, end)) == CharClass.Other) {
        return symbolsEnd(base, next, end, Pattern.O200k);
      }
      return blankEnd(base, at, end);
    }
    default:
      return blankEnd(base, at, end);
  }
}

function cl100kEnd(base: usize, at: i32, end: i32): i32 {
  const first = peek(base, at, end);
  const next = at + widthIn(first);
  switch (classIn(first)) {
    case CharClass.Upper:
    case CharClass.Lower:
    case CharClass.Caseless:
      return lettersEnd(base, next, end);
    case CharClass.Mark:
    case CharClass.Other: {
      const contraction = contractionEnd(base, at, end);
      if (contraction > at) return contraction;
      const word = lettersEnd(base, next, end);
      return word > next ? word : symbolsEnd(base, next, end, Pattern.Cl100k);
    }
    case CharClass.Number:
      return numberEnd(base, next, end);
    case CharClass.Space: {
      const word = lettersEnd(base, next, end);
      if (word > next) return word;
      const isSymbol = isSymbolClass(classIn(peek(base, next, end)));
      return byteAt(base, at) == SPACE && isSymbol
        ? symbolsEnd(base, next, end, Pattern.Cl100k)
        : blankEnd(base, at, end);
    }
    default:
      return blankEnd(base, at, end);
  }
}

/**
 * Where a word of o200k ends, without what may stand before and behind it; `at` if there is none.
 *
 * Upper case comes before lower case, and the rest of the letters and marks pass for both. So, if no lower case follows, the first
 * alternative ends behind the last that passes for lower case, and the second takes what has none of these.
 */
function casedEnd(base: usize, at: i32, end: i32): i32 {
  isAllUpper = false;
  let i = at;
  let either = at;
  for (;;) {
    const character = peek(base, i, end);
    const kind = classIn(character);
    if (kind == CharClass.Lower) break;
    if (kind == CharClass.End || kind < CharClass.Upper || kind > CharClass.Mark) {
      if (either > at) return either;
      isAllUpper = i > at;
      return i;
    }
    i += widthIn(character);
    if (kind != CharClass.Upper) either = i;
  }
  let character = peek(base, i, end);
  while (classIn(character) >= CharClass.Lower && classIn(character) <= CharClass.Mark) {
    i += widthIn(character);
    character = peek(base, i, end);
  }
  return i;
}

function lettersEnd(base: usize, at: i32, end: i32): i32 {
  let i = at;
  let character = peek(base, i, end);
  while (classIn(character) >= CharClass.Upper && classIn(character) <= CharClass.Caseless) {
    i += widthIn(character);
    character = peek(base, i, end);
  }
  return i;
}

/** Where a contraction at `at` ends; `at` if there is none. U+017F, the long s, is an s to whom case is nothing. */
export function contractionEnd(base: usize, at: i32, end: i32): i32 {
  if (at >= end) {
    noteEnd();
    return at;
  }
  if (byteAt(base, at) != APOSTROPHE) return at;
  if (at + 1 >= end) {
    noteEnd();
    return at;
  }
  const c = byteAt(base, at + 1);
  const letter = c | 0x20;
  if (letter == 0x73 || letter == 0x74 || letter == 0x6d || letter == 0x64) return isAsciiLetter(c) ? at + 2 : at;
  const second: u32 = c == 0xc5 ? 0xbf : letter == 0x72 || letter == 0x76 ? 0x65 : letter == 0x6c ? 0x6c : 0;
  if (second == 0) return at;
  if (at + 2 >= end) {
    noteEnd();
    return at;
  }
  const d = byteAt(base, at + 2);
  if (c == 0xc5) return d == second ? at + 3 : at;
  return isAsciiLetter(c) && isAsciiLetter(d) && (d | 0x20) == second ? at + 3 : at;
}

// @ts-ignore: decorator
@inline
function isAsciiLetter(c: u32): bool {
  return (c | 0x20) - 0x61 < 26;
}

/** Up to three numbers, the first of which ends at `at`. */
function numberEnd(base: usize, at: i32, end: i32): i32 {
  let i = at;
  for (let n = 1; n < 3; n++) {
    const character = peek(base, i, end);
    if (classIn(character) != CharClass.Number) return i;
    i += widthIn(character);
  }
  return i;
}

// @ts-ignore: decorator
@inline
function isSymbolClass(kind: CharClass): bool {
  return kind == CharClass.Other || kind == CharClass.Mark;
}

/** Symbols and the line ends behind them. */
function symbolsEnd(base: usize, at: i32, end: i32, pattern: Pattern): i32 {
  let i = at;
  for (;;) {
    const character = peek(base, i, end);
    if (!isSymbolClass(classIn(character))) break;
    i += widthIn(character);
  }
  while (i < end) {
    const c = byteAt(base, i);
    if (c != CR && c != LF && (c != SLASH || pattern != Pattern.O200k)) return i;
    i++;
  }
  noteEnd();
  return i;
}

/** White space: up to its last line end; without one, all but the character that stands before something else. */
function blankEnd(base: usize, at: i32, end: i32): i32 {
  let i = at;
  let line = at;
  let last = at;
  for (;;) {
    const character = peek(base, i, end);
    const kind = classIn(character);
    if (kind == CharClass.End) return line > at ? line : i;
    if (kind != CharClass.Space && kind != CharClass.Newline) break;
    last = i;
    i += widthIn(character);
    if (kind == CharClass.Newline) line = i;
  }
  if (line > at) return line;
  return last > at ? last : i;
}
