/** The numbers of proxy-wasm ABI 0.2.1 that the host speaks. */
export const Status = {
  Ok: 0,
  NotFound: 1,
  BadArgument: 2,
  ParseFailure: 4,
  InvalidMemoryAccess: 6,
  CasMismatch: 8,
  InternalFailure: 10,
  Unimplemented: 12,
} as const;

export const MapType = {
  RequestHeaders: 0,
  RequestTrailers: 1,
  ResponseHeaders: 2,
  ResponseTrailers: 3,
  GrpcInitialMetadata: 4,
  GrpcTrailingMetadata: 5,
  HttpCallHeaders: 6,
  HttpCallTrailers: 7,
} as const;

export const BufferType = {
  RequestBody: 0,
  ResponseBody: 1,
  HttpCallBody: 4,
  GrpcMessage: 5,
  VmConfiguration: 6,
  PluginConfiguration: 7,
} as const;

export const MetricType = { Counter: 0, Gauge: 1, Histogram: 2 } as const;

export const LEVELS = ["trace", "debug", "info", "warning", "error", "critical"] as const;

/** What the module says about the part of a message that a callback was about. */
export const CONTINUE = 0;

/** Bits of `response.flags`: envoy/stream_info/stream_info.h, `CoreResponseFlag`. */
export const Flag = {
  upstreamRequestTimeout: 1 << 2,
  upstreamRemoteReset: 1 << 4,
  upstreamConnectionFailure: 1 << 5,
  upstreamConnectionTermination: 1 << 6,
  downstreamConnectionTermination: 1 << 14,
  streamIdleTimeout: 1 << 16,
  upstreamProtocolError: 1 << 23,
  downstreamRemoteReset: 1 << 28,
} as const;

/** What the module exports to the host; callbacks are called by name. */
export interface Exports {
  readonly memory: WebAssembly.Memory;
  malloc(size: number): number;
  _initialize(): void;
}
