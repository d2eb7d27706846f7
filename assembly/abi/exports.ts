import "./abort";
import { Arena, beginCallback, endCallback, hostBuffer } from "../memory/arena";
import { wipe } from "./scratch";
import { Guest, SilentGuest } from "./guest";

// The callbacks of proxy-wasm ABI 0.2.1. Each is bracketed, since callbacks nest: a local reply runs the response callbacks, and
// possibly the last ones of the stream, inside of the host call.

// eslint-disable-next-line weir/no-mutable-managed-global -- both guests are made at start-up, in the base arena
let guest: Guest = new SilentGuest();

/** Says who answers the callbacks; to be called once, at start-up. */
export function install(who: Guest): void {
  guest = who;
}

/** Tells the host which ABI this module speaks. */
export function proxy_abi_version_0_2_1(): void {}

/** Memory for the host to write into; 0 fails the host call that asks. */
export function malloc(size: usize): usize {
  return hostBuffer(size);
}

/** A callback returns; the host has read what host calls inside of it, and around it, gave it. */
function end(outer: Arena): void {
  wipe();
  endCallback(outer);
}

// ---- contexts ---------------------------------------------------------------------------------------------------------------

export function proxy_on_vm_start(_id: u32, size: i32): u32 {
  const outer = beginCallback();
  const answer = guest.onVmStart(size);
  end(outer);
  return u32(answer);
}

export function proxy_on_context_create(id: u32, parent: u32): void {
  const outer = beginCallback();
  guest.onContextCreate(id, parent);
  end(outer);
}

export function proxy_on_configure(id: u32, size: i32): u32 {
  const outer = beginCallback();
  const answer = guest.onConfigure(id, size);
  end(outer);
  return u32(answer);
}

export function proxy_on_tick(id: u32): void {
  const outer = beginCallback();
  guest.onTick(id);
  end(outer);
}

export function proxy_on_queue_ready(id: u32, queue: u32): void {
  const outer = beginCallback();
  guest.onQueueReady(id, queue);
  end(outer);
}

export function proxy_on_foreign_function(id: u32, which: u32, size: i32): void {
  const outer = beginCallback();
  guest.onForeignFunction(id, which, size);
  end(outer);
}

export function proxy_on_log(id: u32): void {
  const outer = beginCallback();
  guest.onLog(id);
  end(outer);
}

// There is no `proxy_on_done`: it could put the end of a context off, which Weir never does. Envoy takes a module without it for one
// that agrees, and `proxy_on_delete` follows at once; a call of it would cost every stream about a microsecond.

export function proxy_on_delete(id: u32): void {
  const outer = beginCallback();
  guest.onDelete(id);
  end(outer);
}

// ---- HTTP streams -----------------------------------------------------------------------------------------------------------

export function proxy_on_request_headers(id: u32, count: i32, isLast: i32): i32 {
  const outer = beginCallback();
  const action = guest.onRequestHeaders(id, count, isLast != 0);
  end(outer);
  return action;
}

export function proxy_on_request_body(id: u32, size: i32, isLast: i32): i32 {
  const outer = beginCallback();
  const action = guest.onRequestBody(id, size, isLast != 0);
  end(outer);
  return action;
}

export function proxy_on_request_trailers(id: u32, count: i32): i32 {
  const outer = beginCallback();
  const action = guest.onRequestTrailers(id, count);
  end(outer);
  return action;
}

export function proxy_on_request_metadata(id: u32, count: i32): i32 {
  const outer = beginCallback();
  const action = guest.onRequestMetadata(id, count);
  end(outer);
  return action;
}

export function proxy_on_response_headers(id: u32, count: i32, isLast: i32): i32 {
  const outer = beginCallback();
  const action = guest.onResponseHeaders(id, count, isLast != 0);
  end(outer);
  return action;
}

export function proxy_on_response_body(id: u32, size: i32, isLast: i32): i32 {
  const outer = beginCallback();
  const action = guest.onResponseBody(id, size, isLast != 0);
  end(outer);
  return action;
}

export function proxy_on_response_trailers(id: u32, count: i32): i32 {
  const outer = beginCallback();
  const action = guest.onResponseTrailers(id, count);
  end(outer);
  return action;
}

export function proxy_on_response_metadata(id: u32, count: i32): i32 {
  const outer = beginCallback();
  const action = guest.onResponseMetadata(id, count);
  end(outer);
  return action;
}

// ---- callouts; the host's ids and 1, see calls/callouts.ts ------------------------------------------------------------------

export function proxy_on_http_call_response(id: u32, callout: u32, headers: i32, bodySize: i32, _trailers: i32): void {
  const outer = beginCallback();
  guest.onHttpCallResponse(id, callout + 1, headers, bodySize);
  end(outer);
}

export function proxy_on_grpc_receive_initial_metadata(id: u32, callout: u32, count: i32): void {
  const outer = beginCallback();
  guest.onGrpcInitialMetadata(id, callout + 1, count);
  end(outer);
}

export function proxy_on_grpc_receive(id: u32, callout: u32, size: i32): void {
  const outer = beginCallback();
  guest.onGrpcReceive(id, callout + 1, size);
  end(outer);
}

export function proxy_on_grpc_receive_trailing_metadata(id: u32, callout: u32, count: i32): void {
  const outer = beginCallback();
  guest.onGrpcTrailingMetadata(id, callout + 1, count);
  end(outer);
}

export function proxy_on_grpc_close(id: u32, callout: u32, status: i32): void {
  const outer = beginCallback();
  guest.onGrpcClose(id, callout + 1, status);
  end(outer);
}

// ---- TCP connections --------------------------------------------------------------------------------------------------------

export function proxy_on_new_connection(id: u32): i32 {
  const outer = beginCallback();
  const action = guest.onNewConnection(id);
  end(outer);
  return action;
}

export function proxy_on_downstream_data(id: u32, size: i32, isLast: i32): i32 {
  const outer = beginCallback();
  const action = guest.onDownstreamData(id, size, isLast != 0);
  end(outer);
  return action;
}

export function proxy_on_downstream_connection_close(id: u32, by: i32): void {
  const outer = beginCallback();
  guest.onDownstreamClose(id, by);
  end(outer);
}

export function proxy_on_upstream_data(id: u32, size: i32, isLast: i32): i32 {
  const outer = beginCallback();
  const action = guest.onUpstreamData(id, size, isLast != 0);
  end(outer);
  return action;
}

export function proxy_on_upstream_connection_close(id: u32, by: i32): void {
  const outer = beginCallback();
  guest.onUpstreamClose(id, by);
  end(outer);
}
