import { Bytes } from "../bytes/bytes";
import { SharedData } from "./shared-data";

export { NO_VALUE, SharedValue } from "./shared-data";

/** A message's header map. */
export enum Headers {
  Request,
  Response,
}

/** One direction of an HTTP stream. */
export enum Direction {
  Request,
  Response,
}

/** How loud a log line is. */
export enum Level {
  Debug,
  Info,
  Warning,
  Error,
}

/** What a metric does with its numbers. */
export enum MetricKind {
  Counter,
  Gauge,
  Histogram,
}

/** Where the answer to a callout lies. */
export enum CalloutBody {
  Http,
  Grpc,
}

/** The handle of a callout that could not be started. */
export const NO_CALLOUT: u32 = 0;

/** The headers of one message as they are now, good until the proxy's callback returns. Asking many of them costs what one does. */
export abstract class HeaderList {
  /** The value of the header `name`, in lower case; several joined by commas; null if there is none. */
  abstract get(name: string): string | null;
}

/**
 * What a processor may ask of the proxy. Everything concerns the stream whose callback is running, where it concerns a stream.
 *
 * No method fails loudly: the proxy may have dropped the stream already, and a processor must not die of that.
 */
export abstract class Host extends SharedData {
  /** Nanoseconds since the Unix epoch. */
  abstract nowNanoseconds(): i64;
  /** 64 bits that nobody can guess. */
  abstract randomBits(): u64;
  /** Writes a line to the proxy's log. Never give it a prompt, an answer, a key or a personal datum: lengths and hashes instead. */
  abstract log(level: Level, text: string): void;

  /** All headers of a message: cheaper than `header` from the second on. */
  abstract headers(map: Headers): HeaderList;
  /** The value of a header, or null if the message has none of that name; several values come joined by commas. */
  abstract header(map: Headers, name: string): string | null;
  /** Sets a header, replacing all of its values. */
  abstract setHeader(map: Headers, name: string, value: string): void;
  /** Removes a header. */
  abstract removeHeader(map: Headers, name: string): void;

  /** The bytes of the body that the proxy holds now, at most `maxBytes`, kept for as long as the stream; null if there are none. */
  abstract body(direction: Direction, maxBytes: i32): Bytes | null;
  /** The bytes of the chunk that came now, good until the outermost callback returns; null if there are none. */
  abstract chunk(direction: Direction, maxBytes: i32): Bytes | null;
  /** Puts `bytes` in the place of all that the proxy holds now. */
  abstract replaceBody(direction: Direction, bytes: Bytes): void;
  /** Puts `bytes` before all that the proxy holds now. */
  abstract prependToBody(direction: Direction, bytes: Bytes): void;
  /** Frees what `body` returned before its stream ends; the bytes must not be used again. */
  abstract discard(bytes: Bytes): void;

  /** A property of the stream, such as `["source", "address"]`; null if it is unknown. */
  abstract property(path: string[]): string | null;
  /** A property that is a 64-bit integer, such as `["response", "flags"]`; `fallback` if it is unknown. */
  abstract integerProperty(path: string[], fallback: i64): i64;
  /** Sets filter state `wasm.<name>`, for access logs and later filters. */
  abstract setFilterState(name: string, value: string): void;

  /** Answers the request here: `headers` holds names and values in turn; `details` becomes `response.code_details`. */
  abstract reply(status: i32, headers: string[], body: Bytes, details: string): void;
  /** Lets a held direction go on. */
  abstract resume(direction: Direction): void;
  /** Resets the stream towards the client and the upstream. */
  abstract reset(): void;

  /** Makes the stream or plugin with this context id the one that the other methods are about, until the callback returns. */
  abstract select(contextId: u32): void;
  /** Asks for the plugin's tick every so many milliseconds; 0 stops it. */
  abstract tickEvery(ms: i64): void;

  /** Defines a metric; the same name gives a handle for the same metric. */
  abstract defineMetric(kind: MetricKind, name: string): u32;
  /** Adds to a counter or gauge. */
  abstract addMetric(metric: u32, by: i64): void;
  /** Records a histogram's value, or sets a gauge. */
  abstract recordMetric(metric: u32, value: u64): void;

  /**
   * Starts an HTTP call to a cluster. `headers` holds names and values in turn, `:method`, `:path` and `:authority` among them.
   * Returns the callout's handle, or `NO_CALLOUT` if the cluster is unknown or the call is refused at once.
   */
  abstract httpCall(cluster: string, headers: string[], body: Bytes, timeoutMs: u32): u32;
  /** Starts a unary gRPC call; as `httpCall`. `message` is a serialised protobuf message. */
  abstract grpcCall(cluster: string, service: string, method: string, message: Bytes, timeoutMs: u32): u32;
  /** The body or the message of the callout's answer whose callback is running; null if it has none. */
  abstract calloutBody(source: CalloutBody, maxBytes: i32): Bytes | null;
  /** A header of the callout's answer whose callback is running. */
  abstract calloutHeader(name: string): string | null;
}
