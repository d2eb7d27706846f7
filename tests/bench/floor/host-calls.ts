/**
 * A filter that makes ten host calls of one kind for each request, and nothing else: what does a kind of call cost?
 * The kind is the one digit of the plugin configuration `[n]`.
 */

// @ts-ignore: decorator
@external("env", "proxy_get_buffer_bytes")
declare function proxy_get_buffer_bytes(type: u32, start: u32, length: u32, dataOut: usize, lengthOut: usize): u32;
// @ts-ignore: decorator
@external("env", "proxy_get_header_map_value")
declare function proxy_get_header_map_value(type: u32, key: usize, keySize: u32, dataOut: usize, sizeOut: usize): u32;
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

enum Kind {
  None,
  GetHeader,
  SetProperty,
  Increment,
  Record,
}

const CALLS = 10;
const REQUEST_HEADERS: u32 = 0;
const PLUGIN_CONFIGURATION: u32 = 7;
const COUNTER: u32 = 0;
const HISTOGRAM: u32 = 2;
const CONTINUE: u32 = 0;
const TRUE: u32 = 1;
/** Far more than any configuration or header of the benchmark. */
const BLOCK_BYTES: usize = 65536;

const block = heap.alloc(BLOCK_BYTES);
const dataOut = memory.data(8);
/** "content-type" in ASCII. */
const header = memory.data<u8>([0x63, 0x6f, 0x6e, 0x74, 0x65, 0x6e, 0x74, 0x2d, 0x74, 0x79, 0x70, 0x65]);
/** A name whose first letter tells the properties apart; metrics take as many letters of it as tell them apart. */
const name = memory.data(32);
let kind: i32 = Kind.None;
let counter: u32 = 0;
let histogram: u32 = 0;

export function proxy_abi_version_0_2_1(): void {}

export function malloc(bytes: usize): usize {
  return bytes <= BLOCK_BYTES ? block : 0;
}

export function proxy_on_context_create(context: u32, root: u32): void {}

export function proxy_on_vm_start(root: u32, configurationBytes: u32): u32 {
  return TRUE;
}

export function proxy_on_configure(root: u32, configurationBytes: u32): u32 {
  // Safe: the name and the results are static memory of the sizes given; the block holds the configuration.
  memory.fill(name, 0x61 /* a */, 32);
  proxy_get_buffer_bytes(PLUGIN_CONFIGURATION, 0, configurationBytes, dataOut, dataOut + 4);
  kind = load<u8>(load<u32>(dataOut), 1) - 0x30; /* 0 */
  proxy_define_metric(COUNTER, name, 30, dataOut);
  counter = load<u32>(dataOut);
  proxy_define_metric(HISTOGRAM, name, 31, dataOut);
  histogram = load<u32>(dataOut);
  return TRUE;
}

export function proxy_on_request_headers(context: u32, count: u32, endOfStream: u32): u32 {
  if (kind == Kind.GetHeader) {
    for (let i = 0; i < CALLS; i++) proxy_get_header_map_value(REQUEST_HEADERS, header, 12, dataOut, dataOut + 4);
  }
  return CONTINUE;
}

export function proxy_on_log(context: u32): void {
  for (let i = 0; i < CALLS; i++) {
    if (kind == Kind.SetProperty) {
      store<u8>(name, 0x61 + i);
      proxy_set_property(name, 28, name, 12);
    } else if (kind == Kind.Increment) proxy_increment_metric(counter, 1);
    else if (kind == Kind.Record) proxy_record_metric(histogram, 100 + i);
  }
}

export function proxy_on_done(context: u32): u32 {
  return TRUE;
}

export function proxy_on_delete(context: u32): void {}
