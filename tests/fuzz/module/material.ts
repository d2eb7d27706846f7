import { existsSync, readdirSync, readFileSync } from "node:fs";
import { chatStream } from "../../module/host/streams.ts";

const RECORDINGS = new URL("../../../../shared/recordings/provider-bodies/", import.meta.url);

/** What is recorded in a folder, if recordings are there, in a fixed order. */
function recorded(folder: string): string[] {
  const place = new URL(`${folder}/`, RECORDINGS);
  if (!existsSync(place)) return [];
  return readdirSync(place)
    .sort()
    .map((name) => readFileSync(new URL(name, place), "latin1"))
    .filter((text) => text.length < 20_000);
}

const completions = recorded("response/completions");

export const DOCUMENTS: string[] = [
  '{"model":"gpt-4o","messages":[{"role":"user","content":"Say hello."}]}',
  '{"model":"gpt-4o","stream":true,"messages":[{"role":"user","content":[{"type":"text","text":"☺"}]}]}',
  '{"stream_options":{"include_usage":false},"stream":true,"n":3,"max_tokens":5}',
  '{"stream":true,"stream_options":{"include_usage":true}}',
  '{"choices":[{"index":0,"message":{"content":"hi"}}],"usage":{"prompt_tokens":9,"completion_tokens":3}}',
  '{"error":{"message":"no"}}',
  '{"model":"llama","messages":[{"content":[{"type":"image_url","image_url":{"url":"data:image/jpeg;base64,/9j/wAARCABGACEDASIA","detail":"high"}},' +
    '{"type":"input_audio","input_audio":{"data":"UklGRlwEAABXQVZF"}},{"type":"text","text":"\\u00e9\\ud83d"}],"role":"user"}],' +
    '"tools":[{"type":"function","function":{"name":"f","parameters":{"properties":{"a":{"anyOf":[{"type":["string","null"]}]}}}}}]}',
  "",
  "{}",
  ...recorded("requests/completions"),
  ...completions.filter((text) => text.startsWith("{")),
];

export const STREAMS: string[] = [
  chatStream(),
  chatStream({ reports: true }),
  chatStream({ reports: true, newline: "\r\n" }),
  chatStream({ reports: true, newline: "\r", done: false }),
  `${String.fromCharCode(0xfeff)}: hi\n\nevent: error\ndata: {"error":{}}\n\n`,
  ...completions.filter((text) => text.startsWith("data:")),
];

export const PATHS = [
  "/v1/chat/completions",
  "/v1/chat/completions?a=b",
  "/chat/completions",
  "/other",
  "",
  "?",
  "/v1/chat/completions/",
];

export const TYPES = ["application/json", "application/json; charset=utf-8", "text/event-stream", "text/plain", ""];

export const HEADERS = [
  "content-encoding",
  "accept-encoding",
  "authorization",
  "x-consumer",
  "content-length",
  "x-api-key",
];

const consumer = [{ header: "x-consumer" }, { credential: true }, { clientAddress: true }];

export const CONFIGURATIONS: string[] = [
  {},
  { holdHeaders: true, consumer },
  { consumer, maxRequestBytes: 60, maxResponseBytes: 100 },
  { processors: [{ type: "accessControl", default: "deny", rules: [{ action: "allow", models: ["gpt-4*"] }] }] },
  { processors: [{ type: "tokenCount" }] },
  {
    processors: [
      { type: "tokenCount", maxInputTokens: 40 },
      { type: "probe", at: "delta", afterBytes: 9, act: "endWithLength" },
    ],
  },
  { processors: [{ type: "accessControl", mode: "observe", rules: [{ action: "deny" }] }] },
  {
    processors: [
      { type: "accessControl", failureMode: "open", when: { models: ["gpt*"] }, rules: [{ action: "deny" }] },
    ],
  },
  { endStreams: "stop", processors: [{ type: "probe", at: "delta", afterBytes: 3, act: "endWithLength" }] },
  { endStreams: "drain", processors: [{ type: "probe", at: "delta", afterBytes: 4, act: "endWithContentFilter" }] },
  { processors: [{ type: "probe", at: "requestHeaders", act: "httpCall", onAnswer: "refuse", onFailure: "next" }] },
  { processors: [{ type: "probe", at: "requestHeaders", act: "grpcCall", onAnswer: "httpCall" }] },
  { holdHeaders: true, processors: [{ type: "probe", at: "request", act: "grpcCall", failureMode: "open" }] },
  { processors: [{ type: "probe", at: "request", act: "httpCall", onFailure: "refuse", seesAll: true }] },
  { processors: [{ type: "probe", at: "responseHeaders", act: "refuse" }, { type: "accessControl" }] },
  { processors: [{ type: "probe", at: "responseHeaders", act: "httpCall", seesAll: true }] },
  { processors: [{ type: "probe", at: "delta", act: "refuse" }] },
].map((configuration) => JSON.stringify(configuration));
