import { EventStreamCodec } from "@smithy/core/event-streams";
import { fromUtf8, toUtf8 } from "@smithy/core/serde";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { chatStream } from "../../module/host/streams.ts";
import { AnswerType } from "./module.ts";

/** What a dialect's requests and answers look like before they are mutated. */
export interface Material {
  requests: string[];
  answers: string[];
  streams: string[];
  /** Streams that are JSON. */
  lists?: string[];
  type?: AnswerType;
}

const RECORDINGS = new URL("../../../../shared/recordings/provider-bodies/", import.meta.url);

/** What is recorded in a folder, if recordings are there, in a fixed order; a character per byte. */
function recorded(folder: string): string[] {
  const place = new URL(`${folder}/`, RECORDINGS);
  if (!existsSync(place)) return [];
  const texts = readdirSync(place)
    .sort()
    .map((file) => readFileSync(new URL(file, place), "latin1"));
  return texts.filter((text) => text.length < 20_000);
}

const latin = (text: string): string => Buffer.from(text).toString("latin1");
const events = (...list: { type?: string }[]): string =>
  latin(list.map((one) => `${one.type ? `event: ${one.type}\n` : ""}data: ${JSON.stringify(one)}\n\n`).join(""));
const isWhole = (text: string): boolean => text.startsWith("{");
const isStream = (text: string): boolean => /^(data|event):/.test(text);

const completions = recorded("response/completions");
const responses = recorded("response/responses");
const anthropic = recorded("response/anthropic");
const USAGE = { input_tokens: 9, output_tokens: 5, input_tokens_details: { cached_tokens: 3 } };
const FORM = latin(
  '--b\r\nContent-Disposition: form-data; name="model"\r\n\r\ngpt-image-1\r\n--b\r\nContent-Disposition: form-data; name="prompt"\r\n\r\né\r\n' +
    '--b\r\nContent-Disposition: form-data; name="image"; filename="a.png"\r\nContent-Type: image/png\r\n\r\n\u0000\r\n-\r\n--b--\r\n',
);

const chat: Material = {
  requests: [
    '{"stream_options":{"include_usage":false},"stream":true,"n":3,"max_tokens":50,"model":"m","messages":[{"role":"user","content":"x"}]}',
    '{"prompt":["a",[1,2]],"input":[[1,2],"b"],"model":"m"}',
    ...recorded("requests/completions"),
    ...recorded("requests/embeddings"),
  ],
  answers: [
    latin(
      '{"choices":[{"index":1,"message":{"reasoning":"é","content":[{"type":"text","text":"☺"}]}}],"usage":{"prompt_tokens":9}}',
    ),
    ...completions.filter(isWhole),
    ...recorded("response/openai"),
  ],
  streams: [
    chatStream({ reports: true }),
    chatStream({ reports: true, newline: "\r\n" }),
    chatStream({ reports: true, newline: "\r", done: false }),
    ...completions.filter(isStream),
  ].map((text) => latin(text)),
};

const codec = new EventStreamCodec(toUtf8, fromUtf8);
/** An event stream of AWS: each event by its name and its payload. */
const frames = (...list: [string, object][]): string =>
  list
    .map(([name, payload]) => {
      const headers = { ":event-type": name, ":message-type": name.endsWith("Exception") ? "exception" : "event" };
      const typed = Object.entries(headers).map(([key, value]) => [key, { type: "string" as const, value }] as const);
      const body = fromUtf8(JSON.stringify(payload));
      return Buffer.from(codec.encode({ headers: Object.fromEntries(typed), body })).toString("latin1");
    })
    .join("");
const chunks = (...list: object[]): string =>
  frames(
    ...list.map((inside): [string, object] => [
      "chunk",
      { bytes: Buffer.from(JSON.stringify(inside)).toString("base64") },
    ]),
  );
const said = (index: number, delta: object): [string, object] => [
  "contentBlockDelta",
  { contentBlockIndex: index, delta },
];

const bedrock: Material = {
  type: AnswerType.Frames,
  requests: [
    '{"inferenceConfig":{"maxTokens":500},"system":[{"text":"x"}],"messages":[{"role":"user","content":[{"text":"y"},{"toolResult":{"content":[{"json":{}}]}}]}]}',
    '{"messages":[{"content":[{"text":"y"}],"role":"user"}],"inferenceConfig":{}}',
    '{"anthropic_version":"bedrock-2023-05-31","max_tokens":99,"messages":[{"role":"user","content":"x"}]}',
    '{"prompt":"x","max_gen_len":512}',
  ],
  answers: [
    '{"output":{"message":{"content":[{"text":"x"},{"toolUse":{"input":{"a":[1]}}}]}},"usage":{"inputTokens":9,"outputTokens":5,"cacheReadInputTokens":3}}',
    '{"results":[{"outputText":"x","tokenCount":5}],"inputTextTokenCount":9}',
    ...recorded("response/bedrock").filter(isWhole),
  ],
  streams: [
    frames(
      ["messageStart", { role: "assistant" }],
      said(0, { reasoningContent: { text: "Let é" } }),
      ["contentBlockStop", { contentBlockIndex: 0 }],
      said(1, { text: "☺ a" }),
      said(1, { text: "b" }),
      ["messageStop", { stopReason: "end_turn" }],
      ["metadata", { usage: { inputTokens: 9, outputTokens: 5 } }],
    ),
    frames(["messageStart", { role: "assistant" }], said(0, { text: "a" }), ["throttlingException", { message: "x" }]),
    ...recorded("response/bedrock").filter((text) => !isWhole(text)),
  ],
};
const invoked: Material = {
  ...bedrock,
  streams: [
    chunks({ generation: "a ☺" }, { generation: "b" }, { generation: "", prompt_token_count: 9 }),
    chunks(
      { type: "message_start", message: { model: "c", usage: USAGE } },
      { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } },
      { type: "content_block_delta", index: 0, delta: { type: "text_delta", text: "é☺" } },
      { type: "message_stop", "amazon-bedrock-invocationMetrics": { inputTokenCount: 9, outputTokenCount: 5 } },
    ),
    chunks(
      { messageStart: { role: "assistant" } },
      { contentBlockDelta: { delta: { text: "☺" }, contentBlockIndex: 0 } },
    ),
  ],
};

const vertex = recorded("response/vertex-gemini");
const GEMINI_CHUNKS = [
  { candidates: [{ content: { parts: [{ text: "Let é", thought: true }] } }], usageMetadata: { promptTokenCount: 9 } },
  { candidates: [{ content: { parts: [{ thought: true, text: "☺" }, { text: "a" }] }, index: 0 }] },
  { candidates: [{ content: { parts: [{ text: "b" }] }, index: 0 }] },
  { candidates: [{ content: { parts: [{ text: "c" }] }, index: 0 }] },
  { candidates: [{ content: { parts: [{ functionCall: { name: "f", args: { a: ["☺é", { b: 1 }] } } }] }, index: 0 }] },
  {
    candidates: [{ finishReason: "STOP", index: 0 }],
    usageMetadata: {
      ...{ promptTokenCount: 9, candidatesTokenCount: 5, thoughtsTokenCount: 3, toolUsePromptTokenCount: 2 },
      promptTokensDetails: [{ modality: "AUDIO", tokenCount: 4 }],
    },
  },
];
const gemini: Material = {
  requests: [
    '{"system_instruction":{"parts":{"text":"x"}},"contents":[{"parts":[{"text":"y"},{"inlineData":{"data":"AAAA","mimeType":"audio/wav"}}]}],"generationConfig":{"maxOutputTokens":500}}',
    '{"contents":[{"role":"user","parts":[{"functionResponse":{"name":"f","response":{"a":"é"}}}]}],"generation_config":{}}',
    '{"content":{"parts":[{"text":"x"}]},"requests":[{"content":{"parts":[{"text":"y"}]}}]}',
    ...recorded("requests/gemini"),
  ],
  answers: [...GEMINI_CHUNKS.map((one) => latin(JSON.stringify(one))), ...vertex.filter(isWhole)],
  streams: [events(...(GEMINI_CHUNKS as object[])), ...vertex.filter(isStream)],
  lists: [latin(JSON.stringify(GEMINI_CHUNKS, null, 2)), latin(JSON.stringify(GEMINI_CHUNKS))],
};

const MATERIAL: Record<string, Material> = {
  "gemini-generate-content": gemini,
  "gemini-count-tokens": gemini,
  "gemini-embeddings": gemini,
  "bedrock-converse": bedrock,
  "bedrock-converse-stream": bedrock,
  "bedrock-invoke": invoked,
  "bedrock-invoke-stream": invoked,
  "openai-responses": {
    requests: [
      '{"model":"m","max_output_tokens":99,"instructions":"x","input":[{"role":"user","content":[{"type":"input_image","image_url":"data:,"}]}],"stream":true}',
      ...recorded("requests/responses"),
    ],
    answers: responses.filter(isWhole),
    streams: [
      events(
        { type: "response.created" },
        ...["Let ", "me é", "☺"].map((delta, n) => ({
          type: "response.reasoning_text.delta",
          sequence_number: n,
          delta,
        })),
        ...["a", "b"].map((delta) => ({ type: "response.output_text.delta", delta, sequence_number: 7 })),
        { type: "response.failed", ...{ response: { error: { code: "x" }, usage: USAGE } } },
      ),
      ...responses.filter(isStream),
    ],
  },
  "anthropic-messages": {
    requests: [
      '{"max_tokens":50,"model":"m","system":[{"text":"x"}],"messages":[{"role":"user","content":[{"source":{"data":"a","type":"text"},"type":"document"}]}]}',
      ...recorded("requests/messages"),
    ],
    answers: [
      latin(
        '{"model":"m","content":[{"type":"tool_use","input":{"a":["☺é",{"b":1}]}},{"type":"text","text":"é"}],"usage":{"input_tokens":4}}',
      ),
      ...anthropic.filter(isWhole),
    ],
    streams: anthropic.filter(isStream),
  },
  "openai-images": {
    requests: [FORM, '{"model":"m","prompt":"x","n":2}'],
    answers: [latin(JSON.stringify({ data: [{ b64_json: "AAAA" }], usage: USAGE }))],
    streams: [events({ type: "image_generation.completed", ...{ b64_json: "AAAA", usage: USAGE } })],
  },
  "openai-transcription": {
    requests: [FORM],
    answers: [latin(JSON.stringify({ text: "é☺", usage: USAGE }))],
    streams: [
      events(...["a ", "é☺"].map((delta) => ({ type: "transcript.text.delta", delta })), {
        type: "x",
        ...{ usage: USAGE },
      }),
    ],
  },
};

/** The material of a dialect: chats for those whose own is not here. */
export function materialOf(dialect: string): Material {
  return MATERIAL[dialect] ?? chat;
}
