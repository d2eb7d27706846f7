import { Bytes } from "../bytes/bytes";
import { CalloutBody, HeaderList, Headers, Host, NO_CALLOUT } from "../host/host";
import { looksLikeCall } from "../llm/call-path";
import { CallTarget, isMediaType } from "../llm/call-target";
import { WireFormat } from "../llm/wire-format";
import { ContextTable } from "../memory/contexts";
import { enter, isNearLimit, keep, leave, newArena, release } from "../memory/arena";
import { Reply, ReplyStatus } from "../processors/processor";
import { Context } from "./context";
import { Flow } from "./flow";
import { Plugin } from "./plugin";
import { overloaded } from "./refusals";
import { Registry } from "./registry";
import { PluginSettings } from "./settings";
import { Stream } from "./stream";

/** Memory that a stream may use beyond the longest request body that its configuration allows. */
const STREAM_BYTES: u32 = 4 << 20;

/** What a request is. */
class Kind {
  constructor(
    /** The dialect of a call to a model; null for all else. */
    readonly format: WireFormat | null,
    /** Whether it looks like a call to a model, in a dialect that nobody knows. */
    readonly isUnknownCall: bool = false,
  ) {}
}

const OTHER_TRAFFIC = new Kind(null);

/**
 * All plugins and streams of one VM. The proxy's callbacks come here with the id they are about; an id that nobody knows, or that
 * is of the wrong kind, passes everything and does nothing.
 *
 * A stream that is no call to a model, in a plugin where nobody asks for other traffic, never becomes more than its plugin's
 * entry in the table: that is the one branch which such traffic costs.
 */
export class Weir {
  private readonly contexts: ContextTable<Context> = new ContextTable<Context>();
  /** The streams that wait, by the callouts that they wait for. */
  private readonly callouts: ContextTable<Stream> = new ContextTable<Stream>();

  constructor(
    private readonly host: Host,
    private readonly registry: Registry,
  ) {}

  // ---- plugins ---------------------------------------------------------------------------------------------------------------

  /** A root context is created. */
  createPlugin(id: u32): void {
    if (id == 0 || this.contexts.has(id)) return;
    const arena = newArena(null, 0);
    const outer = enter(arena);
    this.contexts.set(id, new Plugin(id, arena, this.host, this.registry));
    leave(outer);
  }

  /** A root context is configured; false refuses the configuration, and the one before goes on. */
  configure(id: u32, json: Bytes): bool {
    const plugin = this.plugin(id);
    return plugin != null && plugin.configure(json);
  }

  /** A root context's timer fired. */
  onTick(id: u32): void {
    const plugin = this.plugin(id);
    if (plugin && plugin.isHoldStuck()) this.letGo(plugin);
  }

  private letGo(plugin: Plugin): void {
    plugin.stopHolding();
    for (let id = plugin.takeHeld(); id != 0; id = plugin.takeHeld()) {
      const stream = this.stream(id);
      if (!stream || !stream.waitsForBody) continue;
      const outer = enter(stream.arena);
      this.host.select(id);
      stream.letGo();
      leave(outer);
    }
    this.host.select(plugin.id);
  }

  // ---- streams ---------------------------------------------------------------------------------------------------------------

  /** A stream of a plugin is created. */
  createStream(id: u32, pluginId: u32): void {
    const plugin = this.plugin(pluginId);
    if (!plugin || id == 0 || this.contexts.has(id)) return;
    this.contexts.set(id, plugin);
    plugin.openStream();
  }

  /** The request's headers came. */
  onRequestHeaders(id: u32, isLast: bool): Flow {
    const plugin = this.pluginOfStream(id);
    const configured = plugin ? plugin.configured : null;
    if (!plugin || !configured || plugin.id == id) return Flow.Continue;
    const headers = this.host.headers(Headers.Request);
    const pathAndQuery = orEmpty(headers.get(":path"));
    const path = withoutQuery(pathAndQuery);
    // Headers that there is no memory to read could be those of a call; a CONNECT has no path either.
    const isUnread = path.length == 0 && isNearLimit();
    const settings = configured.settings;
    const mayBeCall = settings.hasPathRules || this.registry.mayClaim(path) || looksLikeCall(path);
    if (!mayBeCall && !configured.wantsAllTraffic && !isUnread) return Flow.Continue;
    const method = orEmpty(headers.get(":method"));
    const kind = mayBeCall ? this.kindOf(settings, method, path, headers) : OTHER_TRAFFIC;
    const format = kind.format;
    if (kind.isUnknownCall) plugin.reportUnknownCall();
    if (!format && !configured.wantsAllTraffic && !isUnread) return Flow.Continue;
    const arena = newArena(plugin.arena, <u32>settings.maxRequestBytes + STREAM_BYTES);
    const outer = enter(arena);
    const type = format ? orEmpty(headers.get("content-type")) : "";
    const target = new CallTarget(keep(method, arena), keep(path, arena), keep(queryOf(pathAndQuery), arena), type);
    const stream = new Stream(id, plugin, arena, configured, format, target);
    stream.x.isUnknownCall = kind.isUnknownCall;
    this.contexts.set(id, stream);
    const flow = isNearLimit() ? stream.refuseWith(overloaded()) : this.begin(stream, headers, isLast);
    leave(outer);
    return flow;
  }

  /** What a request is, going by its path, its method and its content type. */
  private kindOf(settings: PluginSettings, method: string, path: string, headers: HeaderList): Kind {
    const rule = settings.hasPathRules ? settings.pathRule(path) : null;
    if (rule) {
      const format = rule.format;
      return new Kind(format && format.method == method ? format : null);
    }
    const format = this.registry.formatOf(method, path);
    const isUnknown =
      !format &&
      method == "POST" &&
      looksLikeCall(path) &&
      isMediaType(orEmpty(headers.get("content-type")), "application/json");
    return new Kind(format, isUnknown);
  }

  private begin(stream: Stream, headers: HeaderList, isLast: bool): Flow {
    const plugin = stream.plugin;
    const flow = stream.onRequestHeaders(headers, isLast, plugin.holdsHeaders);
    if (stream.waitsForBody) plugin.watchHeld(stream.id);
    this.trackCallout(stream);
    return flow;
  }

  /** Bytes of the request's body came; `size` are held in all. */
  onRequestBody(id: u32, size: i32, isLast: bool): Flow {
    const stream = this.stream(id);
    if (!stream) return Flow.Continue;
    const outer = enter(stream.arena);
    const flow = stream.onRequestBody(size, isLast);
    this.trackCallout(stream);
    leave(outer);
    return flow;
  }

  /** The request's trailers came. */
  onRequestTrailers(id: u32): Flow {
    const stream = this.stream(id);
    if (!stream) return Flow.Continue;
    const outer = enter(stream.arena);
    const flow = stream.onRequestTrailers();
    this.trackCallout(stream);
    leave(outer);
    return flow;
  }

  /** The answer's headers came. */
  onResponseHeaders(id: u32, isLast: bool): Flow {
    const stream = this.stream(id);
    if (!stream) return Flow.Continue;
    const outer = enter(stream.arena);
    const flow = stream.onResponseHeaders(isLast);
    leave(outer);
    return flow;
  }

  /** A chunk of `size` bytes of the answer came. */
  onResponseBody(id: u32, size: i32, isLast: bool): Flow {
    const stream = this.stream(id);
    if (!stream) return Flow.Continue;
    const outer = enter(stream.arena);
    const flow = stream.onResponseBody(size, isLast);
    leave(outer);
    return flow;
  }

  /** The answer's trailers came. */
  onResponseTrailers(id: u32): Flow {
    const stream = this.stream(id);
    if (!stream) return Flow.Continue;
    const outer = enter(stream.arena);
    const flow = stream.onResponseTrailers();
    leave(outer);
    return flow;
  }

  /**
   * A callout has ended; `code` is the HTTP status, or the gRPC status code. The proxy tells the root context, whichever stream the
   * callout was started for; one whose stream is gone, or that has told its answer already, concerns nobody.
   */
  onReply(callout: u32, status: ReplyStatus, code: i32, source: CalloutBody, size: i32): void {
    const stream = this.callouts.get(keyOf(callout, source));
    if (!stream) return;
    const outer = enter(stream.arena);
    const reply = new Reply(status, code, size > 0 ? this.host.calloutBody(source, size) : null);
    this.forgetCallout(stream);
    this.host.select(stream.id);
    stream.onReply(reply);
    this.trackCallout(stream);
    this.host.select(stream.plugin.id);
    leave(outer);
  }

  private trackCallout(stream: Stream): void {
    const x = stream.x;
    if (x.callout != NO_CALLOUT) this.callouts.set(keyOf(x.callout, x.calloutSource), stream);
  }

  private forgetCallout(stream: Stream): void {
    const x = stream.x;
    if (x.callout != NO_CALLOUT) this.callouts.delete(keyOf(x.callout, x.calloutSource));
    x.callout = NO_CALLOUT;
  }

  /** The exchange is over, as far as the proxy is concerned: settles the stream. */
  onEnd(id: u32): void {
    const stream = this.stream(id);
    if (!stream) return;
    const outer = enter(stream.arena);
    stream.settle();
    leave(outer);
  }

  /** A context is gone, and its id means nothing any more. */
  delete(id: u32): void {
    const context = this.contexts.get(id);
    if (!context) return;
    this.onEnd(id);
    this.contexts.delete(id);
    if (context instanceof Stream) {
      const stream = context as Stream;
      const plugin = stream.plugin;
      this.forgetCallout(stream);
      plugin.forgetHeld(id);
      release(stream.arena);
      plugin.closeStream();
    } else {
      const plugin = context as Plugin;
      if (plugin.id == id) plugin.delete();
      else plugin.closeStream();
    }
  }

  // ---- the table -------------------------------------------------------------------------------------------------------------

  private plugin(id: u32): Plugin | null {
    const plugin = this.pluginOfStream(id);
    return plugin && plugin.id == id ? plugin : null;
  }

  /** The plugin of a stream that is nothing yet but an entry in the table; or the plugin of this very id. */
  private pluginOfStream(id: u32): Plugin | null {
    const context = this.contexts.get(id);
    return context && context instanceof Plugin ? (context as Plugin) : null;
  }

  private stream(id: u32): Stream | null {
    const context = this.contexts.get(id);
    return context && context instanceof Stream ? (context as Stream) : null;
  }
}

/** HTTP and gRPC callouts have ids of their own each, beginning at 1. */
function keyOf(callout: u32, source: CalloutBody): u32 {
  return callout * 2 + (source == CalloutBody.Grpc ? 1 : 0);
}

function withoutQuery(path: string): string {
  const query = path.indexOf("?");
  return query < 0 ? path : path.substring(0, query);
}

function queryOf(path: string): string {
  const query = path.indexOf("?");
  return query < 0 ? "" : path.substring(query + 1);
}

function orEmpty(text: string | null): string {
  return text ? text : "";
}
