/**
 * The byte layer against Node: SHA-256, UTF-8 and its repair, globs, and each SIMD search against its scalar twin.
 * Run alone: `tsx tests/fuzz/wire/bytes.ts [--count N | --seconds N] [--seed N]`.
 */
import { createHash } from "node:crypto";
import { fileURLToPath } from "node:url";
import { type Budget, budgetOf, Harness, repeat } from "./module";
import { Random } from "./random";

const BYTES = [
  0x00, 0x09, 0x0a, 0x0d, 0x1f, 0x20, 0x22, 0x41, 0x5c, 0x61, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc2,
  0xdf, 0xe0, 0xe1, 0xed, 0xef, 0xf0, 0xf1, 0xf4, 0xf5, 0xff,
];
const WORDS = [
  "a",
  "é",
  "日",
  "😀",
  "\ufffd",
  "plain text of some length",
  "\u07ff",
  "\u0800",
  "\ud7ff",
  "\ue000",
  "\u{10ffff}",
];

function bytesOf(random: Random): Buffer {
  const parts: Buffer[] = [];
  for (let n = random.below(12); n > 0; n--) {
    if (random.oneIn(3)) parts.push(Buffer.from([random.oneIn(2) ? random.below(256) : random.pick(BYTES)]));
    else parts.push(Buffer.from(random.pick(WORDS)));
  }
  const bytes = Buffer.concat(parts);
  return random.oneIn(4) ? bytes.subarray(0, random.below(bytes.length + 1)) : bytes;
}

/** Whether `pattern` matches, by the whole table of prefixes: slow, and plainly right. */
function globs(pattern: string, text: string): boolean {
  let row = [true, ...Array<boolean>(text.length).fill(false)];
  for (const c of pattern) {
    const next = [c === "*" && row[0] === true];
    for (let t = 1; t <= text.length; t++) {
      next[t] = c === "*" ? row[t] === true || next[t - 1] === true : row[t - 1] === true && text[t - 1] === c;
    }
    row = next;
  }
  return row[text.length] === true;
}

/** Runs the fuzzer; returns the number of disagreements. */
export function fuzzBytes(budget: Budget, count: number): number {
  const random = new Random(budget.seed);
  const harnesses = [Harness.build("simd"), Harness.build("scalar")];
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  let failures = 0;
  const fail = (what: string, bytes: Buffer, ...more: unknown[]): void => {
    if (failures++ < 5) console.error(`bytes: ${what} ${bytes.toString("hex")}`, ...more);
  };
  const checkUtf8 = (harness: Harness): void => {
    const bytes = bytesOf(random);
    harness.put(bytes);
    const isValid = harness.exports.utf8(bytes.length, 1 + random.below(20)) !== 0;
    const repaired = Buffer.from(decoder.decode(bytes)).toString("latin1");
    if (harness.output !== repaired) fail("utf-8 repair", bytes, harness.output);
    if (isValid !== bytes.equals(Buffer.from(repaired, "latin1"))) fail("utf-8 validity", bytes);
  };
  const checkSha256 = (harness: Harness): void => {
    const bytes = Buffer.from(Array.from({ length: random.below(300) }, () => random.below(256)));
    harness.put(bytes);
    harness.exports.sha256(bytes.length);
    if (harness.output !== createHash("sha256").update(bytes).digest("hex")) fail("sha-256", bytes);
  };
  const checkGlob = (harness: Harness): void => {
    const letters = (most: number, alphabet: string): string =>
      Array.from({ length: random.below(most) }, () => alphabet[random.below(alphabet.length)]).join("");
    const pattern = letters(8, "ab*");
    const text = letters(12, "ab");
    harness.put(Buffer.from(pattern + text));
    const matched = harness.exports.glob(pattern.length, pattern.length + text.length) !== 0;
    if (matched !== globs(pattern, text)) fail("glob", Buffer.from(pattern + " " + text));
  };
  const checkTwins = (harness: Harness): void => {
    const blank = random.oneIn(2);
    const length = random.below(80);
    const bytes = Buffer.from(
      Array.from({ length: length + 16 }, () =>
        random.oneIn(30) ? random.pick(BYTES) : blank ? random.pick([0x20, 0x0a, 0x0d, 0x09]) : 0x61,
      ),
    );
    harness.put(bytes);
    if (harness.exports.twins(random.below(length + 1), length) === 0) fail("a search and its twin", bytes);
  };
  const done = repeat(budget, count, () => {
    for (const harness of harnesses) {
      checkUtf8(harness);
      checkSha256(harness);
      checkGlob(harness);
      checkTwins(harness);
    }
  });
  console.log(`bytes: ${done} rounds, ${failures} disagreements`);
  return failures;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.exitCode = fuzzBytes(budgetOf(process.argv), 20_000) > 0 ? 1 : 0;
}
