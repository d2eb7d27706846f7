/**
 * The tokenizer against npm's tiktoken, the reference compiled to WebAssembly.
 *
 *     tsx tests/fuzz/tokenizer/index.ts [--count N | --seconds N] [--seed N] [--points] [--llama3 | --checked]
 *
 * `--count 1000000` is the long form; `--points` puts every code point into contexts, not only every sixteenth; `--llama3` is about the vocabulary
 * that only a module with all of them has; `--checked` asserts the rules of memory.
 */
import { fileURLToPath } from "node:url";
import { type Tiktoken } from "tiktoken";
import { classesOf, CODE_POINTS } from "../../../build/vocabularies/classes.ts";
import { type Choice } from "../../../build/vocabularies/registry.ts";
import { type Variant } from "../../../build/wasm/build.ts";
import { type Budget, budgetOf, repeat } from "../wire/module";
import { Random } from "../wire/random";
import { type EncodingName, ENCODINGS, Harness } from "./module";
import { referenceOf, slackOf } from "./reference";
import { anyText, brokenBytes, longText, undecidedText } from "./texts";

/** Counts disagreements, and shows the first. */
class Failures {
  count = 0;

  say(encoding: string, what: string, bytes: Uint8Array, ...more: unknown[]): void {
    if (this.count++ < 5)
      console.error(`${encoding}: ${what}:`, JSON.stringify(Buffer.from(bytes).toString()), ...more);
  }
}

/** One encoding, and the reference of it. */
class Pair {
  readonly words: readonly string[];
  private readonly reference: Tiktoken;

  constructor(
    private readonly harness: Harness,
    readonly encoding: EncodingName,
    private readonly failures: Failures,
  ) {
    this.reference = referenceOf(encoding);
    this.words = this.reference.token_byte_values().map((bytes) => Buffer.from(bytes).toString());
  }

  /** How many tokens the reference makes of a text. */
  expected(text: string): number {
    return this.reference.encode(text, [], []).length;
  }

  /** Compares all ways of counting one text. */
  check(random: Random, bytes: Buffer): void {
    const expected = this.expected(DECODER.decode(bytes));
    const fail = (what: string, found: number): void =>
      this.failures.say(this.encoding, what, bytes, { found, expected });
    const counted = this.harness.count(this.encoding, bytes);
    const more = counted - expected;
    if (more < 0 || (more > 0 && more > slackOf(this.encoding, DECODER.decode(bytes)))) fail("count", counted);
    if (more > 0) return;
    const limit = random.below(expected + 4);
    const early = this.harness.countUpTo(this.encoding, bytes, limit);
    if (early <= limit ? early !== expected : expected <= limit) fail(`up to ${limit}`, early);
  }

  /** Compares the ids, which come by another way than the count. */
  checkIds(text: string): void {
    if (slackOf(this.encoding, text) > 0) return;
    const expected = this.reference.encode(text, [], []);
    const found = this.harness.encode(this.encoding, Buffer.from(text));
    if (found.join() !== expected.join()) this.failures.say(this.encoding, "ids", Buffer.from(text), found, expected);
  }

  /** Compares the counter's total after every piece with the count of the text so far: at every byte, or at random ones. */
  checkTotals(random: Random, bytes: Buffer): void {
    const ends: number[] = [];
    const step = random.oneIn(2) ? 1 : 1 + random.below(60);
    for (let end = 0; end < bytes.length;) ends.push((end = Math.min(bytes.length, end + 1 + random.below(step))));
    const totals = this.harness.totals(this.encoding, bytes, ends);
    ends.forEach((end, i) => {
      const expected = this.harness.count(this.encoding, bytes.subarray(0, end));
      if (totals[i] !== expected) {
        const pieces = ends.slice(Math.max(0, i - 3), i + 1);
        this.failures.say(this.encoding, `total at ${end}`, bytes, { found: totals[i], expected, pieces });
      }
    });
  }

  /** Compares a text without telling more than whether it agrees. */
  agrees(text: string): boolean {
    return this.harness.count(this.encoding, Buffer.from(text)) === this.expected(text);
  }
}

const DECODER = new TextDecoder("utf-8", { ignoreBOM: true });

/** What a code point is put between: the places where its class decides. */
const CONTEXTS = ["a* b", "A*A", "*A", " *'s", "1*2", "!*!", " * ", "\n*\n", "a*'S*", "  *a", "\u4e2d*A", "*\u0301B"];

function checkPoints(pairs: readonly Pair[], step: number, failures: Failures): void {
  const textOf = (point: number): string =>
    CONTEXTS.map((context) => context.replaceAll("*", String.fromCodePoint(point))).join("\n");
  const BATCH = 64;
  const isText = (point: number): boolean => point >> 11 !== 0xd800 >> 11;
  for (const pair of pairs) {
    for (let from = 0; from < CODE_POINTS; from += BATCH * step) {
      const points = Array.from({ length: BATCH }, (_, i) => from + i * step).filter(
        (p) => p < CODE_POINTS && isText(p),
      );
      if (pair.agrees(points.map(textOf).join("\n"))) continue;
      for (const point of points)
        if (!pair.agrees(textOf(point)))
          failures.say(pair.encoding, `U+${point.toString(16)}`, Buffer.from(textOf(point)));
    }
  }
}

/** Every code point's class, as the reference's own patterns tell it. */
function checkClasses(harness: Harness, failures: Failures): void {
  const classes = classesOf();
  for (let point = 0; point < CODE_POINTS; point++) {
    const found = harness.exports.classAt(point);
    if (found !== classes[point]) failures.say("classes", `U+${point.toString(16)}`, Buffer.alloc(0), found);
  }
}

/** What is compared. */
export interface Options {
  readonly encodings: readonly EncodingName[];
  readonly tables: Choice;
  readonly variant: Variant;
}

const STANDARD: Options = { encodings: ENCODINGS, tables: "standard", variant: "release" };
const LLAMA3: Options = { encodings: ["llama3"], tables: "all", variant: "release" };

/** Runs the fuzzer; returns the number of disagreements. */
export async function fuzzTokenizer(budget: Budget, pointStep: number, options: Options): Promise<number> {
  const failures = new Failures();
  const random = new Random(budget.seed);
  const harness = Harness.start(await Harness.compile(options.variant, options.tables));
  checkClasses(harness, failures);
  const pairs = options.encodings.map((encoding) => new Pair(harness, encoding, failures));
  checkPoints(pairs, pointStep, failures);
  const done = repeat(budget, 12_000, () => {
    for (const pair of pairs) {
      const isLong = random.oneIn(100);
      const longer = random.oneIn(2) ? longText : undecidedText;
      const text = isLong ? longer(random, pair.words) : anyText(random, pair.words);
      const bytes = random.oneIn(5) ? brokenBytes(random, text) : Buffer.from(text);
      pair.check(random, bytes);
      if (random.oneIn(4) || isLong) pair.checkTotals(random, bytes);
      if (random.oneIn(8)) pair.checkIds(text);
    }
  });
  if (!harness.isImageIntact(options.tables)) failures.say("image", "the tables were written to", Buffer.alloc(0));
  console.log(`tokenizer: ${done} texts per encoding, every ${pointStep}. code point, ${failures.count} disagreements`);
  return failures.count;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const step = process.argv.includes("--points") ? 1 : 16;
  const options = process.argv.includes("--llama3") ? LLAMA3 : STANDARD;
  const variant = process.argv.includes("--checked") ? "checked" : "release";
  process.exitCode = (await fuzzTokenizer(budgetOf(process.argv), step, { ...options, variant })) > 0 ? 1 : 0;
}
