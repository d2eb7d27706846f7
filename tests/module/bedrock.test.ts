/** Bedrock: requests, answers, streams and their ends, and what AWS's own client makes of the same bytes. */
import assert from "node:assert/strict";
import { Readable } from "node:stream";
import { describe, test } from "node:test";
import {
  AccessDeniedException,
  BedrockRuntimeClient,
  ConverseCommand,
  ConverseStreamCommand,
  type ConverseStreamOutput,
  InvokeModelWithResponseStreamCommand,
} from "@aws-sdk/client-bedrock-runtime";
import { EventStreamCodec } from "@smithy/core/event-streams";
import { HttpResponse } from "@smithy/core/protocols";
import { fromUtf8, toUtf8 } from "@smithy/core/serde";
import { everyByte, everyCut } from "./host/cuts.ts";
import { exchange, type Plan, type Seen } from "./host/exchange.ts";
import { noRecordings, recorded } from "./host/recordings.ts";

const MODEL = "anthropic.claude-3-haiku-20240307-v1:0";
const PATH = `/model/${encodeURIComponent(MODEL)}`;
const SHOW = { processors: [{ type: "probe", showsText: true }] };
const FRAMES = { "content-type": "application/vnd.amazon.eventstream" };
const QUESTION = { messages: [{ role: "user" as const, content: [{ text: "Hello" }] }] };

const codec = new EventStreamCodec(toUtf8, fromUtf8);

function frame(headers: Record<string, string>, payload: object): Buffer {
  const entries = Object.entries({ ":content-type": "application/json", ...headers });
  const typed = Object.fromEntries(entries.map(([name, value]) => [name, { type: "string" as const, value }]));
  return Buffer.from(codec.encode({ headers: typed, body: fromUtf8(JSON.stringify(payload)) }));
}

const event = (type: string, payload: object): Buffer =>
  frame({ ":event-type": type, ":message-type": "event" }, payload);
const exception = (type: string, payload: object): Buffer =>
  frame({ ":exception-type": type, ":message-type": "exception" }, payload);
const chunk = (inside: object): Buffer =>
  event("chunk", { bytes: Buffer.from(JSON.stringify(inside)).toString("base64"), p: "abc" });

const delta = (contentBlockIndex: number, of: object): Buffer =>
  event("contentBlockDelta", { contentBlockIndex, delta: of, p: "abcdef" });
const STREAM = [
  event("messageStart", { role: "assistant", p: "ab" }),
  delta(0, { reasoningContent: { text: "Let me see…" } }),
  event("contentBlockStop", { contentBlockIndex: 0 }),
  delta(1, { text: 'A weir "holds"' }),
  delta(1, { text: " 水 back." }),
  event("contentBlockStop", { contentBlockIndex: 1 }),
  event("contentBlockStart", { contentBlockIndex: 2, start: { toolUse: { toolUseId: "t", name: "gate" } } }),
  delta(2, { toolUse: { input: '{"open":' } }),
  delta(2, { toolUse: { input: "true}" } }),
  event("contentBlockStop", { contentBlockIndex: 2 }),
  event("messageStop", { stopReason: "tool_use" }),
  event("metadata", {
    usage: { inputTokens: 7, outputTokens: 41, totalTokens: 278, cacheReadInputTokens: 200, cacheWriteInputTokens: 30 },
    metrics: { latencyMs: 12 },
  }),
];
const USAGE = ["237", "41", "200"];

const ask = (plan: Plan, operation: string, body: object = QUESTION, config: object = SHOW): Promise<Seen> =>
  exchange({ config, request: { path: `${PATH}/${operation}`, body }, ...plan });
const stream = (body: Buffer, cut: readonly number[] = [], config: object = SHOW, operation = "converse-stream") =>
  ask({ response: { headers: FRAMES, body, cut } }, operation, QUESTION, config);

/** AWS's client, which is given these bytes for an answer. */
function client(body: Buffer, headers: Record<string, string>, statusCode = 200): BedrockRuntimeClient {
  return new BedrockRuntimeClient({
    region: "us-east-1",
    maxAttempts: 1,
    credentials: { accessKeyId: "none", secretAccessKey: "none" },
    requestHandler: {
      handle: () =>
        Promise.resolve({ response: new HttpResponse({ statusCode, headers, body: Readable.from([body]) }) }),
    },
  });
}

/** A stream as AWS's client reads it: texts by kind, and what the stream says of its end. */
async function readStream(body: Buffer): Promise<{ texts: Record<string, string>; events: ConverseStreamOutput[] }> {
  const { stream: events } = await client(body, FRAMES).send(
    new ConverseStreamCommand({ modelId: MODEL, ...QUESTION }),
  );
  const texts: Record<string, string> = {};
  const all: ConverseStreamOutput[] = [];
  for await (const one of events ?? []) {
    all.push(one);
    const part = one.contentBlockDelta?.delta;
    const add = (kind: string, text: string | undefined): void => {
      if (text) texts[`probe.${kind}.0`] = (texts[`probe.${kind}.0`] ?? "") + text;
    };
    add("content", part?.text);
    add("arguments", part?.toolUse?.input);
    add("reasoning", part?.reasoningContent?.text);
  }
  return { texts, events: all };
}

const shown = ({ state }: Seen): Record<string, string> =>
  Object.fromEntries(Object.entries(state).filter(([name]) => /^probe\.(content|arguments|reasoning)/.test(name)));
const told = ({ state }: Seen): (string | undefined)[] => [
  state["gen_ai.usage.input_tokens"],
  state["gen_ai.usage.output_tokens"],
  state["weir.usage.cached_input_tokens"],
];

describe("requests", () => {
  test("the model is in the path, percent-encoded, and no other path is one", async () => {
    const arn = "arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.amazon.nova-lite-v1:0";
    for (const path of [`/model/${encodeURIComponent(arn)}/converse`, `/aws/model/${arn}/Converse/`])
      assert.equal((await exchange({ request: { path, body: QUESTION } })).state["gen_ai.request.model"], arn, path);
    for (const operation of ["converse", "converse-stream", "invoke", "invoke-with-response-stream"]) {
      const { state } = await ask({}, operation);
      assert.equal(state["gen_ai.request.model"], MODEL);
      assert.equal(state["gen_ai.provider.name"], "aws.bedrock");
    }
    for (const path of ["/model/converse", "/models/x/converse", "/converse"])
      assert.equal((await exchange({ request: { path, body: QUESTION } })).state["gen_ai.operation.name"], undefined);
  });

  test("a bound of tokens is lowered where it stands, and set where there is none", async () => {
    const limits = [{ name: "hour", key: ["consumer"], tokens: 60, window: "1h", algorithm: "fixedWindow" }];
    const config = { processors: [{ type: "tokenRateLimit", limits, clampMaxTokens: true, reserve: "none" }] };
    const bodies = [{}, { temperature: 1 }, { maxTokens: 5000 }, undefined];
    for (const inferenceConfig of bodies) {
      const body = inferenceConfig ? { ...QUESTION, inferenceConfig } : QUESTION;
      const seen = await exchange({ config, fresh: true, request: { path: `${PATH}/converse`, body } });
      const sent = JSON.parse(seen.upstream.body) as { inferenceConfig: { maxTokens: number } };
      assert.ok(sent.inferenceConfig.maxTokens < 60 && sent.inferenceConfig.maxTokens > 0, seen.upstream.body);
      assert.deepEqual(
        { ...sent, inferenceConfig: { ...inferenceConfig, maxTokens: 0 } },
        {
          ...body,
          inferenceConfig: { ...inferenceConfig, maxTokens: 0 },
        },
      );
    }
  });
});

describe("streams", () => {
  test("text and usage are what AWS's client reads, wherever a stream is cut", async () => {
    const body = Buffer.concat(STREAM);
    const { texts } = await readStream(body);
    assert.equal(texts["probe.content.0"], 'A weir "holds" 水 back.');
    for (const cut of [[], everyByte(body), ...everyCut(body)]) {
      const seen = await stream(body, cut);
      assert.deepEqual(shown(seen), texts);
      assert.deepEqual(told(seen), USAGE);
      assert.equal(seen.client.body, body.toString("latin1"));
      assert.equal(seen.state["weir.outcome"], "completed");
    }
  });

  test("an exception after data is an error, and reaches the client as it is", async () => {
    const body = Buffer.concat([...STREAM.slice(0, 4), exception("throttlingException", { message: "slow" })]);
    const seen = await stream(body);
    assert.equal(seen.state["weir.outcome"], "upstream_error");
    assert.equal(seen.client.body, body.toString("latin1"));
    await assert.rejects(readStream(Buffer.from(seen.client.body, "latin1")), /slow/);
  });

  test("a frame whose checksum is wrong is not believed, and passes", async () => {
    const body = Buffer.concat(STREAM);
    const last = body.length - 1;
    body.writeUInt8(body.readUInt8(last) ^ 1, last);
    const seen = await stream(body);
    assert.equal(seen.client.body, body.toString("latin1"));
    assert.equal(seen.state["weir.usage.source"], "estimated");
  });

  for (const [act, reason] of [
    ["endWithLength", "max_tokens"],
    ["endWithContentFilter", "content_filtered"],
  ] as const) {
    test(`a stream that is ended stops with ${reason} to AWS's client, wherever it is cut`, async () => {
      const config = { processors: [{ type: "probe", at: "delta", afterBytes: 16, act }] };
      const body = Buffer.concat(STREAM);
      for (const cut of everyCut(body)) {
        const seen = await stream(body, [...cut, body.length], config);
        const { events } = await readStream(Buffer.from(seen.client.body, "latin1"));
        assert.equal(events.find((one) => one.messageStop)?.messageStop?.stopReason, reason);
        assert.ok((events.at(-1)?.metadata?.usage?.outputTokens ?? 0) > 0);
        assert.equal(
          new Set(events.map((one) => one.contentBlockDelta?.contentBlockIndex).filter((i) => i !== undefined)).size,
          events.filter((one) => one.contentBlockStop).length,
        );
        assert.equal(seen.state["weir.outcome"], "cut_off");
      }
    });
  }
});

const METRICS = { "amazon-bedrock-invocationMetrics": { inputTokenCount: 7, outputTokenCount: 9 } };
const FAMILIES: Record<string, object[]> = {
  anthropic: [
    { type: "message_start", message: { model: "claude", usage: { input_tokens: 7, output_tokens: 1 } } },
    { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } },
    { type: "content_block_delta", index: 0, delta: { type: "text_delta", text: "A weir " } },
    { type: "content_block_delta", index: 0, delta: { type: "text_delta", text: "水 holds." } },
    { type: "content_block_stop", index: 0 },
    { type: "message_delta", delta: { stop_reason: "end_turn" }, usage: { output_tokens: 9 } },
    { type: "message_stop", ...METRICS },
  ],
  nova: [
    { messageStart: { role: "assistant" } },
    { contentBlockDelta: { delta: { text: "A weir " }, contentBlockIndex: 0 } },
    { contentBlockDelta: { delta: { text: "水 holds." }, contentBlockIndex: 0 } },
    { contentBlockStop: { contentBlockIndex: 0 } },
    { messageStop: { stopReason: "end_turn" } },
    { metadata: { usage: { inputTokens: 7, outputTokens: 9 } }, ...METRICS },
  ],
  titan: [
    { outputText: "A weir ", index: 0, totalOutputTextTokenCount: null, inputTextTokenCount: 7 },
    { outputText: "水 holds.", index: 0, totalOutputTextTokenCount: 9, completionReason: "FINISH", ...METRICS },
  ],
  llama: [
    { generation: "A weir ", prompt_token_count: 7, generation_token_count: 1, stop_reason: null },
    { generation: "水 holds.", prompt_token_count: null, generation_token_count: 9, stop_reason: "stop", ...METRICS },
  ],
  cohere: [{ text: "A weir " }, { text: "水 holds." }, { is_finished: true, ...METRICS }],
  mistral: [{ outputs: [{ text: "A weir " }] }, { outputs: [{ text: "水 holds.", stop_reason: "stop" }], ...METRICS }],
  openai: [
    { choices: [{ index: 0, delta: { content: "A weir " } }] },
    { choices: [{ index: 0, delta: { content: "水 holds." } }], ...METRICS },
  ],
};

describe("streams of a model's own events", () => {
  for (const [family, events] of Object.entries(FAMILIES)) {
    test(`those of ${family} are read wherever they are cut, and end validly`, async () => {
      const body = Buffer.concat(events.map(chunk));
      for (const cut of [[], everyByte(body), ...everyCut(body)]) {
        const seen = await stream(body, cut, SHOW, "invoke-with-response-stream");
        assert.equal(seen.state["probe.content.0"], "A weir 水 holds.");
        assert.deepEqual(told(seen).slice(0, 2), ["7", "9"]);
        assert.equal(seen.client.body, body.toString("latin1"));
      }
      const config = { processors: [{ type: "probe", at: "delta", afterBytes: 3, act: "endWithLength" }] };
      const seen = await stream(body, everyByte(body), config, "invoke-with-response-stream");
      const got = client(Buffer.from(seen.client.body, "latin1"), FRAMES);
      const answer = await got.send(new InvokeModelWithResponseStreamCommand({ modelId: MODEL, body: "{}" }));
      const read: string[] = [];
      for await (const one of answer.body ?? []) read.push(Buffer.from(one.chunk?.bytes ?? []).toString());
      for (const one of read) JSON.parse(one);
      assert.match(read.join(""), /max_tokens|LENGTH|length|MAX_TOKENS/);
      assert.equal(read.join("").includes("水"), false);
    });
  }
});

describe("answers", () => {
  test("InvokeModel's usage stands in headers where the body has none", async () => {
    const headers = {
      "content-type": "application/json",
      "x-amzn-bedrock-input-token-count": "7",
      "x-amzn-bedrock-output-token-count": "9",
    };
    const seen = await ask({ response: { headers, body: { outputs: [{ text: "Hi" }] } } }, "invoke", { prompt: "x" });
    assert.deepEqual(told(seen).slice(0, 2), ["7", "9"]);
    assert.equal(seen.state["probe.content.0"], "Hi");
  });

  test("a refusal is the exception of its status to AWS's client", async () => {
    const config = { processors: [{ type: "accessControl", default: "deny" }] };
    const seen = await ask({}, "converse", QUESTION, config);
    const refused = client(Buffer.from(seen.client.body, "latin1"), seen.client.headers ?? {}, seen.status);
    await assert.rejects(
      refused.send(new ConverseCommand({ modelId: MODEL, ...QUESTION })),
      (error: unknown) => error instanceof AccessDeniedException && /has no access/.test(error.message),
    );
  });
});

describe("recordings", { skip: noRecordings }, () => {
  test("response/bedrock/basic.bin is read as AWS's client reads it, cut at every byte", async () => {
    const body = recorded("response/bedrock/basic.bin");
    const { texts, events } = await readStream(body);
    const usage = events.at(-1)?.metadata?.usage;
    for (const cut of [[], everyByte(body), ...everyCut(body)]) {
      const seen = await stream(body, cut);
      assert.deepEqual(shown(seen), texts);
      assert.deepEqual(told(seen).slice(0, 2), [String(usage?.inputTokens), String(usage?.outputTokens)]);
      assert.equal(seen.client.body, body.toString("latin1"));
    }
  });

  for (const name of ["basic", "tool"]) {
    test(`response/bedrock/${name}.json is read as AWS's client reads it, cut at every byte`, async () => {
      const body = recorded(`response/bedrock/${name}.json`);
      const { output, usage } = await client(body, { "content-type": "application/json" }).send(
        new ConverseCommand({ modelId: MODEL, ...QUESTION }),
      );
      const text = (output?.message?.content ?? []).map((part) => part.text ?? "").join("");
      for (const cut of [[], everyByte(body), ...everyCut(body)]) {
        const seen = await ask({ response: { body, cut } }, "converse");
        assert.equal(seen.state["probe.content.0"] ?? "", text);
        if (usage) assert.deepEqual(told(seen).slice(0, 2), [String(usage.inputTokens), String(usage.outputTokens)]);
        assert.equal(seen.client.body, body.toString("latin1"));
      }
    });
  }
});
