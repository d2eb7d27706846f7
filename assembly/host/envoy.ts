import * as abi from "../abi/calls";
import { BufferType, LogLevel, MapType, MetricType, Status, StreamType } from "../abi/types";
import { Bytes } from "../bytes/bytes";
import { discard, enterCall, leave } from "../memory/arena";
import { CalloutBody, Direction, HeaderList, Headers, Host, Level, MetricKind } from "./host";
import { SharedValue } from "./shared-data";

/** The proxy as Envoy is, over the ABI. It has no state: Envoy knows which stream a call is about. */
export class EnvoyHost extends Host {
  nowNanoseconds(): i64 {
    return abi.nowNanoseconds();
  }

  randomBits(): u64 {
    return abi.randomBits();
  }

  log(level: Level, text: string): void {
    abi.log(logLevel(level), text);
  }

  headers(map: Headers): HeaderList {
    const outer = enterCall();
    const list = new EnvoyHeaders(abi.headerBlock(mapType(map)));
    leave(outer);
    return list;
  }

  header(map: Headers, name: string): string | null {
    return abi.headerValue(mapType(map), name);
  }

  setHeader(map: Headers, name: string, value: string): void {
    abi.setHeader(mapType(map), name, value);
  }

  removeHeader(map: Headers, name: string): void {
    abi.removeHeader(mapType(map), name);
  }

  body(direction: Direction, maxBytes: i32): Bytes | null {
    return abi.bufferBytes(bufferType(direction), 0, maxBytes);
  }

  chunk(direction: Direction, maxBytes: i32): Bytes | null {
    const outer = enterCall();
    const bytes = abi.bufferBytes(bufferType(direction), 0, maxBytes);
    leave(outer);
    return bytes;
  }

  replaceBody(direction: Direction, bytes: Bytes): void {
    abi.replaceBuffer(bufferType(direction), bytes);
  }

  prependToBody(direction: Direction, bytes: Bytes): void {
    abi.prependToBuffer(bufferType(direction), bytes);
  }

  discard(bytes: Bytes): void {
    discard(bytes.buffer);
  }

  property(path: string[]): string | null {
    const value = abi.property(path);
    return value ? value.toString() : null;
  }

  integerProperty(path: string[], fallback: i64): i64 {
    const value = abi.property(path);
    if (!value || value.length != 8) return fallback;
    let number: i64 = 0;
    for (let i = 7; i >= 0; i--) number = (number << 8) | value[i];
    return number;
  }

  setFilterState(name: string, value: string): void {
    abi.setProperty(name, value);
  }

  reply(status: i32, headers: string[], body: Bytes, details: string): void {
    abi.sendLocalResponse(status, details, headers, body);
  }

  resume(direction: Direction): void {
    abi.continueStream(streamType(direction));
  }

  reset(): void {
    abi.closeStream(StreamType.Response);
  }

  select(contextId: u32): void {
    abi.setEffectiveContext(contextId);
  }

  tickEvery(ms: i64): void {
    abi.setTickPeriod(<u32>ms);
  }

  shared(key: string): SharedValue | null {
    const outer = enterCall();
    const value = abi.sharedData(key);
    const shared = value ? new SharedValue(value.bytes, value.cas) : null;
    leave(outer);
    return shared;
  }

  setShared(key: string, bytes: Bytes, version: u32): bool {
    return abi.setSharedData(key, bytes, version) == Status.Ok;
  }

  defineMetric(kind: MetricKind, name: string): u32 {
    return abi.defineMetric(metricType(kind), name);
  }

  addMetric(metric: u32, by: i64): void {
    abi.incrementMetric(metric, by);
  }

  recordMetric(metric: u32, value: u64): void {
    abi.recordMetric(metric, value);
  }

  httpCall(cluster: string, headers: string[], body: Bytes, timeoutMs: u32): u32 {
    return abi.httpCall(cluster, headers, body, timeoutMs);
  }

  grpcCall(cluster: string, service: string, method: string, message: Bytes, timeoutMs: u32): u32 {
    return abi.grpcCall(cluster, service, method, message, timeoutMs);
  }

  calloutBody(source: CalloutBody, maxBytes: i32): Bytes | null {
    const type = source == CalloutBody.Http ? BufferType.HttpCallBody : BufferType.GrpcMessage;
    return abi.bufferBytes(type, 0, maxBytes);
  }

  calloutHeader(name: string): string | null {
    return abi.headerValue(MapType.HttpCallHeaders, name);
  }
}

class EnvoyHeaders extends HeaderList {
  constructor(private readonly block: abi.HeaderBlock) {
    super();
  }

  get(name: string): string | null {
    return this.block.get(name);
  }
}

function mapType(map: Headers): MapType {
  return map == Headers.Request ? MapType.RequestHeaders : MapType.ResponseHeaders;
}

function bufferType(direction: Direction): BufferType {
  return direction == Direction.Request ? BufferType.RequestBody : BufferType.ResponseBody;
}

function streamType(direction: Direction): StreamType {
  return direction == Direction.Request ? StreamType.Request : StreamType.Response;
}

function metricType(kind: MetricKind): MetricType {
  switch (kind) {
    case MetricKind.Counter:
      return MetricType.Counter;
    case MetricKind.Gauge:
      return MetricType.Gauge;
    default:
      return MetricType.Histogram;
  }
}

function logLevel(level: Level): LogLevel {
  switch (level) {
    case Level.Debug:
      return LogLevel.Debug;
    case Level.Info:
      return LogLevel.Info;
    case Level.Warning:
      return LogLevel.Warn;
    default:
      return LogLevel.Error;
  }
}
