import { BufferType, Flag, MapType, Status } from "./abi.ts";
import type { Buffered, Context } from "./context.ts";
import { Direction } from "./direction.ts";
import type { Envoy } from "./envoy.ts";
import { HeaderMap } from "./header-map.ts";
import { Peer } from "./peer.ts";
import { RESET_BEFORE_HEADERS } from "./callouts.ts";
import type { Plugin } from "./plugin.ts";
import { propertyOf } from "./properties.ts";

export interface StreamOptions {
  /** The plugin that the filter chain names; the last added unless given. */
  plugin?: Plugin;
  /** `allow_on_headers_stop_iteration`. */
  flag?: boolean;
  /** `per_connection_buffer_limit_bytes`. */
  bufferLimit?: number;
  /** Properties by their path, joined by dots; 64-bit integers as bigint. */
  properties?: Record<string, string | bigint>;
  /** `upstream`: an upstream HTTP filter, which is told of no access log. */
  role?: "gateway" | "upstream";
  /** Whether messages may be sent whose length is not what their headers say. */
  isLenient?: boolean;
}

const MEBIBYTE = 1 << 20;

/** One HTTP exchange on its way through the filter, led as Envoy's filter manager leads it. */
export class Stream implements Context {
  readonly id: number;
  readonly upstream: Peer;
  readonly client: Peer;
  /** What the filter has set, as an access log written now would show it. */
  readonly state = new Map<string, string>();
  /** The names of what the filter has set, each as often as it was set. */
  readonly settings: string[] = [];
  readonly rootId: number;
  /** `response.code_details`. */
  details = "";
  /** `response.flags`. */
  flags = 0;
  readonly #request: Direction;
  readonly #response: Direction;
  readonly #properties: Record<string, string | bigint>;
  readonly #role: "gateway" | "upstream";
  /** Callbacks of this stream that are running. */
  #depth = 0;
  /** A local reply that is given when the callback has returned. */
  #readyReply: (() => void) | undefined;
  #hasReplied = false;
  #isLogging = false;
  #isEnding = false;
  #isOver = false;

  constructor(
    private readonly envoy: Envoy,
    options: StreamOptions,
  ) {
    this.id = envoy.nextId();
    this.rootId = (options.plugin ?? envoy.plugin).id;
    this.upstream = new Peer("upstream", options.isLenient);
    this.client = new Peer("client", options.isLenient);
    this.#properties = options.properties ?? {};
    this.#role = options.role ?? "gateway";
    const { flag = true, bufferLimit = MEBIBYTE } = options;
    const call = (name: string, ...args: number[]): number | undefined => this.call(name, ...args);
    this.#request = new Direction(
      { name: "request", call },
      {
        headers: (headers, isLast) => this.upstream.takeHeaders(headers, isLast),
        data: (bytes, isLast) => this.upstream.takeData(bytes, isLast),
        trailers: (trailers) => this.upstream.takeTrailers(trailers),
        tooLarge: () => this.answerLocally(413, "request_payload_too_large", "Payload Too Large"),
      },
      flag,
      bufferLimit,
    );
    this.#response = new Direction(
      { name: "response", call },
      {
        headers: (headers, isLast) => this.toClient(() => this.client.takeHeaders(headers, isLast), isLast),
        data: (bytes, isLast) => this.toClient(() => this.client.takeData(bytes, isLast), isLast),
        trailers: (trailers) => this.toClient(() => this.client.takeTrailers(trailers), true),
        tooLarge: () => this.answerLocally(500, "response_payload_too_large", "Internal Server Error"),
      },
      flag,
      bufferLimit,
    );
  }

  /** Whether the proxy has deleted it. */
  get isOver(): boolean {
    return this.#isOver;
  }

  // ---- what the client and the upstream do -----------------------------------------------------------------------------------

  requestHeaders(headers: HeaderMap | Record<string, string>, isLast = false): void {
    if (this.#isOver || this.#request.hasBegun) return;
    this.envoy.streams.set(this.id, this);
    this.envoy.trace.names.set(this.id, "stream");
    this.envoy.callback("proxy_on_context_create", this.id, this.rootId);
    this.#request.headers(toMap(headers), isLast);
  }

  requestBody(bytes: Uint8Array | string, isLast = false): void {
    if (!this.isLive) return;
    this.#request.data(Buffer.from(bytes), isLast);
  }

  requestTrailers(trailers: HeaderMap | Record<string, string>): void {
    if (this.isLive) this.#request.trailers(toMap(trailers));
  }

  /** The upstream answers; only what it was given headers of can it answer. */
  responseHeaders(headers: HeaderMap | Record<string, string>, isLast = false): void {
    if (!this.canAnswer || this.#response.hasBegun) return;
    this.details = "via_upstream";
    this.#response.headers(toMap(headers), isLast);
  }

  responseBody(bytes: Uint8Array | string, isLast = false): void {
    if (this.canAnswer) this.#response.data(Buffer.from(bytes), isLast);
  }

  responseTrailers(trailers: HeaderMap | Record<string, string>): void {
    if (this.canAnswer) this.#response.trailers(toMap(trailers));
  }

  /** The client goes away. */
  clientReset(): void {
    if (!this.isLive) return;
    this.envoy.trace.note("the client goes away");
    this.details = "downstream_remote_disconnect";
    this.flags |= Flag.downstreamConnectionTermination;
    this.resetPeers();
    this.end();
  }

  /** The upstream resets: the client gets a 503 if the answer has not begun. */
  upstreamReset(): void {
    if (!this.canAnswer || this.#response.hasEnded) return;
    this.envoy.trace.note("the upstream resets");
    this.flags |= Flag.upstreamConnectionTermination;
    this.upstream.reset();
    if (!this.#response.hasBegun)
      return this.answerLocally(
        503,
        "upstream_reset_before_response_started{connection_termination}",
        `${RESET_BEFORE_HEADERS}connection termination`,
      );
    this.flags ^= Flag.upstreamConnectionTermination | Flag.upstreamProtocolError;
    this.details = "upstream_reset_after_response_started{protocol_error}";
    this.resetPeers();
    this.end();
  }

  /** The route's timeout is over before an answer has begun; in the middle of one it is reset. */
  upstreamTimeout(): void {
    if (!this.canAnswer || this.#response.hasEnded) return;
    this.envoy.trace.note("the route's timeout is over");
    this.flags |= Flag.upstreamRequestTimeout;
    this.upstream.reset();
    if (!this.#response.hasBegun) return this.answerLocally(504, "response_timeout", "upstream request timeout");
    this.details = "response_timeout";
    this.resetPeers();
    this.end();
  }

  /** Nothing has happened for the stream's idle timeout. */
  idleTimeout(): void {
    if (!this.isLive) return;
    this.envoy.trace.note("the stream's idle timeout is over");
    this.flags |= Flag.streamIdleTimeout;
    this.answerLocally(this.#request.hasEnded ? 504 : 408, "stream_idle_timeout", "stream timeout");
  }

  private get isLive(): boolean {
    return !this.#isOver && !this.#isEnding && this.#request.hasBegun;
  }

  private get canAnswer(): boolean {
    return this.isLive && !this.#hasReplied && this.upstream.headers !== undefined;
  }

  // ---- callbacks -------------------------------------------------------------------------------------------------------------

  private call(name: string, ...args: number[]): number | undefined {
    if (this.#isOver || this.#isEnding) return undefined;
    this.#depth++;
    const action = this.envoy.callback(`proxy_on_${name}`, this.id, ...args);
    this.#depth--;
    if (this.#depth === 0) this.giveReadyReply();
    if (this.#isEnding) this.finishEnding();
    return this.#isOver ? undefined : action;
  }

  private giveReadyReply(): void {
    const [give, { details }] = [this.#readyReply, this];
    if (!give) return;
    this.#readyReply = undefined;
    give();
    if (details !== "") this.details = details;
  }

  private toClient(give: () => void, isLast: boolean): void {
    give();
    if (!isLast) return;
    // An answer that ends before its request ends the request, too.
    if (this.upstream.end === "open") this.upstream.reset();
    this.end();
  }

  /** The exchange is over; the last callbacks come when none of the stream is running any more. */
  private end(): void {
    if (this.#isEnding || this.#isOver) return;
    this.#isEnding = true;
    this.#request.abort();
    this.#response.abort();
    this.finishEnding();
  }

  private finishEnding(): void {
    if (this.#depth > 0 || this.#isOver) return;
    this.#isOver = true;
    this.#isLogging = true;
    if (this.#role === "gateway") this.envoy.callback("proxy_on_log", this.id);
    this.#isLogging = false;
    this.envoy.callback("proxy_on_done", this.id);
    this.envoy.callback("proxy_on_delete", this.id);
    this.envoy.forgetStream(this.id);
  }

  private resetPeers(): void {
    if (this.upstream.headers) this.upstream.reset();
    this.client.reset();
  }

  // ---- local replies ---------------------------------------------------------------------------------------------------------

  /** Envoy itself answers, or the filter does: through the filter's own response callbacks, unless an answer has begun. */
  private answerLocally(
    status: number,
    details: string,
    text: string | Buffer,
    more: HeaderMap = new HeaderMap(),
  ): void {
    if (this.#isOver) return;
    // A second answer is not given, but said to have been.
    if (this.#isEnding) return void (this.details = details);
    if (this.client.headers) {
      this.details = details;
      this.resetPeers();
      return this.end();
    }
    this.#hasReplied = true;
    this.details = details;
    const body = Buffer.from(text);
    const headers = new HeaderMap([[":status", String(status)], ...more]);
    if (body.length > 0) headers.set("content-length", String(body.length));
    if (body.length > 0 && !headers.has("content-type")) headers.set("content-type", "text/plain");
    this.#request.abort();
    if (this.upstream.headers) this.upstream.reset();
    if (this.#response.hasBegun) {
      this.#response.abort();
      return this.toClient(() => {
        this.client.takeHeaders(headers, body.length === 0);
        if (body.length > 0) this.client.takeData(body, true);
      }, true);
    }
    this.#response.headers(headers, body.length === 0);
    if (body.length > 0) this.#response.data(body, true);
  }

  // ---- what host calls ask ---------------------------------------------------------------------------------------------------

  get areHeadersReadOnly(): boolean {
    return this.#isLogging;
  }

  headers(type: number): HeaderMap | undefined {
    switch (type) {
      case MapType.RequestHeaders:
        return this.#isLogging ? this.#request.lastHeaders?.copy() : this.#request.changeableHeaders;
      case MapType.RequestTrailers:
        return this.#request.changeableTrailers;
      case MapType.ResponseHeaders:
        return this.#isLogging ? this.#response.lastHeaders?.copy() : this.#response.changeableHeaders;
      case MapType.ResponseTrailers:
        return this.#response.changeableTrailers;
      default:
        return this.envoy.callouts.headersOf(type);
    }
  }

  buffer(type: number): Buffered | undefined {
    if (type === BufferType.RequestBody) return this.#request.buffer;
    if (type === BufferType.ResponseBody) return this.#response.buffer;
    return this.envoy.callouts.bufferOf(type);
  }

  hasBuffer(type: number): boolean {
    return this.canChange(type);
  }

  canChange(type: number): boolean {
    return type === BufferType.RequestBody || type === BufferType.ResponseBody;
  }

  property(path: string): Buffer | undefined {
    switch (path) {
      case "response.code_details":
        return this.details === "" ? undefined : Buffer.from(this.details);
      case "response.flags":
        return integer(BigInt(this.flags));
      case "response.code": {
        const status = this.#response.lastHeaders?.get(":status");
        return status === undefined ? undefined : integer(BigInt(status));
      }
      default: {
        const known = propertyOf(path, this.#request.lastHeaders, this.#response.lastHeaders, this.state);
        const value = this.#properties[path] ?? known;
        return typeof value === "bigint" ? integer(value) : value === undefined ? undefined : Buffer.from(value);
      }
    }
  }

  setFilterState(name: string, value: string): boolean {
    this.state.set(name, value);
    this.settings.push(name);
    return true;
  }

  reply(status: number, details: string, headers: HeaderMap, body: Buffer): number {
    const answer = () => this.answerLocally(status, details, body, headers);
    if (this.envoy.nestsReplies) {
      if (this.#isOver || this.#isEnding) return Status.BadArgument;
      answer();
      return Status.Ok;
    }
    this.envoy.afterCallback(() => {
      // While the request's filters run the answer is only made ready, and a second one is not given, but said to have been.
      if (this.#readyReply) this.details = details;
      else if (this.#depth > 0 && !this.#response.hasBegun) this.#readyReply = answer;
      else answer();
    });
    return Status.Ok;
  }

  resume(isResponse: boolean): number {
    this.envoy.afterCallback(() => (isResponse ? this.#response : this.#request).resume());
    return Status.Ok;
  }

  close(isResponse: boolean): number {
    this.envoy.afterCallback(() => {
      if (this.#isOver || this.#isEnding) return;
      if (!isResponse) this.details = "wasm_close_stream";
      this.resetPeers();
      this.end();
    });
    return Status.Ok;
  }
}

function toMap(headers: HeaderMap | Record<string, string>): HeaderMap {
  return headers instanceof HeaderMap ? headers.copy() : new HeaderMap(headers);
}

function integer(value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64LE(value);
  return bytes;
}
