/**
 * `tsx build/vocabularies/specimen.ts` writes tests/unit/tokenizer/specimen.ts: an image with a vocabulary of a few tokens, small enough to
 * be a source file, for the specs, which read no files.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { format, resolveConfig } from "prettier";
import { imageOf } from "./image.ts";

const TARGET = fileURLToPath(new URL("../../tests/unit/tokenizer/specimen.ts", import.meta.url));

/** Merged in this order, from the 256 bytes: bytes as characters. */
const MERGED = [
  ...[
    "th",
    "the",
    " the",
    "in",
    "ing",
    "==",
    "====",
    "aa",
    "aaaa",
    "\u00c3\u00a9",
    "\u00ef\u00bf",
    "\u00ef\u00bf\u00bd",
  ],
  ...["  ", "    ", "\n\n", "'s", "ab", "abc", "bc"],
];

/** Han and what comes after it is left out. */
const CLASS_END = 0x3000;

/** Zeros that are skipped rather than written. */
const GAP = 32;

/** The source. */
export function specimen(): string {
  const tokens = [...Array.from({ length: 256 }, (_, i) => String.fromCharCode(i)), ...MERGED];
  const image = imageOf(
    [
      { tokens, pattern: "o200k", wholePieces: 0 },
      { tokens, pattern: "cl100k", wholePieces: 0 },
    ],
    CLASS_END,
  );
  const parts: string[] = [];
  for (let at = 0; at < image.length;) {
    let end = at;
    while (end < image.length && image.subarray(end, end + GAP).some((byte) => byte !== 0)) end++;
    if (end > at) parts.push(`  place(${at}, "${image.subarray(at, end).toString("latin1").replace(/[^]/g, hex)}");`);
    at = end + GAP;
  }
  return HEAD.replace("BYTES", String(image.length)) + parts.join("\n") + "\n}\n";
}

function hex(byte: string): string {
  return byte.charCodeAt(0).toString(16).padStart(2, "0");
}

const HEAD = `// Written by build/vocabularies/specimen.ts: an image with two vocabularies of the same few tokens, one for each pattern.
import { useImage } from "../../../assembly/tokenizer/image";

const IMAGE = memory.data(BYTES, 64);

function digit(c: i32): i32 {
  return c < 0x3a ? c - 0x30 : c - 0x57;
}

function place(at: i32, hex: string): void {
  for (let i = 0; i < hex.length; i += 2) {
    const byte = (digit(hex.charCodeAt(i)) << 4) | digit(hex.charCodeAt(i + 1));
    store<u8>(IMAGE + <usize>(at + (i >> 1)), <u8>byte);
  }
}

/** Makes the specimen the image that tokenizers use. */
export function useSpecimen(): void {
  useImage(IMAGE);
`;

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const options = { ...(await resolveConfig(TARGET)), parser: "typescript" };
  writeFileSync(TARGET, await format(specimen(), options));
  console.log(join("tests/unit/tokenizer", "specimen.ts"));
}
