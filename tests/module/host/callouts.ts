import { BufferType, MapType } from "./abi.ts";
import type { Buffered, Context } from "./context.ts";
import type { Envoy } from "./envoy.ts";
import { HeaderMap } from "./header-map.ts";

/** A call that the module has started and that is not answered. */
export interface Callout {
  readonly kind: "http" | "grpc";
  /** The host's id; kinds count apart. */
  readonly id: number;
  readonly cluster: string;
  /** `service/method` of a gRPC call. */
  readonly path: string;
  readonly headers: HeaderMap;
  readonly body: Buffer;
  readonly timeoutMs: number;
  /** The virtual time at which it is out of time. */
  readonly endsAt: bigint;
  /** The context that started it, and the plugin that is told of the answer. */
  readonly contextId: number;
  readonly rootId: number;
}

/** How Envoy begins to say that an upstream gave no answer. */
export const RESET_BEFORE_HEADERS = "upstream connect error or disconnect/reset before headers. reset reason: ";

/** The gRPC status of a call that got no answer in time. */
export const DEADLINE_EXCEEDED = 4;
export const UNAVAILABLE = 14;

/** An id says the kind in its last two bits. */
const STEP = 4;

/** The module's callouts. Envoy tells the plugin of an answer, not the stream: seen on 1.40. */
export class Callouts {
  readonly open: Callout[] = [];
  /** Clusters that exist. */
  readonly clusters = new Set(["probe"]);
  #lastHttp = 0;
  #lastGrpc = 1;
  #headers: HeaderMap | undefined;
  #body: { type: number; buffer: Buffered } | undefined;

  constructor(private readonly envoy: Envoy) {}

  startHttp(from: Context, cluster: string, headers: HeaderMap, body: Buffer, timeoutMs: number): Callout | null {
    const isWhole = headers.has(":method") && headers.has(":path") && headers.has(":authority");
    if (!isWhole || !this.clusters.has(cluster)) return null;
    return this.start(
      "http",
      (this.#lastHttp += STEP),
      from,
      cluster,
      headers.get(":path") ?? "",
      headers,
      body,
      timeoutMs,
    );
  }

  startGrpc(from: Context, cluster: string, path: string, message: Buffer, timeoutMs: number): Callout | null {
    if (!this.clusters.has(cluster)) return null;
    return this.start("grpc", (this.#lastGrpc += STEP), from, cluster, path, new HeaderMap(), message, timeoutMs);
  }

  private start(
    kind: Callout["kind"],
    id: number,
    from: Context,
    cluster: string,
    path: string,
    headers: HeaderMap,
    body: Buffer,
    timeoutMs: number,
  ): Callout {
    const { id: contextId, rootId } = from;
    const endsAt = this.envoy.nowNanoseconds + BigInt(timeoutMs) * 1_000_000n;
    const call: Callout = { kind, id, cluster, path, headers, body, timeoutMs, endsAt, contextId, rootId };
    this.open.push(call);
    this.envoy.trace.call(`${kind} call ${cluster} ${path} ${this.envoy.trace.bytes(body)}`);
    return call;
  }

  cancel(id: number): boolean {
    return this.take(id) !== undefined;
  }

  /** The oldest open call; an error if there is none. */
  get first(): Callout {
    const [call] = this.open;
    if (!call) throw new Error("There is no open callout.");
    return call;
  }

  /** The call is answered over HTTP; a failure that Envoy makes up is an answer too. */
  answerHttp(call: Callout, status: number, body: string | Buffer = "", headers: Record<string, string> = {}): void {
    if (!this.take(call.id)) return;
    const bytes = Buffer.from(body);
    this.#headers = new HeaderMap({ ":status": String(status), ...headers });
    this.#body = { type: BufferType.HttpCallBody, buffer: { bytes } };
    this.envoy.callback("proxy_on_http_call_response", call.rootId, call.id, this.#headers.size, bytes.length, 0);
    this.forget();
  }

  /** No answer came in time: Envoy answers the module with a 504. */
  timeOutHttp(call: Callout): void {
    this.answerHttp(call, 504, "upstream request timeout", { "content-type": "text/plain" });
  }

  /** A gRPC call is answered with a message. */
  answerGrpc(call: Callout, message: string | Buffer): void {
    if (!this.take(call.id)) return;
    const bytes = Buffer.from(message);
    this.#body = { type: BufferType.GrpcMessage, buffer: { bytes } };
    this.envoy.callback("proxy_on_grpc_receive", call.rootId, call.id, bytes.length);
    this.forget();
  }

  /** A gRPC call ends without a message. */
  closeGrpc(call: Callout, code: number, message = ""): void {
    if (!this.take(call.id)) return;
    this.envoy.calloutStatus = { code, message };
    this.envoy.callback("proxy_on_grpc_close", call.rootId, call.id, code);
    this.envoy.calloutStatus = { code: 0, message: "" };
  }

  /** There is no connection, or it breaks: Envoy answers an HTTP call with a 503, and closes a gRPC call. */
  fail(call: Callout, reason: "connection termination" | "remote connection failure"): void {
    const text = `${RESET_BEFORE_HEADERS}${reason}`;
    if (call.kind === "http") this.answerHttp(call, 503, text, { "content-type": "text/plain" });
    else this.closeGrpc(call, UNAVAILABLE, text);
  }

  /** Ends the calls whose time is over. */
  endOverdue(): void {
    for (const call of this.open.filter(({ endsAt }) => endsAt <= this.envoy.nowNanoseconds)) this.timeOut(call);
  }

  /** The plugin is deleted: nobody is told any more. */
  forgetPlugin(rootId: number): void {
    for (const call of this.open.filter((one) => one.rootId === rootId)) this.cancel(call.id);
  }

  /** The call ends in the way its kind does when time is over. */
  timeOut(call: Callout): void {
    if (call.kind === "http") this.timeOutHttp(call);
    else this.closeGrpc(call, DEADLINE_EXCEEDED, "deadline exceeded");
  }

  /** The call is answered in the way of its kind. */
  answer(call: Callout, body: string): void {
    if (call.kind === "http") this.answerHttp(call, 200, body);
    else this.answerGrpc(call, body);
  }

  /** What a plugin sees of the answer whose callback is running. */
  headersOf(type: number): HeaderMap | undefined {
    return type === MapType.HttpCallHeaders ? this.#headers : undefined;
  }

  bufferOf(type: number): Buffered | undefined {
    return this.#body?.type === type ? this.#body.buffer : undefined;
  }

  private forget(): void {
    this.#headers = undefined;
    this.#body = undefined;
  }

  private take(id: number): Callout | undefined {
    const at = this.open.findIndex((call) => call.id === id);
    return at < 0 ? undefined : this.open.splice(at, 1)[0];
  }
}
