/**
 * How far the counts of a model are off whose tokenizer nobody knows, before and after its ratio was learned: calls through the module, to
 * providers that count with three other vocabularies. Learning goes on in all calls; the error is that of the calls that come after.
 */
import { getTokenizer } from "@anthropic-ai/tokenizer";
import llama3 from "llama3-tokenizer-js";
import mistral from "mistral-tokenizer-js";
import { Envoy } from "../../module/host/envoy.ts";
import { run } from "../../module/host/exchange.ts";
import { moduleOf } from "../../module/host/modules.ts";
import { Random } from "../../fuzz/wire/random.ts";
import { table } from "../document.ts";
import { corpora } from "../tokenizer/corpora.ts";
import { median } from "../statistics.ts";

const claude = getTokenizer();
const PROVIDERS: Record<string, (text: string) => number> = {
  "Claude 2": (text) => claude.encode(text.normalize("NFKC"), "all").length,
  "Llama 3": (text) => llama3.encode(text, { bos: false, eos: false }).length,
  "Mistral 7B": (text) => mistral.encode(text, false, false).length,
};
/** Tokens of a provider's own about each call. */
const FRAME = 9;
const CALLS = 120;
const LEARNING = [0, 10, 60];
const SHORTEST = 200;
const LONGEST = 2000;

const random = new Random(1);
const texts = new Map(corpora().map((corpus) => [corpus.name, corpus.text]));
const mixed = [...texts.values()];
const WORKLOADS: Record<string, string[]> = {
  English: [texts.get("English") ?? ""],
  code: [texts.get("code") ?? ""],
  Chinese: [texts.get("Chinese") ?? ""],
  "all twelve kinds": mixed,
};

const rows: string[][] = [];
for (const [provider, count] of Object.entries(PROVIDERS)) {
  for (const [workload, sources] of Object.entries(WORKLOADS)) {
    const errors = await errorsOf(`${provider} ${workload}`, count, sources);
    rows.push([provider, workload, ...LEARNING.map((_, i) => percent(errors, i))]);
  }
}
console.log("Error of the input count of a call, percent, median (of all calls together):\n");
console.log(table(["tokenizer", "texts", ...LEARNING.map((calls) => `after ${calls} calls`)], rows));

/** For each number of calls learned from: pairs of what was counted and what the provider reported, of the calls up to the next. */
async function errorsOf(
  model: string,
  count: (text: string) => number,
  sources: string[],
): Promise<[number, number][][]> {
  const envoy = Envoy.start(await moduleOf("release"), { processors: [{ type: "tokenCount" }] });
  const pairs: [number, number][][] = LEARNING.map(() => []);
  for (let i = 0; i < CALLS; i++) {
    const question = pieceOf(sources);
    const answer = pieceOf(sources);
    const reported = count(question) + FRAME;
    const seen = run(envoy, {
      request: { body: { model, messages: [{ role: "user", content: question }] } },
      response: {
        body: {
          id: "x",
          object: "chat.completion",
          created: 1,
          model,
          choices: [{ index: 0, message: { role: "assistant", content: answer }, finish_reason: "stop" }],
          usage: { prompt_tokens: reported, completion_tokens: count(answer) },
        },
      },
    });
    envoy.advance(1001);
    const stage = LEARNING.findLastIndex((calls) => i >= calls);
    // Nothing is known before the first call only: all calls of the first stage are taken as if they were the first.
    const ratio = stage === 0 ? Number(seen.state["weir.usage.input_ratio"]) : 1;
    pairs[stage]?.push([Number(seen.state["weir.usage.counted_input_tokens"]) / ratio, reported]);
  }
  return pairs;
}

function pieceOf(sources: string[]): string {
  const source = sources[random.below(sources.length)] ?? "";
  const length = SHORTEST + random.below(LONGEST - SHORTEST);
  const at = random.below(Math.max(1, source.length - length));
  // A cut surrogate pair becomes U+FFFD.
  return Buffer.from(source.slice(at, at + length)).toString();
}

function percent(pairs: [number, number][][], stage: number): string {
  const of = pairs[stage] ?? [];
  const single = median(of.map(([counted, reported]) => Math.abs(counted / reported - 1) * 100));
  const sum = (k: 0 | 1): number => of.reduce((all, pair) => all + pair[k], 0);
  return `${single.toFixed(1)} (${((sum(0) / sum(1) - 1) * 100).toFixed(1)})`;
}
