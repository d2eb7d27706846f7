import { Bytes } from "../../bytes/bytes";
import * as host from "../imports";
import * as scratch from "../scratch";
import { LogLevel, Status } from "../types";
import { resultBytesOrEmpty } from "./results";

/** Writes a line to the proxy's log. */
export function log(level: LogLevel, text: string): void {
  const line = scratch.encode(text);
  host.proxy_log(level, line.at, line.size);
}

/** Nanoseconds since the Unix epoch. */
export function nowNanoseconds(): i64 {
  scratch.clearResults();
  host.proxy_get_current_time_nanoseconds(scratch.resultAddress());
  return <i64>scratch.result64();
}

/** 64 bits that nobody can guess. */
export function randomBits(): u64 {
  scratch.clearResults();
  host.random_get(scratch.resultAddress(), 8);
  return scratch.result64();
}

/** Milliseconds between ticks of the plugin; 0 stops them. */
export function setTickPeriod(ms: u32): void {
  host.proxy_set_tick_period_milliseconds(ms);
}

/** Makes another context the one that calls are about; false if the host knows none of that id. */
export function setEffectiveContext(id: u32): bool {
  return host.proxy_set_effective_context(id) == Status.Ok;
}

/** Calls a function that the proxy offers by name, such as `clear_route_cache`; null if it does not, or if the call failed. */
export function callForeignFunction(name: string, argument: Bytes): Bytes | null {
  const text = scratch.encode(name);
  scratch.clearResults();
  const status = host.proxy_call_foreign_function(
    text.at,
    text.size,
    argument.address(0),
    argument.length,
    scratch.resultAddress(),
    scratch.resultSizeAddress(),
  );
  return status == Status.Ok ? resultBytesOrEmpty() : null;
}
