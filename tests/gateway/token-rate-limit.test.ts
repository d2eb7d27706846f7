import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import OpenAI from "openai";
import { get_encoding } from "tiktoken";
import { settledExactly, startSuite, type Suite } from "./harness.ts";

/** tokenRateLimit in a real Envoy with several workers, beside what the official client received and an independent tokenizer counts. */

const BUDGET = 3000;
const CONSUMERS = 4;
const CALLS = 40;
const MAX_TOKENS = 60;

const o200k = get_encoding("o200k_base");
const count = (text: string): number => o200k.encode(text, [], []).length;

describe("tokenRateLimit", () => {
  let suite: Suite;

  before(async () => {
    const limits = [{ name: "hour", key: ["consumer"], tokens: BUDGET, window: "1h", algorithm: "fixedWindow" }];
    suite = await startSuite({
      workers: 4,
      configuration: {
        consumer: [{ header: "x-consumer" }],
        processors: [{ type: "tokenCount" }, { type: "tokenRateLimit", limits, reserve: "maximum" }],
      },
    });
  });
  after(async () => await suite?.stop());

  const clientOf = (consumer: string, maxRetries = 0): OpenAI =>
    new OpenAI({
      apiKey: "sk-none",
      baseURL: `http://127.0.0.1:${suite.weir}/v1`,
      maxRetries,
      defaultHeaders: { "x-consumer": consumer, "x-demo-omit": "usage" },
    });

  /** One streamed call, read to its end: the tokens that it cost, counted by the client; 0 if it was refused. */
  async function stream(client: OpenAI, id: string): Promise<number> {
    const question = `Tell me about ${id}.`;
    const options = { headers: { "x-request-id": id, "x-demo-seed": id } };
    const request = {
      model: "gpt-4o",
      messages: [{ role: "user" as const, content: question }],
      max_tokens: MAX_TOKENS,
    };
    try {
      let text = "";
      for await (const chunk of await client.chat.completions.create({ ...request, stream: true }, options))
        text += chunk.choices[0]?.delta.content ?? "";
      return 3 + 1 + count(question) + 3 + count(text);
    } catch (error) {
      assert.ok(error instanceof OpenAI.RateLimitError, String(error));
      assert.equal(error.code, "token_rate_limit_exceeded");
      return 0;
    }
  }

  test("whoever races on whichever worker, each consumer is charged what it received, to the token, and never beyond its budget", async () => {
    const before = await suite.settled();
    const consumers = Array.from({ length: CONSUMERS }, (_, i) => `consumer-${i}`);
    const spent = await Promise.all(
      consumers.map(async (consumer) => {
        const client = clientOf(consumer);
        const costs = await Promise.all(Array.from({ length: CALLS }, (_, i) => stream(client, `${consumer} ${i}`)));
        return costs.reduce((all, cost) => all + cost, 0);
      }),
    );
    await settledExactly(suite, before + CONSUMERS * CALLS);
    for (const [i, consumer] of consumers.entries()) {
      const tokens = spent[i] ?? 0;
      assert.ok(tokens > 0 && tokens <= BUDGET, `${consumer} spent ${tokens}`);
      const input = 7 + count("?");
      const { response } = await clientOf(consumer)
        .chat.completions.create({ model: "gpt-4o", messages: [{ role: "user", content: "?" }], max_tokens: 1 })
        .withResponse();
      const headers = response.headers;
      assert.equal(Number(headers.get("x-ratelimit-limit-tokens")), BUDGET);
      assert.equal(Number(headers.get("x-ratelimit-remaining-tokens")), BUDGET - tokens - input, consumer);
    }
  });

  test("a client that leaves gives back what it did not receive", async () => {
    const client = clientOf("leaver");
    const stream = await client.chat.completions.create(
      { model: "gpt-4o", messages: [{ role: "user", content: "Go on." }], max_tokens: 1000, stream: true },
      { headers: { "x-request-id": "leaves", "x-demo-chunk-delay-ms": "20" } },
    );
    let received = 0;
    for await (const _ of stream) if (++received === 4) break;
    const entry = await suite.logged("leaves");
    assert.equal(entry.outcome, "client_reset");
    const charged = Number(entry.input_tokens) + Number(entry.output_tokens);
    const { response } = await client.chat.completions
      .create({ model: "gpt-4o", messages: [{ role: "user", content: "?" }], max_tokens: 1 })
      .withResponse();
    const input = 7 + count("?");
    assert.equal(Number(response.headers.get("x-ratelimit-remaining-tokens")), BUDGET - charged - input);
  });
});
