/** The vocabulary of Llama 3, which a module has only if it is built with all of them. */
import { equal } from "node:assert/strict";
import { test } from "node:test";
import llama3Tokenizer from "llama3-tokenizer-js";
import { Harness } from "../fuzz/tokenizer/module.ts";
import { referenceOf } from "../fuzz/tokenizer/reference.ts";

const TEXTS = [
  "Hello, world! It's 12345 o'clock, and I'LL be there.\n\n  Indented\r\n",
  "function f(x) {\n\treturn x?.y ?? 0; // done\n}\n",
  "Công việc của tôi là viết phần mềm. Điều này rất thú vị.",
  "Zażółć gęślą jaźń, Übermäßig, naïve façade",
  "你好，世界。これはテストです。안녕하세요",
  "😀👩‍🚀 🧿",
  " jeho jeho",
  "<|eot_id|> is text",
];

const harness = Harness.start(await Harness.compile("release", "all"));
const reference = referenceOf("llama3");

for (const text of TEXTS) {
  test(`counts as the reference does: ${JSON.stringify(text.slice(0, 30))}`, () => {
    const bytes = Buffer.from(text);
    equal(harness.count("llama3", bytes), reference.encode(text, [], []).length);
    equal([...harness.encode("llama3", bytes)].join(), [...reference.encode(text, [], [])].join());
    const ends = [...bytes.keys()].map((at) => at + 1);
    equal(harness.totals("llama3", bytes, ends).at(-1), harness.count("llama3", bytes));
  });
}

/** npm's llama3-tokenizer-js, where the reference has ranks. */
test("counts as an implementation with a list of merges does", () => {
  for (const text of TEXTS.filter((text) => !text.includes("<|")))
    equal(
      harness.count("llama3", Buffer.from(text)),
      llama3Tokenizer.encode(text, { bos: false, eos: false }).length,
      text,
    );
});

test("the other vocabularies count as without it", () => {
  for (const encoding of ["o200k_base", "cl100k_base"] as const) {
    const other = referenceOf(encoding);
    for (const text of TEXTS) equal(harness.count(encoding, Buffer.from(text)), other.encode(text, [], []).length);
    other.free();
  }
});
