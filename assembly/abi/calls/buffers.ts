import { Bytes } from "../../bytes/bytes";
import * as host from "../imports";
import * as scratch from "../scratch";
import { BufferType, Status } from "../types";
import { resultBytes } from "./results";

/** Bytes `[at, at + size)` of a buffer, or what there is of them; null if there are none, or no memory for them. */
export function bufferBytes(type: BufferType, at: i32, size: i32): Bytes | null {
  scratch.clearResults();
  const status = host.proxy_get_buffer_bytes(type, at, size, scratch.resultAddress(), scratch.resultSizeAddress());
  return status == Status.Ok ? resultBytes() : null;
}

/** Bytes that a buffer holds now; 0 if there is no such buffer. */
export function bufferSize(type: BufferType): i32 {
  scratch.clearResults();
  const status = host.proxy_get_buffer_status(type, scratch.resultAddress(), scratch.resultSizeAddress());
  return status == Status.Ok ? <i32>scratch.result() : 0;
}

/**
 * Puts `bytes` into a buffer, as Envoy understands the bounds: `at` 0 and `size` 0 puts them first, `at` 0 and `size` no less than
 * the buffer's replaces all of it, `at` no less than the buffer's size puts them last. It refuses everything else.
 */
export function setBuffer(type: BufferType, at: u32, size: u32, bytes: Bytes): Status {
  return host.proxy_set_buffer_bytes(type, at, size, bytes.address(0), bytes.length);
}

/** Puts `bytes` in the place of a whole buffer. */
export function replaceBuffer(type: BufferType, bytes: Bytes): void {
  setBuffer(type, 0, u32.MAX_VALUE, bytes);
}

/** Puts `bytes` before what a buffer holds. */
export function prependToBuffer(type: BufferType, bytes: Bytes): void {
  setBuffer(type, 0, 0, bytes);
}

/** Puts `bytes` behind what a buffer holds. */
export function appendToBuffer(type: BufferType, bytes: Bytes): void {
  // At 0 an empty buffer is replaced, which comes to the same; beyond the end a full one grows.
  const size = bufferSize(type);
  setBuffer(type, size, size == 0 ? u32.MAX_VALUE : 0, bytes);
}

/** The configuration of the plugin that is being configured, of `size` bytes. */
export function pluginConfiguration(size: i32): Bytes {
  const bytes = size > 0 ? bufferBytes(BufferType.PluginConfiguration, 0, size) : null;
  return bytes ? bytes : Bytes.of(new ArrayBuffer(0));
}
