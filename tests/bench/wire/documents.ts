import { EventStreamCodec } from "@smithy/core/event-streams";
import { fromUtf8, toUtf8 } from "@smithy/core/serde";
import { Random } from "../../fuzz/wire/random";

const WORDS = "the gateway counts tokens of each request and keeps what a team may spend in one window of time".split(
  " ",
);
const SPICE = ['"quoted"', "\n", "naïve", "日本語", "😀", "\t", "C:\\temp"];

/** A chat request of about `bytes` bytes: many messages, with escapes and characters of all lengths in their text. */
export function chatBody(bytes: number): string {
  const random = new Random(7);
  const messages: Array<{ role: string; content: string }> = [];
  for (let length = 0; length < bytes;) {
    const words: string[] = [];
    for (let n = 40 + random.below(160); n > 0; n--)
      words.push(random.oneIn(25) ? random.pick(SPICE) : random.pick(WORDS));
    const message = { role: random.pick(["system", "user", "assistant"]), content: words.join(" ") };
    messages.push(message);
    length += Buffer.byteLength(JSON.stringify(message)) + 1;
  }
  return JSON.stringify({ model: "gpt-4o-mini", stream: true, max_tokens: 800, messages });
}

/** A chunk of a streamed chat completion as OpenAI sends it, about 330 bytes. */
export function chatChunk(): string {
  return JSON.stringify({
    id: "chatcmpl-CZn2mQkVbTAbWxhcXr6hVdXK9Ef0i",
    object: "chat.completion.chunk",
    created: 1761800000,
    model: "gpt-4o-mini-2024-07-18",
    service_tier: "default",
    system_fingerprint: "fp_560af6e559",
    choices: [{ index: 0, delta: { content: " token" }, logprobs: null, finish_reason: null }],
    usage: null,
    obfuscation: "pT0Xh3vQ",
  });
}

/** Frames of a streamed answer of Bedrock's Converse, about 300 bytes each: padded, as Bedrock pads them against those who measure lengths. */
export function converseFrames(count: number): Buffer[] {
  const random = new Random(11);
  const codec = new EventStreamCodec(toUtf8, fromUtf8);
  const header = (value: string) => ({ type: "string" as const, value });
  return Array.from({ length: count }, () => {
    const words = Array.from({ length: 1 + random.below(24) }, () => random.pick(WORDS)).join(" ");
    const p = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ".slice(0, 1 + random.below(52));
    const headers = {
      ":event-type": header("contentBlockDelta"),
      ":content-type": header("application/json"),
      ":message-type": header("event"),
    };
    const body = fromUtf8(JSON.stringify({ contentBlockIndex: 0, delta: { text: ` ${words}` }, p }));
    return Buffer.from(codec.encode({ headers, body }));
  });
}
