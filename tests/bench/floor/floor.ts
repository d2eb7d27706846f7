/**
 * The least that a WebAssembly filter which reads the traffic can cost: it asks the proxy for every request body and
 * every piece of a response, and looks at nothing.
 *
 * ABI: https://github.com/proxy-wasm/spec/tree/main/abi-versions/v0.2.1
 */

// @ts-ignore: decorator
@external("env", "proxy_get_buffer_bytes")
declare function proxy_get_buffer_bytes(type: u32, start: u32, length: u32, dataOut: usize, lengthOut: usize): u32;
// @ts-ignore: decorator
@external("env", "proxy_define_metric")
declare function proxy_define_metric(type: u32, name: usize, nameLength: usize, idOut: usize): u32;
// @ts-ignore: decorator
@external("env", "proxy_increment_metric")
declare function proxy_increment_metric(id: u32, by: i64): u32;

const REQUEST_BODY: u32 = 0;
const RESPONSE_BODY: u32 = 1;
const CONTINUE: u32 = 0;
const TRUE: u32 = 1;
const COUNTER: u32 = 0;

/** Where the proxy writes the address and the length of what it was asked for. */
const dataOut = memory.data(8);
/** "floor_response_pieces" in ASCII. */
const metricName = memory.data<u8>([
  0x66, 0x6c, 0x6f, 0x6f, 0x72, 0x5f, 0x72, 0x65, 0x73, 0x70, 0x6f, 0x6e, 0x73, 0x65, 0x5f, 0x70, 0x69, 0x65, 0x63,
  0x65, 0x73,
]);
const METRIC_NAME_BYTES: usize = 21;

/** One block that every answer of the proxy is written to; it only grows. */
let block: usize = 0;
let blockBytes: usize = 0;
/** Whether pieces are counted, which any plugin configuration asks for; never while time is measured. */
let isCounting: bool = false;
let metric: u32 = 0;

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
  isCounting = configurationBytes > 0;
  // Safe: the name and the result are static memory of the sizes given.
  if (isCounting && proxy_define_metric(COUNTER, metricName, METRIC_NAME_BYTES, dataOut) == 0) {
    metric = load<u32>(dataOut);
  }
  return TRUE;
}

export function proxy_on_request_body(context: u32, bytes: u32, endOfStream: u32): u32 {
  proxy_get_buffer_bytes(REQUEST_BODY, 0, bytes, dataOut, dataOut + 4);
  return CONTINUE;
}

export function proxy_on_response_body(context: u32, bytes: u32, endOfStream: u32): u32 {
  proxy_get_buffer_bytes(RESPONSE_BODY, 0, bytes, dataOut, dataOut + 4);
  if (isCounting) proxy_increment_metric(metric, 1);
  return CONTINUE;
}

export function proxy_on_done(context: u32): u32 {
  return TRUE;
}

export function proxy_on_log(context: u32): void {}

export function proxy_on_delete(context: u32): void {}
