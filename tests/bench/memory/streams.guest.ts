// One stream of seven callbacks, as a filter that allocates freely would write it: a table of headers, a body, joined and split texts.
import "../../../assembly/abi/abort";
import {
  Arena,
  beginCallback,
  bytesHeld,
  endCallback,
  enter,
  enterCall,
  leave,
  newArena,
  release,
} from "../../../assembly/memory/arena";
import { ContextTable } from "../../../assembly/memory/contexts";

class Stream {
  readonly headers: Map<string, string> = new Map<string, string>();
  body: Uint8Array | null = null;
  path: string = "";
  note: string = "";
  parts: i32 = 0;
  constructor(readonly arena: Arena) {}
}

const STREAMS = new ContextTable<Stream>();
const PLUGIN: Arena = newArena(null, 0);

export function create(id: u32): void {
  const outer = beginCallback();
  const arena = newArena(PLUGIN, 0);
  const before = enter(arena);
  STREAMS.set(id, new Stream(arena));
  leave(before);
  endCallback(outer);
}

export function requestHeaders(id: u32, count: i32): void {
  const outer = beginCallback();
  const stream = STREAMS.get(id)!;
  const before = enter(stream.arena);
  for (let i = 0; i < count; i++) stream.headers.set("x-header-" + i.toString(), "value-" + (id + i).toString());
  stream.path = "/v1/chat/" + id.toString();
  leave(before);
  endCallback(outer);
}

export function requestBody(id: u32, size: i32): void {
  const outer = beginCallback();
  const stream = STREAMS.get(id)!;
  const before = enter(stream.arena);
  const body = new Uint8Array(size);
  for (let i = 0; i < size; i += 64) body[i] = <u8>i;
  stream.body = body;
  leave(before);
  endCallback(outer);
}

export function requestEnd(id: u32): void {
  const outer = beginCallback();
  const stream = STREAMS.get(id)!;
  const before = enter(stream.arena);
  const headers = stream.headers;
  stream.note = stream.path + "?" + headers.get("x-header-3") + "&" + headers.get("x-header-7");
  leave(before);
  endCallback(outer);
}

export function responseHeaders(id: u32): i32 {
  const outer = beginCallback();
  const stream = STREAMS.get(id)!;
  const length = stream.headers.keys().join("").length;
  endCallback(outer);
  return length;
}

export function responseBody(id: u32): i32 {
  const outer = beginCallback();
  const stream = STREAMS.get(id)!;
  const scratch = enterCall();
  const text = String.UTF8.decode(String.UTF8.encode(stream.note)) + stream.path;
  stream.parts += text.split("/").length;
  leave(scratch);
  const parts = stream.parts;
  endCallback(outer);
  return parts;
}

export function end(id: u32): void {
  const outer = beginCallback();
  const stream = STREAMS.get(id)!;
  STREAMS.delete(id);
  release(stream.arena);
  endCallback(outer);
}

/** Bytes that arenas hold. */
export function held(): usize {
  return bytesHeld();
}
