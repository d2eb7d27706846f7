/** What one request of the benchmark asks for and gets. */
export interface Work {
  name: string;
  title: string;
  /** The body that the client sends. */
  request: Buffer;
  /** The parts of the provider's answer; with and without the usage that `include_usage` asks for. */
  answer: { plain: Buffer[]; withUsage: Buffer[] };
  /** What the client must receive. */
  expected: Buffer;
  /** How many events of a stream the provider sends with one write, each in an HTTP chunk of its own. */
  eventsPerWrite: number;
  connections: number;
  /** Requests on each connection in one measured turn. */
  requests: number;
  /** The most that Weir's addition may be, in parts of the C++ filter's. */
  target: number;
}

/**
 * The time between two writes of one stream. It is what makes streams comparable: every write reaches Envoy alone. Were
 * the provider to write as fast as it can, a slower filter would be given more events at once, and look faster for it.
 */
export const TICK_MS = 2;

const MODEL = "gpt-4o-mini";
const HEAD = { id: "chatcmpl-bench0123456789abcdefghijkl", created: 1_700_000_000, model: MODEL };
const USAGE = { prompt_tokens: 201, completion_tokens: 100, total_tokens: 301 };

/** Every work, in the order of the report. */
export function allWorks(): Work[] {
  const whole = { connections: 8, eventsPerWrite: 1 };
  const batches = { connections: 16, eventsPerWrite: 10, target: 0.25 };
  const apart = { connections: 32, eventsPerWrite: 1, requests: 1, target: 0.25 };
  return [
    { ...whole, ...wholeChat(1024), name: "chat1k", title: "chat of 1 KB", requests: 100, target: 1 },
    { ...whole, ...wholeChat(16 * 1024), name: "chat16k", title: "chat of 16 KB", requests: 60, target: 0.75 },
    { ...batches, ...streamedChat(100, false), name: "stream100", title: "stream of 100", requests: 4 },
    { ...batches, ...streamedChat(1000, false), name: "stream1000", title: "stream of 1,000", requests: 1 },
    {
      ...batches,
      ...streamedChat(100, true),
      name: "stream100-usage",
      title: "stream of 100, usage asked",
      requests: 4,
    },
    { ...apart, ...streamedChat(100, false), name: "apart100", title: "stream of 100, events apart" },
    { ...apart, ...streamedChat(100, true), name: "apart100-usage", title: "the same, usage asked" },
  ];
}

/** The difference between a stream and an answer that is whole. */
export function isStream(work: Work): boolean {
  return work.answer.plain.length > 1;
}

function wholeChat(requestBytes: number): Pick<Work, "request" | "answer" | "expected"> {
  const answer = (content: string): string =>
    JSON.stringify({
      ...HEAD,
      object: "chat.completion",
      choices: [
        {
          index: 0,
          message: { role: "assistant", content, refusal: null, annotations: [] },
          logprobs: null,
          finish_reason: "stop",
        },
      ],
      usage: USAGE,
      service_tier: "default",
      system_fingerprint: null,
    });
  const body = Buffer.from(answer(prose(1024 - answer("").length)));
  return { request: chatRequest(requestBytes, {}), answer: { plain: [body], withUsage: [body] }, expected: body };
}

function streamedChat(events: number, asksForUsage: boolean): Pick<Work, "request" | "answer" | "expected"> {
  const options = asksForUsage ? { stream: true, stream_options: { include_usage: true } } : { stream: true };
  const plain = streamEvents(events, false);
  const withUsage = streamEvents(events, true);
  return {
    request: chatRequest(1024, options),
    answer: { plain, withUsage },
    expected: Buffer.concat(asksForUsage ? withUsage : plain),
  };
}

/** A request body of exactly `bytes` bytes, most of it the last message's text. */
function chatRequest(bytes: number, options: object): Buffer {
  const body = (text: string): string =>
    JSON.stringify({
      model: MODEL,
      messages: [
        { role: "system", content: "You are a helpful assistant. Answer briefly." },
        { role: "user", content: text },
      ],
      temperature: 0.7,
      max_tokens: 512,
      ...options,
    });
  return Buffer.from(body(prose(bytes - body("").length)));
}

/** The events of a stream, `count` of them before `[DONE]` and the report of usage, each of about 330 bytes. */
function streamEvents(count: number, withUsage: boolean): Buffer[] {
  const event = (delta: object, finish: string | null): Buffer => {
    const choices = [{ index: 0, delta, logprobs: null, finish_reason: finish }];
    return sseEvent({ ...chunkHead(), choices, ...(withUsage ? { usage: null } : {}) });
  };
  const events = [event({ role: "assistant", content: "", refusal: null }, null)];
  for (let i = 2; i < count; i++) events.push(event({ content: ` ${prose(60).slice(i % 7)}` }, null));
  events.push(event({}, "stop"));
  if (withUsage) events.push(sseEvent({ ...chunkHead(), choices: [], usage: USAGE }));
  events.push(Buffer.from("data: [DONE]\n\n"));
  return events;
}

function chunkHead(): object {
  return { ...HEAD, object: "chat.completion.chunk", service_tier: "default", system_fingerprint: "fp_bench00000" };
}

function sseEvent(data: object): Buffer {
  return Buffer.from(`data: ${JSON.stringify(data)}\n\n`);
}

/** `length` characters that look like text: words, punctuation, and now and then an escape. */
function prose(length: number): string {
  const sentence = 'A weir measures a stream and "regulates" it, every hour of day or night.\n';
  // An escaped character takes two bytes of JSON.
  let text = "";
  let bytes = 0;
  for (let i = 0; bytes < length; i++) {
    const next = sentence.charAt(i % sentence.length);
    const size = JSON.stringify(next).length - 2;
    text += bytes + size > length ? "." : next;
    bytes += bytes + size > length ? 1 : size;
  }
  return text;
}
