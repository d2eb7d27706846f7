/**
 * The tokenizer against the native tiktoken of the Python package index: counts and ids.
 *
 *     tsx tests/fuzz/tokenizer/native-index.ts [--install] [--count N] [--seconds N] [--seed N] [--checked]
 *
 * `--install` makes a virtual environment with it in .python first; WEIR_PYTHON names another Python that has it.
 */
import { get_encoding } from "tiktoken";
import { corpora } from "../../bench/tokenizer/corpora";
import { budgetOf } from "../wire/module";
import { Random } from "../wire/random";
import { type StandardEncoding, ENCODINGS, Harness } from "./module";
import { Native } from "./native";
import { anyText, longText, undecidedText } from "./texts";

const BATCH = 500;
const SHOWN = 5;

const budget = budgetOf(process.argv);
const most = budget.count === 0 ? 20_000 : budget.count;
const deadline = Date.now() + budget.seconds * 1000;
if (process.argv.includes("--install")) Native.install();
const module = await Harness.compile(process.argv.includes("--checked") ? "checked" : "release");
let failures = 0;
for (const encoding of ENCODINGS) await compare(encoding);
process.exitCode = failures > 0 ? 1 : 0;

async function compare(encoding: StandardEncoding): Promise<void> {
  const native = Native.start(encoding);
  if (native === null) {
    process.exitCode = 1;
    return;
  }
  const harness = Harness.start(module);
  const random = new Random(budget.seed);
  const words = get_encoding(encoding)
    .token_byte_values()
    .map((bytes) => Buffer.from(bytes).toString());
  let done = 0;
  const before = failures;
  await check(
    harness,
    native,
    encoding,
    corpora().map(({ text }) => text),
  );
  while (done < most && Date.now() < deadline) {
    const texts = Array.from({ length: Math.min(BATCH, most - done) }, () => someText(random, words));
    await check(harness, native, encoding, texts);
    done += texts.length;
  }
  native.stop();
  console.log(`${encoding} and native tiktoken: ${done} texts and the corpora, ${failures - before} disagreements`);
}

function someText(random: Random, words: readonly string[]): string {
  const make = !random.oneIn(100) ? anyText : random.oneIn(2) ? longText : undecidedText;
  return make(random, words);
}

async function check(
  harness: Harness,
  native: Native,
  encoding: StandardEncoding,
  texts: readonly string[],
): Promise<void> {
  const { ids } = await native.encode(texts);
  texts.forEach((text, i) => {
    const bytes = Buffer.from(text);
    const expected = ids[i] ?? [];
    const found = harness.encode(encoding, bytes);
    if (harness.count(encoding, bytes) === expected.length && found.join() === expected.join()) return;
    if (failures++ < SHOWN) console.error(`${encoding}: ${JSON.stringify(text)}:`, [...found], expected);
  });
}
