/** tokenCount: what a call costs, counted before it goes and while its answer comes. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { get_encoding, type Tiktoken } from "tiktoken";
import { everyByte, everyCut } from "./host/cuts.ts";
import { Envoy } from "./host/envoy.ts";
import { ANSWER, exchange, QUESTION, run, type Seen } from "./host/exchange.ts";
import { moduleOf, VARIANTS } from "./host/modules.ts";
import { chatStream } from "./host/streams.ts";

const COUNT = { processors: [{ type: "tokenCount" }] };
const EVENTS = { "content-type": "text/event-stream" };

const o200k = get_encoding("o200k_base");
const cl100k = get_encoding("cl100k_base");
const count = (text: string, encoding: Tiktoken = o200k): number => encoding.encode(text, [], []).length;

function countsOf({ state }: Seen): (string | undefined)[] {
  return [state["weir.usage.counted_input_tokens"], state["weir.usage.counted_output_tokens"]];
}

function usageOf({ state }: Seen): (string | undefined)[] {
  return [state["weir.usage.source"], state["gen_ai.usage.input_tokens"], state["gen_ai.usage.output_tokens"]];
}

const ask = (model: string, messages: unknown, more: object = {}): object => ({ model, messages, ...more });
const inputOf = async (body: object): Promise<number> =>
  Number((await exchange({ config: COUNT, request: { body } })).state["weir.usage.counted_input_tokens"]);

test("what was counted stands beside what the provider reports", async () => {
  const seen = await exchange({ config: COUNT });
  assert.deepEqual(usageOf(seen), ["reported", "9", "3"]);
  assert.deepEqual(countsOf(seen), [String(3 + 1 + count("Say hello.") + 3), String(count("Hello!"))]);
  assert.equal(seen.upstream.body, JSON.stringify(QUESTION));
  assert.equal(seen.client.body, JSON.stringify(ANSWER));
});

test("messages, names and the answer's beginning are counted by the rules of the model's family", async () => {
  const messages = [
    { role: "system", content: "Be brief." },
    { role: "user", name: "ann", content: "Hi there" },
    { role: "assistant", content: "Hello! How can I help?" },
    {
      role: "user",
      content: [
        { type: "text", text: "Tell me " },
        { type: "text", text: "a joke." },
      ],
    },
  ];
  const texts = ["Be brief.", "ann", "Hi there", "Hello! How can I help?", "Tell me ", "a joke."];
  const sum = (encoding: Tiktoken): number => texts.reduce((all, text) => all + count(text, encoding), 0);
  assert.equal(await inputOf(ask("gpt-4o", messages)), sum(o200k) + 4 * 4 + 1 + 3);
  assert.equal(await inputOf(ask("gpt-4-turbo", messages)), sum(cl100k) + 4 * 4 + 1 + 3);
  assert.equal(await inputOf(ask("gpt-5-nano", messages)), sum(o200k) + 4 * 4 + 1 + 2 + 2);
});

test("escapes count as the characters that they stand for, wherever the request is cut", async () => {
  const text = 'Line one\n"quoted" \\ tab\t emoji \ud83d\ude00 中文 <|endoftext|>';
  const escaped = [...text]
    .map((c) => [...Array(c.length).keys()].map((i) => `\\u${c.charCodeAt(i).toString(16).padStart(4, "0")}`).join(""))
    .join("");
  const plain = JSON.stringify(ask("gpt-4o", [{ role: "user", content: text }]));
  const written = plain.replace(JSON.stringify(text), `"${escaped}"`);
  assert.equal((JSON.parse(written) as { messages: { content: string }[] }).messages[0]?.content, text);
  const expected = String(3 + 1 + count(text) + 3);
  for (const body of [plain, written]) {
    for (const cut of [[], everyByte(body)]) {
      const seen = await exchange({ config: COUNT, request: { body, cut } });
      assert.equal(seen.state["weir.usage.counted_input_tokens"], expected);
    }
  }
});

test("a stream is counted wherever it is cut, in every choice and kind of text", async () => {
  const deltas = [
    [0, { content: "Once upon a ti" }],
    [1, { content: "Es war ein" }],
    [0, { content: "me there was a 🦙" }],
    [1, { content: "mal ein Lama" }],
    [0, { reasoning_content: "They want a story" }],
    [0, { tool_calls: [{ index: 0, function: { name: "save", arguments: '{"a":' } }] }],
    [0, { tool_calls: [{ index: 0, function: { arguments: '"b"}' } }] }],
  ];
  const head = { id: "x", object: "chat.completion.chunk", created: 1, model: "gpt-4o" };
  const body = `${deltas.map(([index, delta]) => `data: ${JSON.stringify({ ...head, choices: [{ index, delta }] })}\n\n`).join("")}data: [DONE]\n\n`;
  const texts = ["Once upon a time there was a 🦙", "Es war einmal ein Lama", "They want a story", '{"a":"b"}'];
  const expected = String(texts.reduce((all, text) => all + count(text), 0));
  const plan = { config: COUNT, request: { body: { ...QUESTION, stream: true } } };
  for (const cut of [[], everyByte(body), ...everyCut(Buffer.from(body)).filter((_, i) => i % 7 === 0)]) {
    const seen = await exchange({ ...plan, response: { headers: EVENTS, body, cut } });
    assert.equal(seen.state["weir.usage.counted_output_tokens"], expected);
    assert.equal(seen.state["weir.usage.source"], "counted");
    assert.equal(seen.state["gen_ai.usage.output_tokens"], expected);
  }
});

test("a client that leaves in the middle of a stream is charged what it was sent, to the token", async () => {
  const texts = ["The quick", " brown fox", " jumps over", " the lazy", " dog."];
  const body = chatStream({ texts });
  const cut = everyEvent(body);
  for (let left = 1; left < cut.length; left++) {
    const sent = texts.slice(0, Math.max(0, left - 1)).join("");
    const seen = await exchange({
      config: COUNT,
      request: { body: { ...QUESTION, stream: true } },
      response: { headers: EVENTS, body, cut },
      breakoff: { by: "client", at: left },
    });
    assert.deepEqual(usageOf(seen), ["counted", String(3 + 1 + count("Say hello.") + 3), String(count(sent))]);
    assert.equal(seen.state["weir.outcome"], "client_reset");
  }
});

test("an answer that reports nothing is charged what was counted", async () => {
  const { usage: _, ...silent } = ANSWER;
  assert.deepEqual(usageOf(await exchange({ config: COUNT, response: { body: silent } })), ["counted", "10", "2"]);
});

test("the count of a model that nobody knows is an estimate, and said to be one", async () => {
  const { usage: _, ...silent } = ANSWER;
  const request = { body: { ...QUESTION, model: "llama-3" } };
  assert.deepEqual(usageOf(await exchange({ config: COUNT, request, response: { body: silent } })), [
    "estimated",
    "10",
    "2",
  ]);
});

test("models can be given an encoding, and all others one of their own", async () => {
  const text = "Привет, как дела? Это проверка.";
  const encodings = [{ models: ["mine-*"], encoding: "cl100k_base" }];
  const config = { processors: [{ type: "tokenCount", encodings, defaultEncoding: "o200k_base" }] };
  assert.notEqual(count(text), count(text, cl100k));
  for (const [model, encoding] of [
    ["mine-1", cl100k],
    ["yours", o200k],
    ["gpt-4", o200k],
  ] as const) {
    const seen = await exchange({ config, request: { body: ask(model, [{ role: "user", content: text }]) } });
    assert.equal(seen.state["weir.usage.counted_input_tokens"], String(7 + count(text, encoding)), model);
  }
});

test("a request over maxInputTokens is refused in the caller's dialect before it goes upstream", async () => {
  const content = "word ".repeat(2000);
  const tokens = 7 + count(content);
  const config = (maxInputTokens: number): object => ({ processors: [{ type: "tokenCount", maxInputTokens }] });
  const request = { body: ask("gpt-4o", [{ role: "user", content }]) };
  const passed = await exchange({ config: config(tokens), request });
  assert.equal(passed.status, 200);
  assert.equal(passed.state["weir.usage.counted_input_tokens"], String(tokens));
  const refused = await exchange({ config: config(tokens - 1), request });
  assert.equal(refused.status, 400);
  assert.equal(refused.upstream.body, "");
  assert.equal(refused.state["weir.refusal"], "tokenCount.context_length_exceeded");
  const { error } = JSON.parse(refused.client.body) as { error: Record<string, string> };
  assert.equal(error.code, "context_length_exceeded");
  assert.equal(error.type, "invalid_request_error");
  assert.equal(error.param, "messages");
  assert.match(error.message ?? "", new RegExp(`more than ${tokens - 1} input tokens`));
});

test("a request that cannot be read passes where tokens are only counted, and is refused where they are bounded", async () => {
  const request = { body: Buffer.from("not json") };
  assert.equal((await exchange({ config: COUNT, request })).status, 200);
  const config = { processors: [{ type: "tokenCount", maxInputTokens: 10 }] };
  assert.equal((await exchange({ config, request })).status, 400);
});

/** Where each event ends. */
function everyEvent(body: string): number[] {
  const bytes = Buffer.from(body);
  const ends: number[] = [];
  for (let at = bytes.indexOf("\n\n"); at >= 0; at = bytes.indexOf("\n\n", at + 2)) ends.push(at + 2);
  return ends;
}

describe("the ratio of a model whose tokenizer nobody knows", () => {
  const text = "The quick brown fox jumps over the lazy dog, again and again, until it is tired of jumping.";
  const counted = 7 + count(text);
  const answered = count(text);
  /** One call of `model`, whose provider reports so many times what is counted; with a VM's whole state between calls. */
  const call = (envoy: Envoy, model: string, ratio: number): Seen =>
    run(envoy, {
      request: { body: ask(model, [{ role: "user", content: text }]) },
      response: {
        body: {
          ...ANSWER,
          choices: [{ index: 0, message: { role: "assistant", content: text } }],
          usage: { prompt_tokens: Math.round(counted * ratio), completion_tokens: Math.round(answered * ratio) },
        },
      },
    });

  for (const variant of VARIANTS) {
    test(`is learned from what its provider reports, and shown (${variant})`, async () => {
      const envoy = Envoy.start(await moduleOf(variant), COUNT);
      const first = call(envoy, "claude-x", 1.3);
      assert.deepEqual(countsOf(first), [String(counted), String(answered)]);
      assert.equal(first.state["weir.usage.input_ratio"], "1.000");
      for (let i = 0; i < 10; i++) call(envoy, "claude-x", 1.3);
      const later = call(envoy, "claude-x", 1.3);
      assert.deepEqual(countsOf(later), [String(Math.round(counted * 1.3)), String(Math.round(answered * 1.3))]);
      assert.equal(later.state["weir.usage.input_ratio"], (Math.round(counted * 1.3) / counted).toFixed(3));
      assert.equal(call(envoy, "other", 1).state["weir.usage.input_ratio"], "1.000");
    });
  }

  test("is not thrown off by a few odd reports, and follows a lasting change", async () => {
    const envoy = Envoy.start(await moduleOf("release"), COUNT);
    const ratio = (): number => Number(call(envoy, "m", 1.2).state["weir.usage.input_ratio"]);
    for (let i = 0; i < 40; i++) {
      call(envoy, "m", 1.2);
      envoy.advance(1001);
    }
    assert.ok(Math.abs(ratio() - 1.2) < 0.02);
    for (const odd of [7, 0.2, 7]) {
      envoy.advance(1001);
      call(envoy, "m", odd);
    }
    assert.ok(Math.abs(ratio() - 1.2) < 0.1, String(ratio()));
    for (let i = 0; i < 200; i++) {
      envoy.advance(1001);
      call(envoy, "m", 1.5);
    }
    envoy.advance(1001);
    assert.ok(Math.abs(ratio() - 1.5) < 0.05, String(ratio()));
  });

  test("is shared by plugins, bounded in number, and never that of another model", async () => {
    const envoy = Envoy.start(await moduleOf("release"), COUNT);
    for (let i = 0; i < 300; i++) {
      for (let k = 0; k < 3; k++) call(envoy, `model-${i}`, 1 + (i % 10) / 10);
      envoy.advance(1001);
    }
    assert.equal(envoy.sharedData.size, 1);
    assert.ok([...envoy.sharedData.values()].every(({ bytes }) => bytes.length <= 8192));
    assert.equal(call(envoy, "model-0", 1).state["weir.usage.input_ratio"], "1.000");
    envoy.addPlugin(COUNT);
    assert.match(call(envoy, "model-299", 1.9).state["weir.usage.input_ratio"] ?? "", /^1\.(89|90)/);
    assert.match(call(envoy, "model-290", 1).state["weir.usage.input_ratio"] ?? "", /^(1\.00|0\.99)/);
  });

  test("is not learned from what a page of another form says", async () => {
    const envoy = Envoy.start(await moduleOf("release"), COUNT);
    envoy.sharedData.set("weir.token_ratios.1", { bytes: Buffer.from("nonsense"), cas: 7 });
    call(envoy, "m", 1.4);
    assert.match(call(envoy, "m", 1.4).state["weir.usage.input_ratio"] ?? "", /^1\.(39|40)/);
  });
});
