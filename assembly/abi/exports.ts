import { beginCallback, endCallback, hostBuffer } from "../memory/arena";
import { Guest } from "./guest";
import { Action } from "./types";

// The callbacks of proxy-wasm ABI 0.2.1. Each is bracketed, since callbacks nest: a local reply runs the response callbacks, and
// possibly the last ones of the stream, inside of the host call.

let guest: Guest | null = null;

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

export function proxy_on_vm_start(_id: u32, _size: i32): u32 {
  return 1;
}

export function proxy_on_context_create(id: u32, parent: u32): void {
  const outer = beginCallback();
  const to = guest;
  if (to) to.onContextCreate(id, parent);
  endCallback(outer);
}

export function proxy_on_configure(id: u32, size: i32): u32 {
  const outer = beginCallback();
  const to = guest;
  const isRight = to ? to.onConfigure(id, size) : false;
  endCallback(outer);
  return u32(isRight);
}

export function proxy_on_tick(id: u32): void {
  const outer = beginCallback();
  const to = guest;
  if (to) to.onTick(id);
  endCallback(outer);
}

export function proxy_on_request_headers(id: u32, count: i32, isLast: i32): i32 {
  const outer = beginCallback();
  const to = guest;
  const action = to ? to.onRequestHeaders(id, count, isLast != 0) : Action.Continue;
  endCallback(outer);
  return action;
}

export function proxy_on_request_body(id: u32, size: i32, isLast: i32): i32 {
  const outer = beginCallback();
  const to = guest;
  const action = to ? to.onRequestBody(id, size, isLast != 0) : Action.Continue;
  endCallback(outer);
  return action;
}

export function proxy_on_request_trailers(id: u32, count: i32): i32 {
  const outer = beginCallback();
  const to = guest;
  const action = to ? to.onRequestTrailers(id, count) : Action.Continue;
  endCallback(outer);
  return action;
}

export function proxy_on_request_metadata(_id: u32, _count: i32): i32 {
  return Action.Continue;
}

export function proxy_on_response_headers(id: u32, count: i32, isLast: i32): i32 {
  const outer = beginCallback();
  const to = guest;
  const action = to ? to.onResponseHeaders(id, count, isLast != 0) : Action.Continue;
  endCallback(outer);
  return action;
}

export function proxy_on_response_body(id: u32, size: i32, isLast: i32): i32 {
  const outer = beginCallback();
  const to = guest;
  const action = to ? to.onResponseBody(id, size, isLast != 0) : Action.Continue;
  endCallback(outer);
  return action;
}

export function proxy_on_response_trailers(id: u32, count: i32): i32 {
  const outer = beginCallback();
  const to = guest;
  const action = to ? to.onResponseTrailers(id, count) : Action.Continue;
  endCallback(outer);
  return action;
}

export function proxy_on_response_metadata(_id: u32, _count: i32): i32 {
  return Action.Continue;
}

export function proxy_on_http_call_response(id: u32, callout: u32, headers: i32, bodySize: i32, _trailers: i32): void {
  const outer = beginCallback();
  const to = guest;
  // Ids begin at 1 inside of the module.
  if (to) to.onHttpCallResponse(id, callout + 1, headers, bodySize);
  endCallback(outer);
}

export function proxy_on_grpc_receive_initial_metadata(_id: u32, _callout: u32, _count: i32): void {}

export function proxy_on_grpc_receive(id: u32, callout: u32, size: i32): void {
  const outer = beginCallback();
  const to = guest;
  if (to) to.onGrpcReceive(id, callout + 1, size);
  endCallback(outer);
}

export function proxy_on_grpc_receive_trailing_metadata(_id: u32, _callout: u32, _count: i32): void {}

export function proxy_on_grpc_close(id: u32, callout: u32, status: i32): void {
  const outer = beginCallback();
  const to = guest;
  if (to) to.onGrpcClose(id, callout + 1, status);
  endCallback(outer);
}

export function proxy_on_log(id: u32): void {
  const outer = beginCallback();
  const to = guest;
  if (to) to.onLog(id);
  endCallback(outer);
}

export function proxy_on_done(id: u32): u32 {
  const outer = beginCallback();
  const to = guest;
  if (to) to.onDone(id);
  endCallback(outer);
  return 1;
}

export function proxy_on_delete(id: u32): void {
  const outer = beginCallback();
  const to = guest;
  if (to) to.onDelete(id);
  endCallback(outer);
}
