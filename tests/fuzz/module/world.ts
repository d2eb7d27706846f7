import { Envoy } from "../../module/host/envoy.ts";
import type { Plugin } from "../../module/host/plugin.ts";
import type { Stream } from "../../module/host/stream.ts";
import type { Step } from "./steps.ts";

const PROPERTIES = { "source.address": "10.0.0.1:80" };

/** A VM that steps are taken in. What a step names and is not there, it leaves alone. */
export class World {
  readonly envoy: Envoy;
  readonly #streams = new Map<number, Stream>();
  readonly #plugins = new Map<number, Plugin>();
  readonly #touched = new Set<number>();
  /** Streams that were opened since the start. */
  #all: Stream[] = [];

  constructor(module: WebAssembly.Module) {
    this.envoy = new Envoy(module);
    this.envoy.callouts.clusters.add("probe");
  }

  /** Takes all steps, and then ends everything that is still open; throws at what must not be. */
  run(steps: readonly Step[]): void {
    const before = this.envoy.metrics.total("weir.requests;");
    this.#all = [];
    for (const step of steps) this.take(step);
    this.end();
    const settled = this.envoy.metrics.total("weir.requests;") - before;
    if (settled > this.#all.length) throw new Error(`${this.#all.length} streams were settled ${settled} times`);
    for (const stream of this.#all)
      if (stream.state.has("gen_ai.operation.name") && !stream.state.has("weir.outcome"))
        throw new Error("a half settlement");
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
      case "responseHeaders":
        return stream?.[step.do](step.headers, step.isLast);
      case "requestBody":
      case "responseBody":
        return stream?.[step.do](Buffer.from(step.bytes, "latin1"), step.isLast);
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
        else if (call.kind === "http") envoy.callouts.answerHttp(call, 503, step.body);
        else envoy.callouts.closeGrpc(call, 14, step.body);
        return;
      }
      case "advance":
        return envoy.advance(step.ms);
      case "limitMemory":
        envoy.mallocLimit = step.bytes ?? Infinity;
    }
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
