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
