/** OpenAI's responses, Anthropic's messages and Gemini's contents, by their official clients: through Weir nothing is different but what Weir refuses. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import Anthropic from "@anthropic-ai/sdk";
import { ApiError, GoogleGenAI } from "@google/genai";
import OpenAI from "openai";
import { settledExactly, startSuite, type Suite } from "./harness.ts";

const rules = [{ action: "deny", models: ["forbidden-*"] }];
const CONFIGURATION = { holdHeaders: true, processors: [{ type: "accessControl", name: "doors", rules }] };

type Headers = Record<string, string>;

/** What a client can be asked to do, in its API's words; what it reads comes without the client's own additions. */
interface Asking {
  whole(model: string, headers: Headers): Promise<object>;
  events(model: string, headers: Headers, signal?: AbortSignal): AsyncIterable<object>;
  /** What makes a stream that is cut short known to be so. */
  isDelta(event: object): boolean;
  isDenied(error: unknown): boolean;
  failure(error: unknown): object;
}

function openAi(port: number): Asking {
  const client = new OpenAI({ apiKey: "sk-none", baseURL: `http://127.0.0.1:${port}/v1`, maxRetries: 0 });
  return {
    whole: async (model, headers) => plain(await client.responses.create({ model, input: "Tell me." }, { headers })),
    async *events(model, headers, signal) {
      const options = { headers, ...(signal ? { signal } : {}) };
      yield* await client.responses.create({ model, input: "Tell me.", stream: true }, options);
    },
    isDelta: (event) => (event as { type: string }).type.endsWith(".delta"),
    isDenied: (error) => error instanceof OpenAI.PermissionDeniedError && error.code === "model_not_allowed",
    failure: (error) => {
      assert.ok(error instanceof OpenAI.APIError);
      return { name: error.constructor.name, status: error.status, code: error.code, message: error.message };
    },
  };
}

function anthropic(port: number): Asking {
  const client = new Anthropic({ apiKey: "sk-none", baseURL: `http://127.0.0.1:${port}`, maxRetries: 0 });
  const body = (model: string): Anthropic.MessageCreateParamsNonStreaming => ({
    model,
    max_tokens: 500,
    messages: [{ role: "user", content: "Tell me." }],
  });
  return {
    whole: async (model, headers) => plain(await client.messages.create(body(model), { headers })),
    async *events(model, headers, signal) {
      const options = { headers, ...(signal ? { signal } : {}) };
      yield* await client.messages.create({ ...body(model), stream: true }, options);
    },
    isDelta: (event) => (event as { type: string }).type === "content_block_delta",
    isDenied: (error) => error instanceof Anthropic.PermissionDeniedError && /is not allowed/.test(error.message),
    failure: (error) => {
      assert.ok(error instanceof Anthropic.APIError);
      return { name: error.constructor.name, status: error.status, message: error.message };
    },
  };
}

function google(port: number): Asking {
  const client = new GoogleGenAI({ apiKey: "none", httpOptions: { baseUrl: `http://127.0.0.1:${port}` } });
  const asked = (
    model: string,
    headers: Headers,
    signal?: AbortSignal,
  ): Parameters<typeof client.models.generateContent>[0] => ({
    model,
    contents: "Tell me.",
    config: { httpOptions: { headers }, ...(signal ? { abortSignal: signal } : {}) },
  });
  // The client keeps the head of the answer, whose date differs.
  const bare = (answer: object): object => ({ ...plain(answer), sdkHttpResponse: undefined });
  return {
    whole: async (model, headers) => bare(await client.models.generateContent(asked(model, headers))),
    async *events(model, headers, signal) {
      for await (const one of await client.models.generateContentStream(asked(model, headers, signal))) yield bare(one);
    },
    isDelta: (event) => "candidates" in event,
    isDenied: (error) => error instanceof ApiError && error.status === 403 && /"MODEL_NOT_ALLOWED"/.test(error.message),
    failure: (error) => {
      assert.ok(error instanceof ApiError);
      return { status: error.status, message: error.message };
    },
  };
}

const plain = (answer: object): object => JSON.parse(JSON.stringify(answer)) as object;

async function all(events: AsyncIterable<object>): Promise<object[]> {
  const list: object[] = [];
  for await (const event of events) list.push(plain(event));
  return list;
}

const failed = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => assert.fail("it did not fail"),
    (e: unknown) => e,
  );

for (const [name, clientOf, provider] of [
  ["OpenAI's responses", openAi, "openai"],
  ["Anthropic's messages", anthropic, "anthropic"],
  ["Gemini's contents", google, "gcp.gen_ai"],
] as const) {
  describe(`${name} by the official client`, () => {
    let suite: Suite;
    let through: Asking;
    let straight: Asking;

    before(async () => {
      suite = await startSuite({ configuration: CONFIGURATION });
      through = clientOf(suite.weir);
      straight = clientOf(suite.provider.port);
    });
    after(async () => await suite?.stop());

    const seeded = (seed: string, more: Headers = {}): Headers => ({
      ...more,
      "x-demo-seed": seed,
      "x-request-id": seed,
    });

    test("a whole answer is what the provider wrote, and its usage is told", async () => {
      const headers = seeded("whole", { "x-demo-cached-tokens": "3", "x-demo-chunks": "20" });
      const settled = await suite.settled();
      assert.deepEqual(await through.whole("m-1", headers), await straight.whole("m-1", headers));
      await settledExactly(suite, settled + 1);
      const entry = await suite.logged("whole");
      assert.deepEqual([entry.provider, entry.outcome], [provider, "completed"]);
      assert.equal(Number(entry.output_tokens), 20);
      assert.equal(Number(entry.cached_input_tokens), 3);
    });

    test("a streamed answer is what the provider wrote, event by event, however it is split", async () => {
      const headers = seeded("streamed", { "x-demo-split": "7", "x-demo-chunks": "12" });
      const events = await all(through.events("m-1", headers));
      assert.ok(events.length > 12);
      assert.deepEqual(events, await all(straight.events("m-1", headers)));
      assert.equal(Number((await suite.logged("streamed")).output_tokens), 12);
    });

    test("calls of tools arrive, whole and streamed", async () => {
      const headers = seeded("tool", { "x-demo-tool": "search" });
      const whole = await through.whole("m-1", headers);
      assert.match(JSON.stringify(whole), /"search"/);
      assert.deepEqual(whole, await straight.whole("m-1", headers));
      assert.deepEqual(await all(through.events("m-1", headers)), await all(straight.events("m-1", headers)));
    });

    test("an error of the provider reaches the client as the same error", async () => {
      for (const status of [400, 401, 404, 429, 500, 503]) {
        const headers = seeded(`fails ${status}`, { "x-demo-status": String(status) });
        const [a, b] = [await failed(through.whole("m-1", headers)), await failed(straight.whole("m-1", headers))];
        assert.deepEqual(through.failure(a), straight.failure(b));
        assert.equal((await suite.logged(`fails ${status}`)).outcome, "upstream_error");
      }
    });

    test("a refusal is the client's own error for it, and nothing reaches the provider", async () => {
      const before = suite.provider.received.length;
      assert.ok(through.isDenied(await failed(through.whole("forbidden-1", seeded("denied")))));
      assert.ok(through.isDenied(await failed(all(through.events("forbidden-1", seeded("denied too"))))));
      assert.equal(suite.provider.received.length, before);
      const entry = await suite.logged("denied");
      assert.deepEqual([entry.outcome, entry.refusal], ["refused", "doors.model_not_allowed"]);
    });

    test("a client that goes away in the middle is settled with what passed", async () => {
      const headers = seeded("aborted", { "x-demo-chunks": "200", "x-demo-chunk-delay-ms": "10" });
      const abort = new AbortController();
      let deltas = 0;
      await (async () => {
        for await (const event of through.events("m-1", headers, abort.signal)) {
          if (through.isDelta(event) && ++deltas === 5) abort.abort();
        }
      })().catch(() => {});
      const entry = await suite.logged("aborted");
      assert.equal(entry.outcome, "client_reset");
      assert.equal(entry.usage_source, "estimated");
      assert.ok(Number(entry.output_tokens) > 0 && Number(entry.output_tokens) < 200, `${entry.output_tokens}`);
    });

    test("a provider that goes away in the middle is told to the client", async () => {
      const headers = seeded("gone", { "x-demo-chunks": "50", "x-demo-reset": "9" });
      await failed(all(through.events("m-1", headers)));
      assert.equal((await suite.logged("gone")).outcome, "upstream_error");
    });
  });
}

describe("Gemini without ?alt=sse", () => {
  let suite: Suite;
  before(async () => {
    const limits = [{ name: "short", key: ["consumer"], tokens: 80, window: "1h", algorithm: "fixedWindow" }];
    const processors = [{ type: "tokenRateLimit", limits, reserve: "none", clampMaxTokens: false }];
    suite = await startSuite({ configuration: { holdHeaders: true, processors } });
  });
  after(async () => await suite?.stop());

  const ask = (port: number, headers: Headers): Promise<Response> =>
    fetch(`http://127.0.0.1:${port}/v1beta/models/m-1:streamGenerateContent`, {
      method: "POST",
      headers: { ...headers, "content-type": "application/json" },
      body: JSON.stringify({ contents: [{ parts: [{ text: "Tell me." }] }] }),
    });

  test("a stream is a JSON list, byte for byte what the provider wrote, and its usage is told", async () => {
    const headers = { "x-demo-seed": "list", "x-request-id": "list", "x-demo-chunks": "9", "x-demo-split": "11" };
    const text = await (await ask(suite.weir, headers)).text();
    assert.equal(text, await (await ask(suite.provider.port, headers)).text());
    assert.equal((JSON.parse(text) as object[]).length, 10);
    const entry = await suite.logged("list");
    assert.deepEqual([Number(entry.output_tokens), entry.usage_source], [9, "reported"]);
  });

  test("a list that outruns its budget is ended as a list", async () => {
    const headers = {
      "x-demo-seed": "long",
      "x-request-id": "long",
      "x-demo-chunks": "200",
      "x-demo-chunk-delay-ms": "2",
    };
    const list = JSON.parse(await (await ask(suite.weir, headers)).text()) as {
      candidates: { finishReason?: string }[];
    }[];
    assert.ok(list.length > 1 && list.length < 200);
    assert.equal(list.at(-1)?.candidates[0]?.finishReason, "MAX_TOKENS");
    assert.equal((await suite.logged("long")).outcome, "cut_off");
  });
});
