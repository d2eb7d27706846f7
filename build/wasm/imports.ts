/** The host functions that Envoy 1.40 offers to a module beside WASI's: a module that imports any other is refused by it. */
const PROXY_FUNCTIONS = new Set(
  (
    "log get_log_level get_current_time_nanoseconds set_tick_period_milliseconds get_status done set_effective_context " +
    "get_buffer_bytes get_buffer_status set_buffer_bytes get_header_map_value replace_header_map_value add_header_map_value " +
    "remove_header_map_value get_header_map_pairs set_header_map_pairs get_header_map_size get_property set_property " +
    "send_local_response continue_stream close_stream http_call grpc_call grpc_stream grpc_send grpc_cancel grpc_close " +
    "define_metric increment_metric record_metric get_metric get_shared_data set_shared_data register_shared_queue " +
    "resolve_shared_queue enqueue_shared_queue dequeue_shared_queue call_foreign_function"
  )
    .split(" ")
    .map((name) => `proxy_${name}`),
);

/** Throws if Envoy would refuse the module for an import. */
export function checkImports(wasm: Uint8Array<ArrayBuffer>, name: string): void {
  const foreign = WebAssembly.Module.imports(new WebAssembly.Module(wasm)).filter(
    (i) => i.module !== "wasi_snapshot_preview1" && !(i.module === "env" && PROXY_FUNCTIONS.has(i.name)),
  );
  if (foreign.length > 0)
    throw new Error(`${name} imports what Envoy does not have: ${foreign.map((i) => `${i.module}.${i.name}`).join(", ")}`);
}
