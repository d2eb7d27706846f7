import assert from "node:assert/strict";
import { Envoy, type LogLine } from "./envoy.ts";
import { HeaderMap } from "./header-map.ts";
import { type Entry, moduleOf, type Variant, VARIANTS } from "./modules.ts";
import type { Peer } from "./peer.ts";
import { pieces } from "./cuts.ts";
import type { Stream, StreamOptions } from "./stream.ts";

/** One message of an exchange. */
export interface Message {
  headers?: Record<string, string>;
  /** An object is sent as JSON. */
  body?: string | Buffer | object;
  /** Where the body is cut into pieces. */
  cut?: readonly number[];
  trailers?: Record<string, string>;
  /** Whether the end comes with the last piece, or after it on its own, as it mostly does. */
  end?: "withLastPiece" | "alone";
}

export interface Request extends Message {
  method?: string;
  path?: string;
}

export interface Response extends Message {
  status?: number;
}

/** What breaks the exchange off, and when. */
export interface Breakoff {
  by: "client" | "upstream" | "timeout" | "idle";
  /** `request`: in the middle of the request's body. `headers`: before the answer. A number: after so many pieces of the answer. */
  at: "request" | "answer" | number;
}

/** One exchange, or what is to be seen of the ordinary chat completion that it is unless something is said. */
export interface Plan extends StreamOptions {
  config?: unknown;
  request?: Request;
  response?: Response;
  breakoff?: Breakoff;
  /** The builds; all of them, which must do the same, unless given. */
  variant?: Variant;
  /** A VM that has seen nothing yet. */
  fresh?: boolean;
  /** Whether what happened is written down. */
  trace?: boolean;
  /** Milliseconds that pass before each piece of the answer. */
  pace?: number;
  /** Called when the request has been sent, before the answer: for callouts and for time. */
  between?: (envoy: Envoy, stream: Stream) => void;
}

/** A message as it was received. */
export interface Received {
  headers: Record<string, string> | null;
  body: string;
  trailers: Record<string, string> | null;
  end: Peer["end"];
}

/** What is to be seen of an exchange from outside of the module. */
export interface Seen {
  status: number;
  client: Received;
  upstream: Received;
  /** Filter state as the access log shows it. */
  state: Record<string, string>;
  /** What was added to metrics: numbers for counters, lists for histograms. */
  metrics: Record<string, number | number[]>;
  logs: LogLine[];
  details: string;
  trace: string[];
}

export const PATH = "/v1/chat/completions";

/** A question that every test may ask. */
export const QUESTION = { model: "gpt-4o", messages: [{ role: "user", content: "Say hello." }] };

export const ANSWER = {
  id: "chatcmpl-1",
  object: "chat.completion",
  created: 1700000000,
  model: "gpt-4o-2024-08-06",
  choices: [{ index: 0, message: { role: "assistant", content: "Hello!", refusal: null }, finish_reason: "stop" }],
  usage: { prompt_tokens: 9, completion_tokens: 3, total_tokens: 12 },
};

/**
 * Runs an exchange on all builds, or on the one that is named, and gives what was seen; the builds must do the same.
 *
 * Under the checked build local replies are nested in the host call, as they are not in Envoy 1.40: a difference that the module
 * must not make anything of. Where a trace is asked for they are not, for it shows the order.
 */
export async function exchange(plan: Plan = {}): Promise<Seen> {
  const variants = plan.variant ? [plan.variant] : VARIANTS;
  let first: Seen | undefined;
  for (const variant of variants) {
    const seen = run(await vm(variant, plan), plan);
    first ??= seen;
    assert.deepEqual(seen, first, `the ${variant} build does something else`);
  }
  return first as Seen;
}

const running = new Map<string, Envoy>();

/** A VM for a plan: the one that ran the last exchange with this configuration, unless a fresh one is asked for. */
async function vm(variant: Variant, plan: Plan): Promise<Envoy> {
  const configuration = plan.config ?? {};
  const text = typeof configuration === "string" ? configuration : JSON.stringify(configuration);
  const module = await moduleOf(variant, entryOf(text));
  const options = { nestsReplies: variant === "checked" && !plan.trace };
  if (plan.fresh) return Envoy.start(module, configuration, options);
  const key = `${variant} ${options.nestsReplies} ${text}`;
  let envoy = running.get(key);
  if (!envoy) {
    envoy = Envoy.start(module, configuration, options);
    running.set(key, envoy);
  }
  return envoy;
}

/** The module that knows the processors of a configuration. */
export function entryOf(configuration: string): Entry {
  return /"type":\s*"probe"/.test(configuration) ? "probe" : "filter";
}

/** Runs one exchange in a VM. */
export function run(envoy: Envoy, plan: Plan): Seen {
  const metrics = envoy.metrics.snapshot();
  const logs = envoy.logs.length;
  const misuses = envoy.misuses.length;
  const traced = envoy.trace.lines.length;
  envoy.trace.isOn = plan.trace ?? false;
  const stream = envoy.openStream(plan);
  drive(envoy, stream, plan);
  envoy.trace.isOn = false;
  assert.deepEqual(envoy.misuses.slice(misuses), [], "the module makes calls that it must not");
  return {
    status: stream.client.status,
    client: received(stream.client),
    upstream: received(stream.upstream),
    state: Object.fromEntries(stream.state),
    metrics: envoy.metrics.since(metrics),
    logs: envoy.logs.slice(logs),
    details: stream.details,
    trace: envoy.trace.lines.slice(traced),
  };
}

function drive(envoy: Envoy, stream: Stream, plan: Plan): void {
  const { breakoff } = plan;
  const breakOff = (): void => {
    if (breakoff?.by === "client") stream.clientReset();
    else if (breakoff?.by === "upstream") stream.upstreamReset();
    else if (breakoff?.by === "timeout") stream.upstreamTimeout();
    else stream.idleTimeout();
  };
  if (!sendRequest(stream, plan.request ?? {}, breakoff?.at === "request")) return breakOff();
  plan.between?.(envoy, stream);
  if (breakoff?.at === "answer") return breakOff();
  const response = plan.response ?? {};
  const body = bytesOf(response.body ?? (response.status === 204 ? "" : ANSWER));
  const headers = new HeaderMap({ ":status": String(response.status ?? 200) });
  const type = body
    .subarray(0, 6)
    .toString()
    .match(/^(data|event|:|\r|\n|\uFEFF|id)/)
    ? "text/event-stream"
    : "application/json";
  for (const [name, value] of Object.entries(response.headers ?? { "content-type": type })) headers.set(name, value);
  const chunks = pieces(body, response.cut ?? []);
  const isBodiless = body.length === 0 && !response.trailers && response.end !== "alone";
  stream.responseHeaders(headers, isBodiless);
  if (isBodiless) return;
  for (const [i, chunk] of chunks.entries()) {
    if (breakoff?.at === i) return breakOff();
    if (plan.pace) envoy.advance(plan.pace);
    stream.responseBody(chunk, i === chunks.length - 1 && response.end === "withLastPiece" && !response.trailers);
  }
  if (typeof breakoff?.at === "number") return breakOff();
  if (response.trailers) stream.responseTrailers(response.trailers);
  else stream.responseBody("", true);
}

/** Sends the request; false if it is to break off in the middle. */
function sendRequest(stream: Stream, request: Request, breaks: boolean): boolean {
  const { method = "POST", path = PATH } = request;
  const body = bytesOf(request.body ?? (method === "POST" ? QUESTION : ""));
  const headers = new HeaderMap({
    ":method": method,
    ":path": path,
    ":scheme": "http",
    ":authority": "api.example.com",
  });
  if (body.length > 0) headers.set("content-type", "application/json");
  if (body.length > 0 && !request.trailers) headers.set("content-length", String(body.length));
  for (const [name, value] of Object.entries(request.headers ?? {})) headers.set(name, value);
  const isBodiless = body.length === 0 && !request.trailers && request.end !== "alone";
  stream.requestHeaders(headers, isBodiless && !breaks);
  if (isBodiless) return !breaks;
  const chunks = pieces(body, request.cut ?? []);
  for (const [i, chunk] of chunks.entries()) {
    if (breaks && i === chunks.length - 1) return false;
    stream.requestBody(chunk, i === chunks.length - 1 && request.end === "withLastPiece" && !request.trailers);
  }
  if (request.trailers) stream.requestTrailers(request.trailers);
  else stream.requestBody("", true);
  return true;
}

function bytesOf(body: string | Buffer | object): Buffer {
  return Buffer.from(body instanceof Buffer || typeof body === "string" ? body : JSON.stringify(body));
}

function received(peer: Peer): Received {
  // Latin-1 keeps every byte apart.
  return {
    headers: peer.headers ? Object.fromEntries(peer.headers) : null,
    body: peer.body.toString("latin1"),
    trailers: peer.trailers ? Object.fromEntries(peer.trailers) : null,
    end: peer.end,
  };
}
