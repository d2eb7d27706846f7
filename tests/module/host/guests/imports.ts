// Host functions as the ABI has them, and nothing of the filter: what is tested with them is the host.

// @ts-ignore: decorator
@external("env", "proxy_log")
export declare function proxy_log(level: i32, text: usize, size: usize): i32;

// @ts-ignore: decorator
@external("env", "proxy_set_effective_context")
export declare function proxy_set_effective_context(context: u32): i32;

// @ts-ignore: decorator
@external("env", "proxy_get_buffer_bytes")
export declare function proxy_get_buffer_bytes(type: i32, at: u32, size: u32, bytes: usize, bytesSize: usize): i32;

// @ts-ignore: decorator
@external("env", "proxy_set_buffer_bytes")
export declare function proxy_set_buffer_bytes(type: i32, at: u32, size: u32, bytes: usize, bytesSize: usize): i32;

// @ts-ignore: decorator
@external("env", "proxy_get_header_map_value")
export declare function proxy_get_header_map_value(
  type: i32,
  key: usize,
  keySize: usize,
  value: usize,
  valueSize: usize,
): i32;

// @ts-ignore: decorator
@external("env", "proxy_replace_header_map_value")
export declare function proxy_replace_header_map_value(
  type: i32,
  key: usize,
  keySize: usize,
  value: usize,
  valueSize: usize,
): i32;

// @ts-ignore: decorator
@external("env", "proxy_remove_header_map_value")
export declare function proxy_remove_header_map_value(type: i32, key: usize, keySize: usize): i32;

// @ts-ignore: decorator
@external("env", "proxy_get_property")
export declare function proxy_get_property(path: usize, pathSize: usize, value: usize, valueSize: usize): i32;

// @ts-ignore: decorator
@external("env", "proxy_set_property")
export declare function proxy_set_property(path: usize, pathSize: usize, value: usize, valueSize: usize): i32;

// @ts-ignore: decorator
@external("env", "proxy_get_shared_data")
export declare function proxy_get_shared_data(
  key: usize,
  keySize: usize,
  value: usize,
  valueSize: usize,
  cas: usize,
): i32;

// @ts-ignore: decorator
@external("env", "proxy_set_shared_data")
export declare function proxy_set_shared_data(
  key: usize,
  keySize: usize,
  value: usize,
  valueSize: usize,
  cas: u32,
): i32;

// @ts-ignore: decorator
@external("env", "proxy_send_local_response")
export declare function proxy_send_local_response(
  status: u32,
  details: usize,
  detailsSize: usize,
  body: usize,
  bodySize: usize,
  headers: usize,
  headersSize: usize,
  grpcStatus: i32,
): i32;

// @ts-ignore: decorator
@external("env", "proxy_continue_stream")
export declare function proxy_continue_stream(type: i32): i32;

// @ts-ignore: decorator
@external("env", "proxy_close_stream")
export declare function proxy_close_stream(type: i32): i32;

// @ts-ignore: decorator
@external("env", "proxy_http_call")
export declare function proxy_http_call(
  cluster: usize,
  clusterSize: usize,
  headers: usize,
  headersSize: usize,
  body: usize,
  bodySize: usize,
  trailers: usize,
  trailersSize: usize,
  timeoutMs: u32,
  callout: usize,
): i32;

// @ts-ignore: decorator
@external("env", "proxy_grpc_call")
export declare function proxy_grpc_call(
  cluster: usize,
  clusterSize: usize,
  service: usize,
  serviceSize: usize,
  method: usize,
  methodSize: usize,
  metadata: usize,
  metadataSize: usize,
  message: usize,
  messageSize: usize,
  timeoutMs: u32,
  callout: usize,
): i32;

// @ts-ignore: decorator
@external("env", "proxy_get_status")
export declare function proxy_get_status(code: usize, message: usize, messageSize: usize): i32;

// @ts-ignore: decorator
@external("env", "proxy_call_foreign_function")
export declare function proxy_call_foreign_function(
  name: usize,
  nameSize: usize,
  argument: usize,
  argumentSize: usize,
  result: usize,
  resultSize: usize,
): i32;
