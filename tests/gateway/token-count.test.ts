import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import OpenAI from "openai";
import { get_encoding } from "tiktoken";
import { startSuite, type Suite } from "./harness.ts";

/** tokenCount in a real Envoy, beside an independent tokenizer that counts what the official client received. */

const o200k = get_encoding("o200k_base");
const count = (text: string): number => o200k.encode(text, [], []).length;

describe("tokenCount", () => {
  let suite: Suite;
  let client: OpenAI;

  before(async () => {
    suite = await startSuite({
      workers: 2,
      configuration: { processors: [{ type: "tokenCount", maxInputTokens: 500 }] },
    });
    client = new OpenAI({ apiKey: "sk-none", baseURL: `http://127.0.0.1:${suite.weir}/v1`, maxRetries: 0 });
  });
  after(async () => await suite?.stop());

  const question = (text: string): OpenAI.ChatCompletionCreateParamsNonStreaming => ({
    model: "gpt-4o",
    messages: [{ role: "user", content: text }],
  });
  const options = (id: string, more: Record<string, string> = {}): OpenAI.RequestOptions => ({
    headers: { "x-request-id": id, "x-demo-seed": id, ...more },
  });

  test("a whole answer's text is counted as the client can count it", async () => {
    const answer = await client.chat.completions.create(
      question("Tell me about weirs: 水坝, плотины."),
      options("whole"),
    );
    const entry = await suite.logged("whole");
    assert.equal(Number(entry.counted_output_tokens), count(answer.choices[0]?.message.content ?? ""));
    assert.equal(Number(entry.counted_input_tokens), 3 + 1 + count("Tell me about weirs: 水坝, плотины.") + 3);
    assert.equal(entry.usage_source, "reported");
  });

  test("50 streams at a time are each counted as their clients can count them", async () => {
    const ids = Array.from({ length: 50 }, (_, i) => `stream ${i}`);
    const texts = await Promise.all(
      ids.map(async (id) => {
        const stream = await client.chat.completions.create({ ...question(`About ${id}.`), stream: true }, options(id));
        let text = "";
        for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? "";
        return text;
      }),
    );
    for (const [i, id] of ids.entries()) {
      const entry = await suite.logged(id);
      assert.equal(Number(entry.counted_output_tokens), count(texts[i] ?? ""), id);
      assert.equal(Number(entry.counted_input_tokens), 7 + count(`About ${id}.`), id);
    }
  });

  test("a client that leaves mid-stream is charged exactly what had been sent", async () => {
    const id = "left early";
    const whole = await client.chat.completions.create({ ...question("Go on."), stream: true }, options(id));
    const pieces: string[] = [];
    for await (const chunk of whole) pieces.push(chunk.choices[0]?.delta.content ?? "");
    const again = "left early, again";
    const stream = await client.chat.completions.create(
      { ...question("Go on."), stream: true },
      options(again, { "x-demo-seed": id, "x-demo-chunk-delay-ms": "20" }),
    );
    let received = 0;
    for await (const _ of stream) if (++received === 5) break;
    const entry = await suite.logged(again);
    assert.equal(entry.outcome, "client_reset");
    assert.equal(entry.usage_source, "counted");
    assert.equal(Number(entry.input_tokens), 7 + count("Go on."));
    // A chunk may have been sent that the client did not wait for; what is charged is what some number of chunks holds.
    const possible = [received, received + 1, received + 2].map((n) => count(pieces.slice(0, n).join("")));
    assert.ok(possible.includes(Number(entry.output_tokens)), `${entry.output_tokens} of ${possible.join()}`);
  });

  test("a request that is too long is refused as the SDK's own error", async () => {
    const error: unknown = await client.chat.completions
      .create(question("word ".repeat(600)), options("long"))
      .catch((e: unknown) => e);
    assert.ok(error instanceof OpenAI.BadRequestError);
    assert.equal(error.code, "context_length_exceeded");
    assert.equal((await suite.logged("long")).refusal, "tokenCount.context_length_exceeded");
  });
});
