import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import OpenAI from "openai";
import { settledExactly, startSuite, type Suite } from "./harness.ts";

/** The official client, through Weir and straight to the provider: it must not be able to tell which. */

for (const workers of [1, 2]) {
  describe(`the OpenAI SDK through ${workers} worker${workers > 1 ? "s" : ""}`, () => {
    let suite: Suite;
    let through: OpenAI;
    let straight: OpenAI;

    before(async () => {
      suite = await startSuite({ workers });
      const client = (port: number): OpenAI =>
        new OpenAI({ apiKey: "sk-none", baseURL: `http://127.0.0.1:${port}/v1`, maxRetries: 0 });
      through = client(suite.weir);
      straight = client(suite.provider.port);
    });
    after(async () => await suite?.stop());

    test("a whole answer is what the provider wrote", async () => {
      const settled = await suite.settled();
      assert.deepEqual(await ask(through, "whole"), await ask(straight, "whole"));
      await settledExactly(suite, settled + 1);
    });

    test("a streamed answer is what the provider wrote, chunk by chunk", async () => {
      const settled = await suite.settled();
      assert.deepEqual(await askStreamed(through, "streamed", false), await askStreamed(straight, "streamed", false));
      await settledExactly(suite, settled + 1);
    });

    test("usage that the client asked for in a stream arrives once", async () => {
      const chunks = await askStreamed(through, "usage", true);
      assert.deepEqual(chunks, await askStreamed(straight, "usage", true));
      assert.equal(chunks.filter((chunk) => chunk.usage).length, 1);
    });

    test("tool calls arrive, whole and streamed", async () => {
      const headers = { "x-demo-tool": "search" };
      assert.deepEqual(await ask(through, "tool", headers), await ask(straight, "tool", headers));
      assert.deepEqual(
        await askStreamed(through, "tool", true, headers),
        await askStreamed(straight, "tool", true, headers),
      );
    });

    test("several choices arrive, whole and streamed", async () => {
      assert.deepEqual(await ask(through, "n", {}, 3), await ask(straight, "n", {}, 3));
      assert.deepEqual(await askStreamed(through, "n", true, {}, 3), await askStreamed(straight, "n", true, {}, 3));
    });

    test("an error of the provider reaches the client as the same error", async () => {
      const failure = async (client: OpenAI, status: number): Promise<object> => {
        const error: unknown = await ask(client, "fails", { "x-demo-status": String(status) }).catch((e: unknown) => e);
        assert.ok(error instanceof OpenAI.APIError);
        return { status: error.status, code: error.code, type: error.type, message: error.message };
      };
      for (const status of [400, 401, 404, 429, 500, 503]) {
        assert.deepEqual(await failure(through, status), await failure(straight, status));
      }
    });

    test("50 at a time each get their own answer, and each is settled once with its own usage", async () => {
      const settled = await suite.settled();
      const seeds = Array.from({ length: 50 }, (_, i) => `seed ${i} of ${workers}`);
      const answers = await Promise.all(
        seeds.map((seed, i) => (i % 2 === 0 ? ask(through, seed) : collect(askStreamed(through, seed, true)))),
      );
      for (const [i, seed] of seeds.entries()) {
        const expected = i % 2 === 0 ? await ask(straight, seed) : await collect(askStreamed(straight, seed, true));
        assert.deepEqual(answers[i], expected, seed);
        const entry = await suite.logged(seed);
        const usage = (expected as { usage: OpenAI.CompletionUsage }).usage;
        assert.equal(Number(entry.input_tokens), usage.prompt_tokens);
        assert.equal(Number(entry.output_tokens), usage.completion_tokens);
        assert.equal(entry.outcome, "completed");
      }
      await settledExactly(suite, settled + 50);
    });
  });
}

function requestOf(seed: string, n: number): OpenAI.ChatCompletionCreateParamsNonStreaming {
  return { model: "gpt-4o-mini", messages: [{ role: "user", content: `Tell me about ${seed}.` }], n };
}

async function ask(client: OpenAI, seed: string, headers: Record<string, string> = {}, n = 1): Promise<object> {
  const options = { headers: { ...headers, "x-demo-seed": seed, "x-request-id": seed } };
  return plain(await client.chat.completions.create(requestOf(seed, n), options));
}

async function askStreamed(
  client: OpenAI,
  seed: string,
  includeUsage: boolean,
  headers: Record<string, string> = {},
  n = 1,
): Promise<OpenAI.ChatCompletionChunk[]> {
  const options = { headers: { ...headers, "x-demo-seed": seed, "x-request-id": seed } };
  const streamed = { stream: true as const, ...(includeUsage ? { stream_options: { include_usage: true } } : {}) };
  const stream = await client.chat.completions.create({ ...requestOf(seed, n), ...streamed }, options);
  const chunks: OpenAI.ChatCompletionChunk[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  assert.ok(chunks.length > 2, "a stream has more than its frame");
  return chunks;
}

/** A stream's text and usage. */
async function collect(chunks: Promise<OpenAI.ChatCompletionChunk[]>): Promise<object> {
  const all = await chunks;
  const text = all.map((chunk) => chunk.choices[0]?.delta.content ?? "").join("");
  return { text, usage: all.at(-1)?.usage };
}

/** Without the SDK's own additions, such as the request's id. */
function plain(answer: object): object {
  return JSON.parse(JSON.stringify(answer)) as object;
}
