import { Tiktoken } from "tiktoken";

/** What the patterns tell apart, in the order of `CharClass` in assembly/tokenizer/characters.ts; `Other` is what is left. */
export const CLASS_PATTERNS: readonly string[] = [
  "",
  "[\\p{Lu}\\p{Lt}]",
  "\\p{Ll}",
  "[\\p{Lm}\\p{Lo}]",
  "\\p{M}",
  "\\p{N}",
  "[^\\S\\r\\n]",
  "[\\r\\n]",
];

/** One more than the last code point. */
export const CODE_POINTS = 0x110000;

/**
 * The class of every code point; surrogates, which no text has, are `Other`.
 *
 * The reference itself is asked: what a pattern does not match it leaves out, so an encoder with tokens of one byte gives back
 * exactly the characters of a class, by the Unicode tables that its own patterns are matched with. JavaScript's are of another version.
 */
export function classesOf(): Uint8Array {
  const classes = new Uint8Array(CODE_POINTS);
  CLASS_PATTERNS.forEach((pattern, value) => {
    if (pattern === "") return;
    for (const character of matched(pattern)) {
      const point = character.codePointAt(0) as number;
      if (classes[point] !== 0) throw new Error(`U+${point.toString(16)} is of two classes`);
      classes[point] = value;
    }
  });
  return classes;
}

/** Every character that the pattern matches. */
function matched(pattern: string): string {
  const bytes = Array.from({ length: 256 }, (_, i) => Buffer.from([i]).toString("base64"));
  const encoder = new Tiktoken(`! 0 ${bytes.join(" ")}`, {}, pattern);
  const found: string[] = [];
  const STEP = 0x4000;
  for (let from = 0; from < CODE_POINTS; from += STEP) {
    const points = Array.from({ length: STEP }, (_, i) => from + i).filter((point) => point >> 11 !== 0xd800 >> 11);
    const text = String.fromCodePoint(...points);
    found.push(Buffer.from(encoder.encode(text, [], [])).toString());
  }
  encoder.free();
  return found.join("");
}
