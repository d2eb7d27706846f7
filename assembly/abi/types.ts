/** What a filter says about the part of a message that a callback was about. */
export enum Action {
  Continue = 0,
  Pause = 1,
}

/** Results of host calls. */
export enum Status {
  Ok = 0,
  NotFound = 1,
  BadArgument = 2,
  SerializationFailure = 3,
  ParseFailure = 4,
  BadExpression = 5,
  InvalidMemoryAccess = 6,
  Empty = 7,
  CasMismatch = 8,
  ResultMismatch = 9,
  InternalFailure = 10,
  BrokenConnection = 11,
  Unimplemented = 12,
}

/** Levels of the proxy's log. */
export enum LogLevel {
  Trace = 0,
  Debug = 1,
  Info = 2,
  Warn = 3,
  Error = 4,
  Critical = 5,
}

/** Header maps. */
export enum MapType {
  RequestHeaders = 0,
  RequestTrailers = 1,
  ResponseHeaders = 2,
  ResponseTrailers = 3,
  GrpcInitialMetadata = 4,
  GrpcTrailingMetadata = 5,
  HttpCallHeaders = 6,
  HttpCallTrailers = 7,
}

/** Buffers. */
export enum BufferType {
  RequestBody = 0,
  ResponseBody = 1,
  DownstreamData = 2,
  UpstreamData = 3,
  HttpCallBody = 4,
  GrpcMessage = 5,
  VmConfiguration = 6,
  PluginConfiguration = 7,
  CallData = 8,
}

/** Directions of a stream that can be continued or closed. */
export enum StreamType {
  Request = 0,
  Response = 1,
}

/** Which side closed a connection. */
export enum CloseType {
  Unknown = 0,
  Local = 1,
  Remote = 2,
}

/** Kinds of metrics. */
export enum MetricType {
  Counter = 0,
  Gauge = 1,
  Histogram = 2,
}
