import { enterCall, leave } from "../../memory/arena";
import * as host from "../imports";
import * as scratch from "../scratch";
import { MapType, Status } from "../types";
import { resultText } from "./results";

/** The value of a header, several joined by the host; null if there is none. The host's bytes are scratch, the text is not. */
export function headerValue(map: MapType, name: string): string | null {
  const key = scratch.encode(name);
  scratch.clearResults();
  const outer = enterCall();
  const status = host.proxy_get_header_map_value(
    map,
    key.at,
    key.size,
    scratch.resultAddress(),
    scratch.resultSizeAddress(),
  );
  leave(outer);
  return status == Status.Ok ? resultText() : null;
}

/** Sets a header in the place of all its values. */
export function setHeader(map: MapType, name: string, value: string): void {
  const key = scratch.encode(name);
  const text = scratch.encodeSecond(value);
  host.proxy_replace_header_map_value(map, key.at, key.size, text.at, text.size);
}

/** Removes a header. */
export function removeHeader(map: MapType, name: string): void {
  const key = scratch.encode(name);
  host.proxy_remove_header_map_value(map, key.at, key.size);
}
