import { Bytes } from "../../bytes/bytes";
import * as host from "../imports";
import * as scratch from "../scratch";
import { Status } from "../types";
import { resultBytes } from "./results";

/**
 * A property; null if there is none, or if it is empty. Its form depends on its type: text as it is, integers as 8 bytes,
 * little-endian. The parts of the path hold no U+0000, which joins them.
 */
export function property(path: string[]): Bytes | null {
  const key = scratch.encodePath(path);
  scratch.clearResults();
  const status = host.proxy_get_property(key.at, key.size, scratch.resultAddress(), scratch.resultSizeAddress());
  return status == Status.Ok ? resultBytes() : null;
}

/** Sets filter state `wasm.<name>` of the stream. */
export function setProperty(name: string, value: string): void {
  const key = scratch.encode(name);
  const text = scratch.encodeSecond(value);
  host.proxy_set_property(key.at, key.size, text.at, text.size);
}
