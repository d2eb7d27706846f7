/**
 * How fast each dialect reads its streams: events as its provider sends them, in pieces of 16 KiB and of one event each, texts measured only.
 * Envoy's V8 runs without its baseline compiler, so run it as `tsx --no-liftoff tests/bench/dialects/index.ts`.
 */
import { materialOf } from "../../fuzz/dialects/material.ts";
import { AnswerType, Dialects } from "../../fuzz/dialects/module.ts";

const EVENTS = 300;
const ROUNDS = 9;
const ROUND_BYTES = 24 << 20;

const event = (data: { type: string }): string => `event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`;
const words = "the gateway counts what a team may spend in one window of time and ends a stream when it is over".split(
  " ",
);
const word = (i: number): string => ` ${words[i % words.length]}`;

/** Gemini sends a sentence or two at a time. */
const sentence = (i: number): string => Array.from({ length: 30 }, (_, k) => word(i * 7 + k)).join("");

/** An event in the middle of a stream, as it comes from the provider; dialects that are not here are not timed. */
const MIDDLES: Record<string, (i: number) => string> = {
  "openai-chat": (i) =>
    `data: ${JSON.stringify({
      id: "chatcmpl-CZn2mQkVbTAbWxhcXr6hVdXK9Ef0i",
      object: "chat.completion.chunk",
      created: 1761800000,
      model: "gpt-4o-mini-2024-07-18",
      service_tier: "default",
      system_fingerprint: "fp_560af6e559",
      choices: [{ index: 0, delta: { content: word(i) }, logprobs: null, finish_reason: null }],
      usage: null,
      obfuscation: "pT0Xh3vQ",
    })}\n\n`,
  "openai-completions": (i) =>
    `data: ${JSON.stringify({
      id: "cmpl-CZn2mQkVbTAbWxhcXr6hVdXK9Ef0i",
      object: "text_completion",
      created: 1761800000,
      choices: [{ text: word(i), index: 0, logprobs: null, finish_reason: null }],
      model: "gpt-3.5-turbo-instruct",
    })}\n\n`,
  "openai-responses": (i) =>
    event({
      type: "response.output_text.delta",
      ...{
        sequence_number: i + 4,
        item_id: "msg_0fd43e1b46691ead0069a89a21ea1c8199ae1962065e1d3995",
        output_index: 0,
        content_index: 0,
        delta: word(i),
        logprobs: [],
        obfuscation: "a1B2c3D4e5",
      },
    }),
  "openai-transcription": (i) => event({ type: "transcript.text.delta", ...{ delta: word(i) } }),
  "gemini-generate-content": (i) =>
    `data: ${JSON.stringify({
      candidates: [{ content: { parts: [{ text: sentence(i) }], role: "model" }, index: 0 }],
      usageMetadata: {
        promptTokenCount: 18,
        candidatesTokenCount: 3 * i,
        totalTokenCount: 18 + 3 * i,
        promptTokensDetails: [{ modality: "TEXT", tokenCount: 18 }],
      },
      modelVersion: "gemini-2.5-flash",
      responseId: "Zk0naNq3Ivejjss",
    })}\r\n\r\n`,
  "anthropic-messages": (i) =>
    event({ type: "content_block_delta", ...{ index: 0, delta: { type: "text_delta", text: word(i) + word(i * 7) } } }),
};

function median(list: number[]): number {
  return list.sort((a, b) => a - b)[list.length >> 1] ?? NaN;
}

/** Gigabytes per second, the median of the rounds. */
function speed(dialects: Dialects, dialect: number, stream: Buffer, piece: number, type: AnswerType): number {
  dialects.put(stream);
  const times = Math.ceil(ROUND_BYTES / stream.length);
  const samples: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const start = process.hrtime.bigint();
    if (dialects.exports.streamLoop(dialect, stream.length, type, piece, times) === 0n)
      throw new Error("nothing was read");
    samples.push((stream.length * times) / Number(process.hrtime.bigint() - start));
  }
  return median(samples);
}

const dialects = await Dialects.start("release");
console.log("stream of 300 events".padEnd(24), "bytes/event", "GB/s in 16 KiB", "GB/s by event");
for (const [dialect, name] of dialects.names().entries()) {
  const middle = MIDDLES[name];
  if (!middle) continue;
  const stream = Buffer.from(Array.from({ length: EVENTS }, (_, i) => middle(i)).join(""));
  const type = materialOf(name).type ?? AnswerType.Events;
  const bytes = Math.round(stream.length / EVENTS);
  const [large, small] = [16384, bytes].map((piece) => speed(dialects, dialect, stream, piece, type).toFixed(2));
  console.log(name.padEnd(24), String(bytes).padStart(11), String(large).padStart(14), String(small).padStart(13));
}
