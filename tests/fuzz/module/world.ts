import { Envoy, type EnvoyOptions } from "../../module/host/envoy.ts";
import type { Plugin } from "../../module/host/plugin.ts";
import type { Stream } from "../../module/host/stream.ts";
import type { Step } from "./steps.ts";

const PROPERTIES = { "source.address": "10.0.0.1:80" };

/** What was to be seen of one stream; it must not depend on the build, nor on when a local reply is given. */
type Sight = Record<string, unknown>;

/** Calls to models, whatever is in them: each of these streams must be settled. */
const CALL = /^\/v1\/chat\/completions(\?|$)/;

/** A VM that steps are taken in. What a step names and is not there, it leaves alone. */
export class World {
  readonly envoy: Envoy;
  readonly #streams = new Map<number, Stream>();
  readonly #plugins = new Map<number, Plugin>();
  readonly #touched = new Set<number>();
  /** Streams that were opened since the start. */
  #all: Stream[] = [];
  readonly #calls = new Set<Stream>();
  /** What upstreams have sent, and with which status. */
  readonly #sent = new Map<Stream, { status: string; bytes: Buffer[] }>();

  constructor(module: WebAssembly.Module, options: EnvoyOptions = {}) {
    this.envoy = new Envoy(module, options);
    this.envoy.callouts.clusters.add("probe");
  }

  /** Takes all steps, and then ends everything that is still open; throws at what must not be, and gives what was to be seen. */
  run(steps: readonly Step[]): Sight[] {
    const before = this.envoy.metrics.total("weir.requests;");
    const misuses = this.envoy.misuses.length;
    this.#all = [];
    this.#calls.clear();
    this.#sent.clear();
    for (const step of steps) this.take(step);
    this.end();
    const isLegal = steps.every((step) => step.do !== "callback");
    // Without memory Weir cannot even read what a request is.
    const isRead = isLegal && steps.every((step) => step.do !== "limitMemory");
    const settled = this.envoy.metrics.total("weir.requests;") - before;
    if (settled > this.#all.length) throw new Error(`${this.#all.length} streams were settled ${settled} times`);
    for (const stream of this.#all) {
      const outcomes = stream.settings.filter((name) => name === "weir.outcome").length;
      if (outcomes > 1) throw new Error(`a stream was settled ${outcomes} times`);
      if (outcomes === 0 && stream.state.has("gen_ai.operation.name")) throw new Error("a half settlement");
      if (outcomes === 0 && isRead && this.#calls.has(stream)) throw new Error("a call was not settled");
    }
    for (const [stream, { status, bytes }] of this.#sent) {
      const isCutOff = stream.state.get("weir.outcome") === "cut_off";
      // The closing events of a stream that is cut off are Weir's own; out of order, nothing tells that it was.
      if (!isLegal || isCutOff || stream.client.headers?.get(":status") !== status || stream.details !== "via_upstream")
        continue;
      if (!isPartOf(stream.client.body, Buffer.concat(bytes)))
        throw new Error("a client was given bytes that its provider has not sent");
    }
    if (isLegal && this.envoy.misuses.length > misuses) throw new Error(this.envoy.misuses.slice(misuses).join(", "));
    return this.#all.map(sightOf);
  }

  private end(): void {
    this.envoy.mallocLimit = Infinity;
    for (const stream of this.#streams.values()) stream.clientReset();
    for (const plugin of this.#plugins.values()) this.envoy.deletePlugin(plugin);
    // What callbacks out of order have made, the proxy does not know of and would never delete.
    for (const id of this.#touched) this.envoy.callback("proxy_on_delete", id);
    this.#touched.clear();
    for (const call of [...this.envoy.callouts.open]) this.envoy.callouts.timeOut(call);
    this.#streams.clear();
    this.#plugins.clear();
  }

  private take(step: Step): void {
    const { envoy } = this;
    const stream = "stream" in step ? this.#streams.get(step.stream) : undefined;
    switch (step.do) {
      case "open": {
        const plugin = this.#plugins.get(step.plugin) ?? this.#plugins.get(0);
        if (!plugin) return;
        stream?.clientReset();
        const opened = envoy.openStream({
          plugin,
          flag: step.flag,
          bufferLimit: step.limit,
          properties: PROPERTIES,
          isLenient: true,
        });
        this.#streams.set(step.stream, opened);
        this.#all.push(opened);
        return;
      }
      case "requestHeaders":
        if (!stream) return;
        // A stream whose plugin went before its headers came is nobody's.
        if (this.isCall(step.headers) && envoy.plugins.has(stream.rootId)) this.#calls.add(stream);
        return stream.requestHeaders(step.headers, step.isLast);
      case "responseHeaders":
        if (stream && !this.#sent.has(stream))
          this.#sent.set(stream, { status: step.headers[":status"] ?? "", bytes: [] });
        return stream?.responseHeaders(step.headers, step.isLast);
      case "responseBody":
        if (stream) this.#sent.get(stream)?.bytes.push(Buffer.from(step.bytes, "latin1"));
        return stream?.responseBody(Buffer.from(step.bytes, "latin1"), step.isLast);
      case "requestBody":
        return stream?.requestBody(Buffer.from(step.bytes, "latin1"), step.isLast);
      case "requestTrailers":
      case "responseTrailers":
        return stream?.[step.do]({ "x-trailer": "1" });
      case "clientReset":
      case "upstreamReset":
      case "upstreamTimeout":
      case "idleTimeout":
        return stream?.[step.do]();
      case "callback":
        // An id of a stream, of a plugin, or of nobody.
        this.callOutOfOrder(step.name, stream?.id ?? this.#plugins.get(0)?.id ?? 0, step.a, step.b);
        return;
      case "addPlugin":
        return this.addPlugin(step.plugin, step.configuration);
      case "configure":
        this.#plugins.get(step.plugin)?.configure(Buffer.from(step.configuration, "latin1"));
        return;
      case "deletePlugin": {
        const plugin = this.#plugins.get(step.plugin);
        if (plugin && step.plugin > 0) envoy.deletePlugin(plugin);
        if (step.plugin > 0) this.#plugins.delete(step.plugin);
        return;
      }
      case "answerCall":
      case "failCall":
      case "timeOutCall": {
        const [call] = envoy.callouts.open;
        if (!call) return;
        if (step.do === "answerCall") envoy.callouts.answer(call, step.body);
        else if (step.do === "timeOutCall") envoy.callouts.timeOut(call);
        else envoy.callouts.fail(call, "connection termination");
        return;
      }
      case "advance":
        return envoy.advance(step.ms);
      case "limitMemory":
        envoy.mallocLimit = step.bytes ?? Infinity;
    }
  }

  private isCall(headers: Record<string, string>): boolean {
    return headers[":method"] === "POST" && CALL.test(headers[":path"] ?? "");
  }

  private callOutOfOrder(name: string, id: number, a: number, b: number): void {
    this.#touched.add(id);
    this.envoy.callback(`proxy_on_${name}`, id, a, b, 0);
  }

  private addPlugin(name: number, configuration: string): void {
    const old = this.#plugins.get(name);
    const plugin = this.envoy.addPlugin(Buffer.from(configuration, "latin1"));
    if (!plugin) return;
    this.#plugins.set(name, plugin);
    if (old) this.envoy.deletePlugin(old);
  }
}

/** Whether `part` is `whole` with some of its bytes left out. */
function isPartOf(part: Buffer, whole: Buffer): boolean {
  let found = 0;
  for (let at = 0; at < whole.length && found < part.length; at++) if (whole[at] === part[found]) found++;
  return found === part.length;
}

function sightOf({ client, upstream, state, details }: Stream): Sight {
  return {
    client: [client.headers?.toJSON() ?? null, client.body.toString("latin1"), client.end],
    upstream: [upstream.headers?.toJSON() ?? null, upstream.body.toString("latin1"), upstream.end],
    state: [...state],
    details,
  };
}
