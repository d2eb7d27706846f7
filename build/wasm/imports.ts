/**
 * The host functions that Envoy 1.40 offers to a module of ABI 0.2.1: it refuses one that imports any other.
 *
 * From include/proxy-wasm/exports.h and src/exports.cc of proxy-wasm-cpp-host; 0.1.0's own functions are not among them.
 */
const PROXY_FUNCTIONS = names(
  "proxy_",
  `log get_log_level get_status get_property set_property continue_stream close_stream send_local_response
   get_shared_data set_shared_data register_shared_queue resolve_shared_queue dequeue_shared_queue enqueue_shared_queue
   get_header_map_value add_header_map_value replace_header_map_value remove_header_map_value
   get_header_map_pairs set_header_map_pairs get_header_map_size get_buffer_status get_buffer_bytes set_buffer_bytes
   http_call grpc_call grpc_stream grpc_close grpc_cancel grpc_send set_tick_period_milliseconds
   get_current_time_nanoseconds define_metric increment_metric record_metric get_metric set_effective_context done
   call_foreign_function`,
);

/** Of WASI's functions, those that do something there; the others are offered too, and fail. */
const WASI_FUNCTIONS = names(
  "",
  `fd_write fd_read fd_seek fd_close fd_fdstat_get environ_get environ_sizes_get args_get args_sizes_get
   clock_time_get random_get proc_exit`,
);

const OFFERED: Record<string, Set<string>> = { env: PROXY_FUNCTIONS, wasi_snapshot_preview1: WASI_FUNCTIONS };

/** Throws if Envoy would refuse the module for an import, or could only fail when it is called. */
export function checkImports(wasm: Uint8Array<ArrayBuffer>, name: string): void {
  const foreign = WebAssembly.Module.imports(new WebAssembly.Module(wasm)).filter(
    (i) => i.kind !== "function" || !OFFERED[i.module]?.has(i.name),
  );
  if (foreign.length > 0)
    throw new Error(
      `${name} imports what Envoy does not have: ${foreign.map((i) => `${i.module}.${i.name}`).join(", ")}`,
    );
}

function names(prefix: string, list: string): Set<string> {
  return new Set(list.split(/\s+/).map((name) => prefix + name));
}
