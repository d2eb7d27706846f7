import { Bytes } from "../bytes/bytes";
import { ByteWriter } from "../bytes/writer";
import * as host from "./imports";
import * as scratch from "./scratch";
import { BufferType, LogLevel, MapType, MetricType, Status, StreamType } from "./types";

// Host calls with typed arguments and managed results. What the host writes into memory that it asked for (`malloc`) is an
// ArrayBuffer of the arena that was current.

/** Writes a line to the proxy's log. */
export function log(level: LogLevel, text: string): void {
  const line = scratch.encode(text);
  host.proxy_log(level, line.at, line.size);
}

/** Nanoseconds since the Unix epoch. */
export function nowNanoseconds(): i64 {
  scratch.clearResults();
  host.proxy_get_current_time_nanoseconds(scratch.resultAddress());
  return <i64>scratch.result64();
}

/** Milliseconds between ticks of the plugin; 0 stops them. */
export function setTickPeriod(ms: u32): void {
  host.proxy_set_tick_period_milliseconds(ms);
}

/** Makes another context the one that calls are about; false if the host knows none of that id. */
export function setEffectiveContext(id: u32): bool {
  return host.proxy_set_effective_context(id) == Status.Ok;
}

/** The configuration of the plugin that is being configured, of `size` bytes. */
export function pluginConfiguration(size: i32): Bytes {
  const bytes = size > 0 ? bufferBytes(BufferType.PluginConfiguration, 0, size) : null;
  return bytes ? bytes : Bytes.of(new ArrayBuffer(0));
}

// ---- headers -----------------------------------------------------------------------------------------------------------------

/** The value of a header; null if there is none. */
export function headerValue(map: MapType, name: string): string | null {
  const key = scratch.encode(name);
  scratch.clearResults();
  const at = scratch.resultAddress();
  const status = host.proxy_get_header_map_value(map, key.at, key.size, at, scratch.resultSizeAddress());
  return status == Status.Ok ? resultText() : null;
}

/** Sets a header in the place of all its values. */
export function setHeader(map: MapType, name: string, value: string): void {
  const key = scratch.encode(name);
  const text = scratch.encodeToo(value);
  host.proxy_replace_header_map_value(map, key.at, key.size, text.at, text.size);
}

/** Removes a header. */
export function removeHeader(map: MapType, name: string): void {
  const key = scratch.encode(name);
  host.proxy_remove_header_map_value(map, key.at, key.size);
}

// ---- bodies ------------------------------------------------------------------------------------------------------------------

/** Bytes `[at, at + size)` of a buffer, or what there is of them; null if there are none, or no memory for them. */
export function bufferBytes(type: BufferType, at: i32, size: i32): Bytes | null {
  scratch.clearResults();
  const status = host.proxy_get_buffer_bytes(type, at, size, scratch.resultAddress(), scratch.resultSizeAddress());
  return status == Status.Ok ? resultBytes() : null;
}

/** Puts `bytes` in the place of a whole buffer. */
export function replaceBuffer(type: BufferType, bytes: Bytes): void {
  host.proxy_set_buffer_bytes(type, 0, u32.MAX_VALUE, bytes.address(0), bytes.length);
}

// ---- properties --------------------------------------------------------------------------------------------------------------

/** A property; null if there is none. Its form depends on its type: text as it is, integers as 8 bytes, little-endian. */
export function property(path: string[]): Bytes | null {
  const key = scratch.encode(path.length == 1 ? path[0] : path.join("\0"));
  scratch.clearResults();
  const status = host.proxy_get_property(key.at, key.size, scratch.resultAddress(), scratch.resultSizeAddress());
  return status == Status.Ok ? resultBytes() : null;
}

/** Sets filter state `wasm.<name>` of the stream. */
export function setProperty(name: string, value: string): void {
  const key = scratch.encode(name);
  const text = scratch.encodeToo(value);
  host.proxy_set_property(key.at, key.size, text.at, text.size);
}

// ---- streams -----------------------------------------------------------------------------------------------------------------

/** Answers the request. Nested callbacks of this stream run before this returns, its last ones possibly among them. */
export function sendLocalResponse(status: u32, details: string, headers: string[], body: Bytes): void {
  const pairs = pairsOf(headers);
  const text = scratch.encode(details);
  const map = pairs.address(0);
  host.proxy_send_local_response(status, text.at, text.size, body.address(0), body.length, map, pairs.length, -1);
}

/** Lets a paused direction go on. */
export function continueStream(type: StreamType): void {
  host.proxy_continue_stream(type);
}

/** Resets a direction of the stream. */
export function closeStream(type: StreamType): void {
  host.proxy_close_stream(type);
}

// ---- metrics -----------------------------------------------------------------------------------------------------------------

/** The handle of a metric; 0 if the host refuses it. */
export function defineMetric(type: MetricType, name: string): u32 {
  const text = scratch.encode(name);
  scratch.clearResults();
  host.proxy_define_metric(type, text.at, text.size, scratch.resultAddress());
  return scratch.result();
}

/** Adds to a counter or gauge. */
export function incrementMetric(metric: u32, by: i64): void {
  host.proxy_increment_metric(metric, by);
}

/** Records a value of a histogram, or sets a gauge. */
export function recordMetric(metric: u32, value: u64): void {
  host.proxy_record_metric(metric, value);
}

// ---- callouts ----------------------------------------------------------------------------------------------------------------

/** Starts an HTTP call; returns its id, or 0 if it could not be started. Envoy answers a timeout with a callback of no headers. */
export function httpCall(cluster: string, headers: string[], body: Bytes, timeoutMs: u32): u32 {
  const name = scratch.encode(cluster);
  const pairs = pairsOf(headers);
  const map = pairs.address(0);
  const result = scratch.resultAddress();
  scratch.clearResults();
  const status = host.proxy_http_call(
    name.at, name.size, map, pairs.length, body.address(0), body.length, 0, 0, timeoutMs, result,
  );
  // Ids begin at 1 here: 0 means that there is no call.
  return status == Status.Ok ? scratch.result() + 1 : 0;
}

/** Starts a unary gRPC call; as `httpCall`. */
export function grpcCall(cluster: string, service: string, method: string, message: Bytes, timeoutMs: u32): u32 {
  const name = Bytes.fromString(cluster);
  const path = scratch.encode(service);
  const call = scratch.encodeToo(method);
  const result = scratch.resultAddress();
  scratch.clearResults();
  const status = host.proxy_grpc_call(
    name.address(0), name.length, path.at, path.size, call.at, call.size, 0, 0, message.address(0), message.length,
    timeoutMs, result,
  );
  return status == Status.Ok ? scratch.result() + 1 : 0;
}

// ---- how maps and results look in memory -------------------------------------------------------------------------------------

/**
 * Names and values in turn, as the ABI serialises a map.
 *
 *     count: 4 | (name size: 4 | value size: 4) * count | (name, 0, value, 0) * count
 */
function pairsOf(texts: string[]): Bytes {
  const count = texts.length & ~1;
  const out = new ByteWriter(16 * count + 64);
  writeU32(out, count >> 1);
  for (let i = 0; i < count; i++) writeU32(out, String.UTF8.byteLength(texts[i]));
  for (let i = 0; i < count; i++) {
    out.text(texts[i]);
    out.byte(0);
  }
  return out.toBytes();
}

/** Little-endian, as all numbers of the ABI. */
function writeU32(out: ByteWriter, value: u32): void {
  out.byte(value & 0xff);
  out.byte((value >> 8) & 0xff);
  out.byte((value >> 16) & 0xff);
  out.byte(value >> 24);
}

function resultBytes(): Bytes | null {
  const at = <usize>scratch.result();
  const size = scratch.resultSize();
  // Safe: the host wrote `size` bytes into the ArrayBuffer that it got from `malloc`.
  return at == 0 ? null : new Bytes(changetype<ArrayBuffer>(at), 0, size);
}

function resultText(): string {
  const at = <usize>scratch.result();
  // Safe: as above. An empty value comes without memory.
  return at == 0 ? "" : String.UTF8.decodeUnsafe(at, scratch.resultSize());
}
