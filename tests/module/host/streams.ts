/** The usage that every made-up stream reports. */
export const USAGE = {
  prompt_tokens: 19,
  completion_tokens: 10,
  total_tokens: 29,
  prompt_tokens_details: { cached_tokens: 4, audio_tokens: 2 },
  completion_tokens_details: { reasoning_tokens: 6, audio_tokens: 1 },
};

/** What distinguishes a made-up stream of a chat completion. */
export interface ChatStream {
  texts?: string[];
  /** As a provider streams that was asked for usage: `"usage":null` in every chunk, and one more chunk with the report. */
  reports?: boolean;
  /** Line end. */
  newline?: string;
  done?: boolean;
  /** Members of a chunk behind its usage. */
  tail?: string;
}

const HEAD = '"id":"chatcmpl-7","object":"chat.completion.chunk","created":1700000000,"model":"gpt-4o-2024-08-06"';

/** The stream of a chat completion, as OpenAI's reference shows it. */
export function chatStream(stream: ChatStream = {}): string {
  const { texts = ["Hel", "lo ☺", "!"], reports = false, done = true, tail = "" } = stream;
  const usage = reports ? ',"usage":null' : "";
  const deltas = [
    '{"role":"assistant","content":""}',
    ...texts.map((text) => `{"content":${JSON.stringify(text)}}`),
    "{}",
  ];
  const events = deltas.map((delta, i) => {
    const reason = i === deltas.length - 1 ? '"stop"' : "null";
    return `{${HEAD},"choices":[{"index":0,"delta":${delta},"finish_reason":${reason}}]${usage}${tail}}`;
  });
  if (reports) events.push(`{${HEAD},"choices":[],"usage":${JSON.stringify(USAGE)}${tail}}`);
  if (done) events.push("[DONE]");
  return asEvents(events, stream.newline);
}

/** One event per text. */
export function asEvents(events: readonly string[], newline = "\n"): string {
  return events.map((event) => `data: ${event}${newline}${newline}`).join("");
}
