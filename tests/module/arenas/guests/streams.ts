// A filter that keeps, in each stream, what it was given, and tells at the end what it kept. Its configuration is the budget of a
// stream in bytes, then words.
import {
  appendToBuffer,
  bufferBytes,
  callForeignFunction,
  defineMetric,
  headerBlock,
  headerValue,
  httpCall,
  incrementMetric,
  log,
  metricValue,
  nowNanoseconds,
  pluginConfiguration,
  property,
  sendLocalResponse,
  setBuffer,
  setHeader,
  setProperty,
  setSharedData,
  sharedData,
} from "../../../../assembly/abi/calls";
import { install } from "../../../../assembly/abi/exports";
import { Guest } from "../../../../assembly/abi/guest";
import { Action, BufferType, LogLevel, MapType, MetricType, Status } from "../../../../assembly/abi/types";
import { Bytes } from "../../../../assembly/bytes/bytes";
import {
  Arena,
  bytesHeld,
  discard,
  enter,
  enterCall,
  isNearLimit,
  isOverBudget,
  keep,
  leave,
  newArena,
  release,
  setCallBudget,
  setMemoryLimit,
} from "../../../../assembly/memory/arena";
import { ContextTable } from "../../../../assembly/memory/contexts";

export * from "../../../../assembly/abi/exports";

class Plugin {
  words: string[] = [];
  budgetBytes: i32 = 0;
  streams: i32 = 0;
  constructor(readonly arena: Arena) {}
}

class Stream {
  readonly headers: Map<string, string> = new Map<string, string>();
  readonly parts: Bytes[] = [];
  path: string = "";
  note: string = "";
  responseBytes: i32 = 0;
  isRefused: bool = false;
  constructor(
    readonly arena: Arena,
    readonly plugin: Plugin,
  ) {}

  /** FNV-1a of all parts. */
  hash(): u32 {
    let hash: u32 = 0x811c9dc5;
    for (let i = 0; i < this.parts.length; i++) {
      const part = this.parts[i];
      for (let k = 0; k < part.length; k++) hash = (hash ^ part[k]) * 0x01000193;
    }
    return hash;
  }

  tell(): string {
    const outer = enterCall();
    const names = this.headers.keys();
    const lines: string[] = [this.path, this.note, this.parts.length.toString(), this.hash().toString(16)];
    for (let i = 0; i < names.length; i++) lines.push(names[i] + "=" + this.headers.get(names[i]));
    const text = lines.join(" ");
    leave(outer);
    return text;
  }
}

class StreamsGuest extends Guest {
  private readonly plugins: ContextTable<Plugin> = new ContextTable<Plugin>();
  private readonly streams: ContextTable<Stream> = new ContextTable<Stream>();

  onContextCreate(id: u32, parent: u32): void {
    const plugin = this.plugins.get(parent);
    if (parent == 0) this.openPlugin(id);
    else if (plugin) this.openStream(id, plugin);
  }

  private openPlugin(id: u32): void {
    const arena = newArena(null, 0);
    const outer = enter(arena);
    this.plugins.set(id, new Plugin(arena));
    leave(outer);
  }

  private openStream(id: u32, plugin: Plugin): void {
    const arena = newArena(plugin.arena, plugin.budgetBytes);
    const outer = enter(arena);
    this.streams.set(id, new Stream(arena, plugin));
    leave(outer);
    plugin.streams++;
  }

  onConfigure(id: u32, size: i32): bool {
    const plugin = this.plugins.get(id);
    if (!plugin) return false;
    const outer = enter(plugin.arena);
    plugin.words = pluginConfiguration(size).toString().split(" ");
    leave(outer);
    plugin.budgetBytes = <i32>parseInt(plugin.words[0]);
    return plugin.budgetBytes >= 0;
  }

  onRequestHeaders(id: u32, count: i32, _isLast: bool): Action {
    const stream = this.streams.get(id);
    if (!stream) return Action.Continue;
    const outer = enter(stream.arena);
    const path = headerValue(MapType.RequestHeaders, ":path");
    if (path) stream.path = path;
    const pairs = headerBlock(MapType.RequestHeaders).pairs();
    if (pairs.length != count * 2) log(LogLevel.Error, "headers are missing");
    for (let i = 0; i < pairs.length; i += 2) stream.headers.set(pairs[i], pairs[i + 1]);
    leave(outer);
    setHeader(MapType.RequestHeaders, "x-seen", stream.path);
    setProperty("weir.path", stream.path);
    if (!stream.headers.has("x-refuse")) return Action.Continue;
    this.refuse(stream, 403);
    return Action.Pause;
  }

  /** The nested callbacks may delete the stream; what is read afterwards must still be there, and must be its own. */
  private refuse(stream: Stream, status: i32): void {
    stream.isRefused = true;
    const scratch = "refused " + stream.path;
    sendLocalResponse(status, "test_refused", ["x-path", stream.path], Bytes.fromString("no"));
    log(LogLevel.Info, "after the reply: " + scratch + " " + stream.tell());
  }

  onRequestBody(id: u32, size: i32, _isLast: bool): Action {
    const stream = this.streams.get(id);
    if (!stream || stream.isRefused) return Action.Pause;
    const outer = enter(stream.arena);
    const bytes = bufferBytes(BufferType.RequestBody, 0, size);
    if (bytes) stream.parts.push(bytes);
    leave(outer);
    if ((!bytes && size > 0) || isOverBudget(stream.arena)) {
      this.refuse(stream, 413);
      return Action.Pause;
    }
    if (stream.headers.has("x-discard")) this.discardAll(stream);
    return isNearLimit() ? Action.Pause : Action.Continue;
  }

  private discardAll(stream: Stream): void {
    while (stream.parts.length > 0) discard(stream.parts.pop().buffer);
  }

  onResponseHeaders(id: u32, _count: i32, _isLast: bool): Action {
    const stream = this.streams.get(id);
    if (!stream) return Action.Continue;
    const status = headerValue(MapType.ResponseHeaders, ":status");
    if (status) stream.note = keep<string>(status, stream.arena);
    return Action.Continue;
  }

  onResponseBody(id: u32, size: i32, isLast: bool): Action {
    const stream = this.streams.get(id);
    if (!stream) return Action.Continue;
    const bytes = bufferBytes(BufferType.ResponseBody, 0, size);
    if (bytes) stream.responseBytes += bytes.toString().split(",").length;
    if (isLast) appendToBuffer(BufferType.ResponseBody, Bytes.fromString(";" + stream.note));
    return Action.Continue;
  }

  onLog(id: u32): void {
    const stream = this.streams.get(id);
    if (stream) log(LogLevel.Info, "ends: " + stream.tell() + " " + stream.responseBytes.toString());
  }

  onDelete(id: u32): void {
    const stream = this.streams.get(id);
    const plugin = this.plugins.get(id);
    this.streams.delete(id);
    this.plugins.delete(id);
    if (stream) {
      stream.plugin.streams--;
      release(stream.arena);
    }
    if (plugin) {
      log(LogLevel.Info, "plugin ends: " + plugin.words.join("|") + " " + plugin.streams.toString());
      release(plugin.arena);
    }
  }

  /** Goes through the calls that need no stream, and logs what came of each. */
  onTick(_id: u32): void {
    const lines: string[] = [];
    lines.push("now " + nowNanoseconds().toString());
    const metric = defineMetric(MetricType.Counter, "weir.test");
    incrementMetric(metric, 3);
    incrementMetric(metric, 4);
    lines.push("metric " + metricValue(metric).toString() + " " + metricValue(99).toString());
    lines.push("absent " + (sharedData("key") == null ? "yes" : "no"));
    lines.push("set " + setSharedData("key", Bytes.fromString("one"), 0).toString());
    const first = sharedData("key");
    if (first) {
      lines.push(first.bytes.toString() + " " + first.cas.toString());
      lines.push("again " + setSharedData("key", Bytes.fromString(""), first.cas).toString());
      const late = setSharedData("key", Bytes.fromString("two"), first.cas);
      lines.push("late " + (late == Status.CasMismatch ? "mismatch" : late.toString()));
    }
    const second = sharedData("key");
    if (second) lines.push("empty " + second.bytes.length.toString() + " " + second.cas.toString());
    const reversed = callForeignFunction("reverse", Bytes.fromString("stressed"));
    if (reversed) lines.push(reversed.toString());
    lines.push("unknown function " + (callForeignFunction("none", Bytes.fromString("")) == null ? "yes" : "no"));
    const body = Bytes.fromString("{}");
    lines.push("call " + httpCall("there", [":method", "POST", "x-ü", "€😀"], body, 100).toString());
    lines.push("no call " + httpCall("nowhere", [], body, 100).toString());
    const long = "v".repeat(5000);
    setProperty("long", long);
    const longer = property(["long"]);
    lines.push("long " + (longer ? longer.length.toString() : "-"));
    setProperty("a\0b", "joined");
    const joined = property(["a", "b"]);
    lines.push(joined ? joined.toString() : "-");
    lines.push("no property " + (property(["c"]) == null ? "yes" : "no"));
    lines.push("no buffer " + setBuffer(BufferType.RequestBody, 0, 0, body).toString());
    log(LogLevel.Info, lines.join("\n"));
  }
}

install(new StreamsGuest());

/** Bytes that arenas hold. */
export function held(): usize {
  return bytesHeld();
}

/** Sets the limit of the whole VM, and the budget of the call arena. */
export function limit(vmBytes: usize, callBytes: usize): void {
  setMemoryLimit(vmBytes);
  setCallBudget(callBytes);
}
