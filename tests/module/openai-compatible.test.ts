/** What servers with OpenAI's chat API write differently, and what that API has beside plain text: all of it is read, and passes as it is. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { everyByte, everyCut } from "./host/cuts.ts";
import { exchange, type Seen } from "./host/exchange.ts";
import { asEvents } from "./host/streams.ts";

const SHOW = { processors: [{ type: "probe", showsText: true }] };
const EVENTS = { "content-type": "text/event-stream" };
const JSON_TYPE = { "content-type": "application/json" };
const ASKED = {
  model: "m",
  messages: [{ role: "user", content: "Hello" }],
  stream: true,
  stream_options: { include_usage: true },
};
const HEAD = { id: "chatcmpl-1", created: 1700000000, model: "m-1" };
const USAGE = { prompt_tokens: 12, completion_tokens: 9, total_tokens: 21 };

const shown = ({ state }: Seen): Record<string, string> =>
  Object.fromEntries(
    Object.entries(state).filter(([name]) => /^probe\.(content|arguments|reasoning|refusal)/.test(name)),
  );

interface Variant {
  whole: object;
  pieces: object[];
  texts: Record<string, string>;
}
const VARIANTS: Record<string, Variant> = {
  "DeepSeek's and llama.cpp's reasoning_content": {
    whole: { reasoning_content: "Let me see.", content: "A weir." },
    pieces: [{ reasoning_content: "Let me " }, { reasoning_content: "see.", content: null }, { content: "A weir." }],
    texts: { "probe.reasoning.0": "Let me see.", "probe.content.0": "A weir." },
  },
  "OpenRouter's, Groq's and Ollama's reasoning": {
    whole: {
      content: "A weir.",
      reasoning: "Let me see.",
      reasoning_details: [{ type: "reasoning.text", text: "Let me see." }],
    },
    pieces: [
      { content: "", reasoning: "Let me ", reasoning_details: [{ type: "reasoning.text", text: "Let me " }] },
      { content: "", reasoning: "see." },
      { content: "A weir.", reasoning: null },
    ],
    texts: { "probe.reasoning.0": "Let me see.", "probe.content.0": "A weir." },
  },
  "vLLM's reasoning under both of its names": {
    whole: { reasoning: "Let me see.", reasoning_content: "Let me see.", content: "A weir." },
    pieces: [
      { reasoning: "Let me ", reasoning_content: "Let me " },
      { reasoning: "see.", reasoning_content: "see." },
      { content: "A weir." },
    ],
    texts: { "probe.reasoning.0": "Let me see.", "probe.content.0": "A weir." },
  },
  "Mistral's content in parts": {
    whole: {
      content: [
        { type: "thinking", thinking: [{ type: "text", text: "Let me see." }] },
        { type: "text", text: "A weir." },
      ],
    },
    pieces: [
      { content: [{ type: "thinking", thinking: [{ type: "text", text: "Let me see." }] }] },
      { content: [{ type: "text", text: "A " }] },
      { content: "weir." },
    ],
    texts: { "probe.reasoning.0": "Let me see.", "probe.content.0": "A weir." },
  },
  "a refusal": {
    whole: { content: null, refusal: "I cannot." },
    pieces: [{ refusal: "I " }, { refusal: "cannot." }],
    texts: { "probe.refusal.0": "I cannot." },
  },
  "the transcript of sound": {
    whole: { content: null, audio: { id: "a", data: "UklGRg==", transcript: "A weir.", expires_at: 1 } },
    pieces: [
      { audio: { id: "a", transcript: "A " } },
      { audio: { data: "UklGRg==" } },
      { audio: { transcript: "weir." } },
    ],
    texts: { "probe.content.0": "A weir." },
  },
  "calls of tools, of functions and of tools with a grammar": {
    whole: {
      content: null,
      tool_calls: [
        { id: "1", type: "function", function: { name: "f", arguments: '{"a":1}' } },
        { id: "2", type: "custom", custom: { name: "g", input: " x" } },
      ],
      function_call: { name: "h", arguments: " {}" },
    },
    pieces: [
      { tool_calls: [{ index: 0, id: "1", function: { name: "f", arguments: '{"a"' } }] },
      { tool_calls: [{ index: 0, function: { arguments: ":1}" } }] },
      { tool_calls: [{ index: 1, custom: { input: " x" } }] },
      { function_call: { arguments: " {}" } },
    ],
    texts: { "probe.arguments.0": '{"a":1} x {}' },
  },
  "citations, probabilities and members that nobody knows": {
    whole: {
      content: "A weir.",
      annotations: [{ type: "url_citation", url_citation: { url: "https://example.com", title: "no text" } }],
      hologram: { text: "no text" },
    },
    pieces: [
      { content: "A " },
      { content: "weir.", annotations: [{ text: "no text" }], hologram: [{ text: "no text" }] },
    ],
    texts: { "probe.content.0": "A weir." },
  },
};
const LOGPROBS = { content: [{ token: "no text", logprob: -0.5, bytes: [110], top_logprobs: [] }], refusal: null };

describe("texts", () => {
  for (const [name, { whole, pieces, texts }] of Object.entries(VARIANTS)) {
    test(`${name}: whole and streamed, wherever it is cut`, async () => {
      const choice = { index: 0, logprobs: LOGPROBS, finish_reason: "stop" };
      const answer = JSON.stringify({
        ...HEAD,
        choices: [{ ...choice, message: { role: "assistant", ...whole } }],
        usage: USAGE,
      });
      const chunks = pieces.map((delta) => JSON.stringify({ ...HEAD, choices: [{ ...choice, delta }] }));
      const events = asEvents([...chunks, JSON.stringify({ ...HEAD, choices: [], usage: USAGE }), "[DONE]"]);
      for (const [body, headers] of [
        [answer, JSON_TYPE],
        [events, EVENTS],
      ] as const) {
        for (const cut of [[], everyByte(body), ...everyCut(body)]) {
          const seen = await exchange({ config: SHOW, request: { body: ASKED }, response: { headers, body, cut } });
          assert.deepEqual(shown(seen), texts);
          assert.equal(seen.client.body, Buffer.from(body).toString("latin1"));
          assert.equal(seen.state["gen_ai.usage.output_tokens"], "9");
        }
        const silent = body.replaceAll('"usage"', '"use"');
        const { state } = await exchange({ config: {}, request: { body: ASKED }, response: { headers, body: silent } });
        const bytes = Object.values(texts).join("").length;
        assert.equal(
          state["gen_ai.usage.output_tokens"],
          String(Math.ceil(bytes / 4)),
          "measured where nobody listens",
        );
      }
    });
  }
});

describe("usage", () => {
  const REPORTS: Record<string, [chunks: object[], expected: (string | undefined)[]]> = {
    "OpenAI's parts": [
      [
        {
          choices: [],
          usage: {
            ...USAGE,
            prompt_tokens_details: { cached_tokens: 4, audio_tokens: 3 },
            completion_tokens_details: { reasoning_tokens: 5, audio_tokens: 2, accepted_prediction_tokens: 1 },
          },
        },
      ],
      ["12", "9", "4", "5", undefined],
    ],
    "Groq's, inside of x_groq": [
      [{ choices: [], x_groq: { id: "r", usage: { queue_time: 0.1, ...USAGE } } }],
      ["12", "9", undefined, undefined, undefined],
    ],
    "DeepSeek's cache": [
      [{ choices: [], usage: { ...USAGE, prompt_cache_hit_tokens: 8, prompt_cache_miss_tokens: 4 } }],
      ["12", "9", "8", undefined, undefined],
    ],
    "OpenRouter's, with costs": [
      [
        {
          choices: [],
          usage: { ...USAGE, cost: 0.00012, prompt_tokens_details: { cached_tokens: 1, cache_write_tokens: 7 } },
        },
      ],
      ["12", "9", "1", undefined, "7"],
    ],
    "vLLM's running totals": [
      [
        { choices: [], usage: { prompt_tokens: 12, completion_tokens: 1 } },
        { choices: [{ index: 0, delta: { content: "x" } }], usage: { prompt_tokens: 12, completion_tokens: 9 } },
      ],
      ["12", "9", undefined, undefined, undefined],
    ],
    "Mistral's, in the last chunk with a choice": [
      [{ choices: [{ index: 0, delta: { content: "" }, finish_reason: "stop" }], usage: USAGE }],
      ["12", "9", undefined, undefined, undefined],
    ],
    "llama.cpp's, beside its timings": [
      [{ choices: [], usage: USAGE, timings: { prompt_n: 1, predicted_n: 2 } }],
      ["12", "9", undefined, undefined, undefined],
    ],
  };
  for (const [name, [chunks, expected]] of Object.entries(REPORTS)) {
    test(`${name}, wherever it is cut`, async () => {
      const text = { ...HEAD, choices: [{ index: 0, delta: { content: "A weir." } }] };
      const body = asEvents([...[text, ...chunks].map((chunk) => JSON.stringify({ ...HEAD, ...chunk })), "[DONE]"]);
      for (const cut of [[], everyByte(body), ...everyCut(body)]) {
        const { state, client } = await exchange({
          request: { body: ASKED },
          response: { headers: EVENTS, body, cut },
        });
        const told = [
          "gen_ai.usage.input",
          "gen_ai.usage.output",
          "weir.usage.cached_input",
          "weir.usage.reasoning",
          "weir.usage.cache_write",
        ];
        assert.deepEqual(
          told.map((one) => state[`${one}_tokens`]),
          expected,
        );
        assert.equal(state["weir.usage.source"], "reported");
        assert.equal(client.body, body);
      }
    });
  }
});
