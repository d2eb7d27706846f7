import { type Random } from "../wire/random";

/** Parts that the patterns and the merges treat in ways of their own. */
const PARTS: readonly (readonly string[])[] = [
  [
    "'s",
    "'S",
    "'\u017f",
    "'t",
    "'T",
    "'re",
    "'RE",
    "'rE",
    "'ve",
    "'m",
    "'ll",
    "'LL",
    "'lL",
    "'d",
    "'",
    "''",
    "'x",
    "'r",
    "'l",
  ],
  [
    " ",
    "  ",
    "   ",
    "\t",
    "\n",
    "\r",
    "\r\n",
    "\n\n",
    "\n ",
    " \n",
    "\u0085",
    "\u00a0",
    "\u2003",
    "\u2028",
    "\u3000",
    "\v",
    "\f",
    "\u1680",
  ],
  ["0", "12", "345", "6789", "\u00b2", "\u0663", "\u2167", "\u{1d7d8}", "\u0be7", "\u3007"],
  [
    "/",
    "//",
    "!",
    "...",
    "({",
    "});",
    "->",
    "=",
    "==",
    "----",
    "#",
    "\u00bf",
    "\u2026",
    "\u300c",
    "\u3002",
    "<|endoftext|>",
    "\u0000",
    "\ufffd",
  ],
  [
    "a",
    "I",
    "the",
    "The",
    "THE",
    "hello",
    "World",
    "camelCase",
    "HTTPServer",
    "iPhone",
    "gateway",
    "tokenization",
    "zzxqj",
    "QQQ",
  ],
  [
    "\u00e9",
    "e\u0301",
    "na\u00efve",
    "\u0130",
    "\u00df",
    "\u01c5",
    "\u1f88",
    "\u02b0",
    "\u00aa",
    "\u0e01\u0e34",
    "\u0915\u094d\u0937",
    "\u0301",
    "\u20dd",
    "\ufe0f",
  ],
  [
    "\u65e5\u672c\u8a9e",
    "\u4e2d",
    "\u6587",
    "\ud55c\uad6d\uc5b4",
    "\u3042",
    "\u30ab\u30bf",
    "\u0440\u0443\u0441",
    "\u041f\u0440",
    "\u0645\u0631\u062d\u0628\u0627",
    "\u05e9\u05dc\u05d5\u05dd",
    "\u03b1\u03b2",
    "\u1ed7i",
  ],
  [
    "\u{1f600}",
    "\u{1f468}\u200d\u{1f469}\u200d\u{1f467}",
    "\u{1f1e9}\u{1f1ea}",
    "\u270d\u{1f3fd}",
    "\u{20000}",
    "\u{10400}\u{10428}",
    "\u{1e900}\u{1e922}",
    "\u{e0041}",
    "\u{10ffff}",
  ],
];

const CODE_RANGES: readonly (readonly [number, number])[] = [
  [0x00, 0x80],
  [0x80, 0x250],
  [0x250, 0x600],
  [0x600, 0x1000],
  [0x1000, 0x3000],
  [0x3000, 0xd800],
  [0xe000, 0x10000],
  [0x10000, 0x20000],
  [0x20000, 0x110000],
];

/** A random code point of a random range; no surrogate. */
export function anyPoint(random: Random): string {
  const [from, to] = random.pick(CODE_RANGES);
  return String.fromCodePoint(from + random.below(to - from));
}

/** A text of a few parts: of all scripts and classes, runs, and pieces of the vocabulary itself. */
export function anyText(random: Random, tokens: readonly string[]): string {
  const parts: string[] = [];
  const fixed = random.oneIn(3) ? random.pick(PARTS) : null;
  for (let n = 1 + random.below(random.oneIn(20) ? 120 : 14); n > 0; n--) {
    const kind = random.below(10);
    if (kind < 6) parts.push(random.pick(fixed ?? random.pick(PARTS)));
    else if (kind < 7) parts.push(anyPoint(random));
    else if (kind < 9) parts.push(random.pick(tokens));
    else parts.push(random.pick(random.pick(PARTS)).repeat(1 + random.below(random.oneIn(8) ? 90 : 9)));
  }
  return parts.join("");
}

/** A text with long pieces: runs of characters that the patterns keep together, of several hundred bytes and more. */
export function longText(random: Random, tokens: readonly string[]): string {
  const parts: string[] = [];
  for (let n = 1 + random.below(3); n > 0; n--) {
    const units = random.pick(PARTS);
    const some = [random.pick(units), random.pick(random.oneIn(3) ? random.pick(PARTS) : units)];
    const run = Array.from({ length: 50 + random.below(500) }, () => random.pick(some));
    parts.push(run.join(""), anyText(random, tokens).slice(0, 20));
  }
  // A character may have been cut: its half becomes U+FFFD.
  return Buffer.from(parts.join("")).toString();
}

/** What a run can stand behind and still become a part of, and what such a run is made of. */
const HEADS = ["\u4e2d", "\u0301", "a\u4e2d", " \u0301\u4e2d", "\u02b0", "\n", " \r\n", "\t\n"];
const RUNS = ["A", "\u00c9", "\u0416", "\u01c5", "\u{10400}", " ", "\t", "\u3000", "\u00a0 "];

/** A text with runs that the pattern cannot decide on before it has seen what comes behind them. */
export function undecidedText(random: Random, tokens: readonly string[]): string {
  const parts: string[] = [anyText(random, tokens).slice(0, 8)];
  for (let n = 1 + random.below(4); n > 0; n--) {
    const some = [random.pick(RUNS), random.pick(RUNS)];
    const unit = random.oneIn(2) ? some : some.slice(0, 1);
    parts.push(random.pick(HEADS).repeat(1 + random.below(random.oneIn(3) ? 200 : 2)));
    parts.push(Array.from({ length: random.below(400) }, () => random.pick(unit)).join(""));
    parts.push(random.oneIn(2) ? "" : random.pick(["a", "\n", "\u4e2d", "'s", "'", "1", "/", "\u0301", "x\n"]));
  }
  // A character may have been cut: its half becomes U+FFFD.
  return Buffer.from(parts.join("")).toString();
}

/** The bytes of a text with some of them changed, dropped or added, so that they are hardly UTF-8 any more. */
export function brokenBytes(random: Random, text: string): Buffer {
  const bytes = [...Buffer.from(text)];
  for (let n = 1 + random.below(4); n > 0 && bytes.length > 0; n--) {
    const at = random.below(bytes.length);
    const byte = random.oneIn(2) ? 0x80 + random.below(0x80) : random.below(256);
    if (random.oneIn(3)) bytes.splice(at, 1);
    else bytes.splice(at, random.below(2), byte);
  }
  return Buffer.from(bytes);
}
