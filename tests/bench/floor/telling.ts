/**
 * What Weir asks of the proxy for one call, with nothing in between: it holds the request until it is whole, fetches both header
 * maps and every body, takes `content-length` off the request, and leaves as many properties and metrics behind as Weir does. It looks
 * at nothing and works nothing out, so whatever does Weir's work over this ABI costs at least this.
 *
 * ABI: https://github.com/proxy-wasm/spec/tree/main/abi-versions/v0.2.1
 */

// @ts-ignore: decorator
@external("env", "proxy_get_buffer_bytes")
declare function proxy_get_buffer_bytes(type: u32, start: u32, length: u32, dataOut: usize, lengthOut: usize): u32;
// @ts-ignore: decorator
@external("env", "proxy_get_header_map_pairs")
declare function proxy_get_header_map_pairs(type: u32, dataOut: usize, sizeOut: usize): u32;
// @ts-ignore: decorator
@external("env", "proxy_remove_header_map_value")
declare function proxy_remove_header_map_value(type: u32, key: usize, keySize: u32): u32;
// @ts-ignore: decorator
@external("env", "proxy_get_current_time_nanoseconds")
declare function proxy_get_current_time_nanoseconds(time: usize): u32;
// @ts-ignore: decorator
@external("env", "proxy_set_property")
declare function proxy_set_property(path: usize, pathSize: u32, value: usize, valueSize: u32): u32;
// @ts-ignore: decorator
@external("env", "proxy_define_metric")
declare function proxy_define_metric(type: u32, name: usize, nameLength: usize, idOut: usize): u32;
// @ts-ignore: decorator
@external("env", "proxy_increment_metric")
declare function proxy_increment_metric(id: u32, by: i64): u32;
// @ts-ignore: decorator
@external("env", "proxy_record_metric")
declare function proxy_record_metric(id: u32, value: u64): u32;

const REQUEST_HEADERS: u32 = 0;
const RESPONSE_HEADERS: u32 = 2;
const REQUEST_BODY: u32 = 0;
const RESPONSE_BODY: u32 = 1;
const COUNTER: u32 = 0;
const HISTOGRAM: u32 = 2;
const CONTINUE: u32 = 0;
const PAUSE: u32 = 1;
const TRUE: u32 = 1;

/** As many as Weir has for a whole answer with usage; docs/benchmarks.md lists its calls. */
const PROPERTIES = 9;
const METRICS = 3;
const PROPERTY_BYTES: u32 = 25;
const VALUE_BYTES: u32 = 6;

/** Where the proxy writes what it was asked for. */
const dataOut = memory.data(8);
/** "content-length" in ASCII. */
const header = memory.data<u8>([0x63, 0x6f, 0x6e, 0x74, 0x65, 0x6e, 0x74, 0x2d, 0x6c, 0x65, 0x6e, 0x67, 0x74, 0x68]);
/** A name whose first letter tells the properties apart, and whose length tells the metrics apart. */
const name = memory.data(32);

/** One block that every answer of the proxy is written to; it only grows. */
let block: usize = 0;
let blockBytes: usize = 0;
const metrics = memory.data(METRICS * 8);

export function proxy_abi_version_0_2_1(): void {}

export function malloc(bytes: usize): usize {
  if (bytes > blockBytes) {
    block = heap.alloc(bytes);
    blockBytes = bytes;
  }
  return block;
}

export function proxy_on_context_create(context: u32, root: u32): void {}

export function proxy_on_vm_start(root: u32, configurationBytes: u32): u32 {
  return TRUE;
}

export function proxy_on_configure(root: u32, configurationBytes: u32): u32 {
  // Safe: names and results are static memory of the sizes given.
  memory.fill(name, 0x61 /* a */, 32);
  for (let i = 0; i < METRICS; i++) {
    proxy_define_metric(COUNTER, name, 20 + i, metrics + i * 8);
    proxy_define_metric(HISTOGRAM, name, 26 + i, metrics + i * 8 + 4);
  }
  return TRUE;
}

export function proxy_on_request_headers(context: u32, count: u32, endOfStream: u32): u32 {
  proxy_get_current_time_nanoseconds(dataOut);
  proxy_get_header_map_pairs(REQUEST_HEADERS, dataOut, dataOut + 4);
  proxy_remove_header_map_value(REQUEST_HEADERS, header, 14);
  return CONTINUE;
}

export function proxy_on_request_body(context: u32, bytes: u32, endOfStream: u32): u32 {
  if (!endOfStream) return PAUSE;
  proxy_get_buffer_bytes(REQUEST_BODY, 0, bytes, dataOut, dataOut + 4);
  return CONTINUE;
}

export function proxy_on_response_headers(context: u32, count: u32, endOfStream: u32): u32 {
  proxy_get_header_map_pairs(RESPONSE_HEADERS, dataOut, dataOut + 4);
  return CONTINUE;
}

export function proxy_on_response_body(context: u32, bytes: u32, endOfStream: u32): u32 {
  if (bytes > 0) proxy_get_buffer_bytes(RESPONSE_BODY, 0, bytes, dataOut, dataOut + 4);
  return CONTINUE;
}

export function proxy_on_log(context: u32): void {
  proxy_get_current_time_nanoseconds(dataOut);
  for (let i = 0; i < PROPERTIES; i++) {
    store<u8>(name, 0x61 + i);
    proxy_set_property(name, PROPERTY_BYTES, name, VALUE_BYTES);
  }
  for (let i = 0; i < METRICS; i++) {
    proxy_increment_metric(load<u32>(metrics + i * 8), 1);
    proxy_record_metric(load<u32>(metrics + i * 8 + 4), 100);
  }
}

export function proxy_on_delete(context: u32): void {}
