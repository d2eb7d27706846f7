/** OpenAI's completions that are no chats, and embeddings. */
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { get_encoding } from "tiktoken";
import { parse } from "yaml";
import { everyByte, everyCut } from "./host/cuts.ts";
import { exchange, type Seen } from "./host/exchange.ts";
import { asEvents } from "./host/streams.ts";

const COUNT = { processors: [{ type: "tokenCount" }] };
const EVENTS = { "content-type": "text/event-stream" };
const cl100k = get_encoding("cl100k_base");
const o200k = get_encoding("o200k_base");
const ids = (text: string): number[] => [...o200k.encode(text)];

const COMPLETION = {
  id: "cmpl-1",
  object: "text_completion",
  created: 1700000000,
  model: "gpt-4o-base",
  choices: [{ text: "\n\nThis is a test.", index: 0, logprobs: null, finish_reason: "stop" }],
  usage: { prompt_tokens: 5, completion_tokens: 6, total_tokens: 11 },
};
const EMBEDDING = {
  object: "list",
  data: [{ object: "embedding", index: 0, embedding: [0.1, -2e-3] }],
  model: "text-embedding-3-small",
  usage: { prompt_tokens: 5, total_tokens: 5 },
};

const complete = (body: object, more: object = {}): Promise<Seen> =>
  exchange({ config: COUNT, request: { path: "/v1/completions", body }, response: { body: COMPLETION }, ...more });
const embed = (body: object, more: object = {}): Promise<Seen> =>
  exchange({ config: COUNT, request: { path: "/v1/embeddings", body }, response: { body: EMBEDDING }, ...more });
const inputOf = ({ state }: Seen): number => Number(state["weir.usage.counted_input_tokens"]);

describe("inputs", () => {
  const INPUTS: [string, unknown, number][] = [
    ["a text", "Say this is a test", ids("Say this is a test").length],
    ["texts", ["Say this", "is a\ntest é"], ids("Say this").length + ids("is a\ntest é").length],
    ["token ids", [1, 2, 3, 40000], 4],
    ["lists of token ids", [[1, 2, 3], [4], []], 4],
    ["an empty text", "", 0],
    ["nothing", null, 0],
  ];
  for (const [name, input, tokens] of INPUTS) {
    test(`${name} are counted without a frame, wherever they are cut`, async () => {
      const prompt = JSON.stringify({ model: "gpt-4o-base", prompt: input });
      for (const cut of [[], everyByte(prompt)])
        assert.equal(inputOf(await complete({}, { request: { path: "/v1/completions", body: prompt, cut } })), tokens);
      assert.equal(inputOf(await embed({ model: "gpt-4o-base", input })), tokens);
    });
  }
});

test("a completion is known as one, and its text is counted", async () => {
  const seen = await complete({ model: "gpt-4o-base", prompt: "Say" });
  assert.equal(seen.state["gen_ai.operation.name"], "text_completion");
  assert.equal(seen.state["gen_ai.usage.output_tokens"], "6");
  assert.equal(seen.state["weir.usage.counted_output_tokens"], String(ids("\n\nThis is a test.").length));
});

test("a streamed completion is read alike wherever it is cut, and what only Weir asked for is taken out", async () => {
  const head = { id: "cmpl-1", object: "text_completion", created: 1, model: "gpt-4o-base" };
  const texts = [" The", " weir", " holds 水"];
  const chunks = (usage: object): string[] =>
    texts.map((text) =>
      JSON.stringify({ ...head, choices: [{ text, index: 0, logprobs: null, finish_reason: null }], ...usage }),
    );
  const report = JSON.stringify({ ...head, choices: [], usage: COMPLETION.usage });
  const sent = asEvents([...chunks({ usage: null }), report, "[DONE]"]);
  const seenWhole = asEvents([...chunks({}), "[DONE]"]);
  const request = { path: "/v1/completions", body: { model: "gpt-4o-base", prompt: "Tell", stream: true } };
  for (const cut of [[], everyByte(sent), ...everyCut(Buffer.from(sent))]) {
    const seen = await exchange({ config: COUNT, request, response: { headers: EVENTS, body: sent, cut } });
    assert.equal(seen.client.body, Buffer.from(seenWhole).toString("latin1"));
    assert.match(seen.upstream.body, /"stream_options":\{"include_usage":true\}/);
    assert.equal(seen.state["gen_ai.usage.output_tokens"], "6");
    assert.equal(seen.state["weir.usage.counted_output_tokens"], String(ids(texts.join("")).length));
  }
});

test("a streamed completion that is ended early ends as its own API does", async () => {
  const chunk = JSON.stringify({
    ...COMPLETION,
    usage: undefined,
    choices: [{ text: "hello", index: 0, logprobs: null, finish_reason: null }],
  });
  const body = asEvents([chunk, chunk, chunk, "[DONE]"]);
  const config = { processors: [{ type: "probe", at: "delta", afterBytes: 6, act: "endWithLength" }] };
  const request = { path: "/v1/completions", body: { prompt: ["a", "b"], n: 2, stream: true } };
  const seen = await exchange({ config, request, response: { headers: EVENTS, body } });
  const events = seen.client.body
    .split("\n\n")
    .filter((text) => text !== "")
    .map((text) => text.replace("data: ", ""));
  assert.equal(events.at(-1), "[DONE]");
  const last = JSON.parse(events.at(-2) ?? "") as typeof COMPLETION;
  assert.equal(last.object, "text_completion");
  assert.deepEqual(
    last.choices,
    [0, 1, 2, 3].map((index) => ({ index, text: "", logprobs: null, finish_reason: "length" })),
  );
});

test("embeddings use input only, whatever their answer holds", async () => {
  const seen = await embed({ model: "text-embedding-3-small", input: "How do I reset my password?" });
  assert.equal(seen.state["gen_ai.operation.name"], "embeddings");
  assert.equal(seen.state["weir.usage.source"], "reported");
  assert.equal(seen.state["gen_ai.usage.input_tokens"], "5");
  assert.equal(seen.state["gen_ai.usage.output_tokens"], "0");
  assert.equal(inputOf(seen), cl100k.encode("How do I reset my password?").length);
  const silent = await embed(
    { model: "text-embedding-3-small", input: [7, 8, 9] },
    { response: { body: { data: [] } } },
  );
  assert.deepEqual(
    ["weir.usage.source", "gen_ai.usage.input_tokens", "gen_ai.usage.output_tokens"].map((name) => silent.state[name]),
    ["counted", "3", "0"],
  );
});

test("chats are not taken for completions, however their path is written", async () => {
  for (const path of ["/v1/chat/completions", "/v1/CHAT/completions/", "/openai/deployments/x/chat/completions"])
    assert.equal((await exchange({ request: { path } })).state["gen_ai.operation.name"], "chat", path);
});

const FOLDER = new URL("../../../shared/recordings/openai-http/", import.meta.url);
for (const name of ["completion-basic", "completion-streaming", "embeddings-basic", "embeddings-tokens"]) {
  test(`${name}.yaml: recorded bytes pass, with the usage that the provider wrote`, async (t) => {
    const file = new URL(`${name}.yaml`, FOLDER);
    if (!existsSync(file)) return t.skip("there are no recordings in ../shared");
    type Recorded = { interactions: { request: { body: string }; response: { body: string } }[] };
    const { request, response } = (parse(readFileSync(file, "utf8")) as Recorded).interactions[0] ?? assert.fail();
    const isStream = response.body.startsWith("data:");
    const seen = await exchange({
      config: COUNT,
      request: { path: name.startsWith("completion") ? "/v1/completions" : "/v1/embeddings", body: request.body },
      response: {
        headers: { "content-type": isStream ? "text/event-stream" : "application/json" },
        body: response.body,
      },
    });
    const told = [...response.body.matchAll(/"prompt_tokens":\s*(\d+)/g)].at(-1)?.[1];
    assert.equal(seen.state["gen_ai.usage.input_tokens"], told ?? seen.state["weir.usage.counted_input_tokens"]);
    if (/"include_usage":\s*true/.test(request.body) || !isStream)
      assert.equal(seen.client.body, Buffer.from(response.body).toString("latin1"));
    if (name.startsWith("embeddings-basic")) assert.equal(String(inputOf(seen)), told);
  });
}
