import { checkImports } from "../../../build/wasm/imports.ts";
import { type Exports, Status } from "./abi.ts";
import { Callouts } from "./callouts.ts";
import type { Context } from "./context.ts";
import { hostFunctions } from "./imports.ts";
import { Memory } from "./memory.ts";
import { Metrics } from "./metrics.ts";
import { Plugin } from "./plugin.ts";
import { Stream, type StreamOptions } from "./stream.ts";
import { Trace } from "./trace.ts";

/** The module trapped: it names the callback, and the VM is dead. */
export class Trap extends Error {
  constructor(callback: string, cause: unknown, lastLog: string) {
    super(
      `${callback} trapped: ${cause instanceof Error ? cause.message : String(cause)}${lastLog && ` (${lastLog})`}`,
      { cause },
    );
    this.name = "Trap";
  }
}

export interface LogLine {
  level: string;
  text: string;
}

/** Seconds since 1970 at which the virtual clock begins. */
const EPOCH_S = 1_700_000_000n;

/**
 * One VM of an Envoy in miniature, with its plugins and streams. It does what Envoy 1.40 was seen to do, as far as a filter can
 * tell. Nothing happens by itself: the clock stands still until `advance`.
 */
export class Envoy {
  readonly metrics = new Metrics();
  readonly logs: LogLine[] = [];
  readonly sharedData = new Map<string, { bytes: Buffer; cas: number }>();
  readonly trace = new Trace();
  readonly callouts = new Callouts(this);
  readonly memory: Memory;
  readonly plugins = new Map<number, Plugin>();
  readonly streams = new Map<number, Stream>();
  /** What `malloc` may give in one piece; more fails the host call that asks, as if the module had refused. */
  mallocLimit = Infinity;
  calloutStatus = { code: 0, message: "" };
  /** The virtual clock. */
  nowNanoseconds = EPOCH_S * 1_000_000_000n;
  readonly #exports: Exports;
  #lastId = 0;
  #current = 0;
  #effective = 0;
  #isDead = false;
  #afterCallback: (() => void)[] = [];

  /** Starts a VM without plugins. */
  constructor(module: WebAssembly.Module) {
    const functions = hostFunctions(this);
    const imports: WebAssembly.Imports = { env: {}, wasi_snapshot_preview1: {} };
    for (const { module: from, name } of WebAssembly.Module.imports(module)) {
      const found = from === "env" ? functions[name] : from === "wasi_snapshot_preview1" ? this.wasi(name) : undefined;
      if (!found) throw new Error(`The module imports what the host does not have: ${from}.${name}`);
      (imports[from] as Record<string, unknown>)[name] = found;
    }
    const instance = new WebAssembly.Instance(module, imports);
    this.#exports = instance.exports as unknown as Exports;
    this.memory = new Memory(this.#exports, () => this.mallocLimit);
    this.guarded("_initialize", () => this.#exports._initialize());
  }

  /** Starts a VM with one plugin; throws if the configuration is refused. */
  static start(module: WebAssembly.Module, configuration: unknown = {}): Envoy {
    const envoy = new Envoy(module);
    const plugin = envoy.addPlugin(configuration);
    if (!plugin) throw new Error(`The configuration is refused: ${envoy.logs.map((line) => line.text).join("\n")}`);
    return envoy;
  }

  // ---- plugins ---------------------------------------------------------------------------------------------------------------

  /** A new root context; null if its configuration is refused, and then it is gone again. */
  addPlugin(configuration: unknown): Plugin | null {
    const plugin = new Plugin(this, this.nextId());
    this.plugins.set(plugin.id, plugin);
    this.trace.names.set(plugin.id, `plugin${this.plugins.size}`);
    this.callback("proxy_on_context_create", plugin.id, 0);
    if (this.callback("proxy_on_vm_start", plugin.id, 0) !== 0 && plugin.configure(configuration)) return plugin;
    this.deletePlugin(plugin);
    return null;
  }

  /** The plugin of streams that name none: the last that was added. */
  get plugin(): Plugin {
    const last = [...this.plugins.values()].at(-1);
    if (!last) throw new Error("There is no plugin.");
    return last;
  }

  deletePlugin(plugin: Plugin): void {
    plugin.tickPeriodMs = 0;
    if (this.callback("proxy_on_done", plugin.id) === 0) return;
    this.callback("proxy_on_delete", plugin.id);
    this.plugins.delete(plugin.id);
  }

  // ---- streams ---------------------------------------------------------------------------------------------------------------

  /** A stream whose first callback has not come yet. */
  openStream(options: StreamOptions = {}): Stream {
    return new Stream(this, options);
  }

  nextId(): number {
    return ++this.#lastId;
  }

  // ---- time ------------------------------------------------------------------------------------------------------------------

  /** Lets time pass, with all ticks that are due. */
  advance(ms: number): void {
    for (let i = 0; i < ms; i++) {
      this.nowNanoseconds += 1_000_000n;
      for (const plugin of [...this.plugins.values()])
        if (plugin.isTickDue()) this.callback("proxy_on_tick", plugin.id);
    }
  }

  setTickPeriod(rootId: number, ms: number): void {
    this.plugins.get(rootId)?.tickEvery(ms);
  }

  // ---- callbacks -------------------------------------------------------------------------------------------------------------

  /** The context that host calls are about. */
  get context(): Context {
    const id = this.contextOf(this.#effective) ? this.#effective : this.#current;
    const context = this.contextOf(id);
    if (context) return context;
    // Envoy would not call back for a context that it does not have; a fuzzer does.
    return new Plugin(this, id);
  }

  contextOf(id: number): Context | undefined {
    return this.plugins.get(id) ?? this.streams.get(id);
  }

  setEffectiveContext(id: number): number {
    if (!this.contextOf(id)) return Status.BadArgument;
    this.#effective = id;
    return Status.Ok;
  }

  done(): number {
    return Status.Ok;
  }

  /** Calls the module back; what host calls have put off happens when it returns. */
  callback(name: string, id: number, ...args: number[]): number {
    const [current, effective] = [this.#current, this.#effective];
    this.#current = id;
    this.#effective = 0;
    this.trace.enter(name.replace("proxy_on_", ""), id, args.join(" "));
    const found = (this.#exports as unknown as Record<string, ((...args: number[]) => number | undefined) | undefined>)[
      name
    ];
    const result = found ? this.guarded(name, () => found(id, ...args)) : 1;
    this.#current = current;
    this.#effective = effective;
    this.trace.leave(resultText(name, result));
    for (let next = this.#afterCallback.shift(); next; next = this.#afterCallback.shift()) next();
    return result ?? 0;
  }

  /** Does something when the running callback returns, at once if none runs. */
  afterCallback(action: () => void): void {
    this.#afterCallback.push(action);
  }

  private guarded<T>(name: string, call: () => T): T {
    if (this.#isDead) throw new Error(`${name} after a trap`);
    try {
      return call();
    } catch (error) {
      this.#isDead = true;
      if (error instanceof WebAssembly.RuntimeError || error instanceof RangeError)
        throw new Trap(name, error, this.logs.at(-1)?.text ?? "");
      throw error;
    }
  }

  /** Nothing of WASI does anything here but succeed; the clock is the virtual one. */
  private wasi(name: string): (...args: number[]) => number {
    return (...args) => {
      if (name === "clock_time_get") this.memory.setU64(args[2] ?? 0, this.nowNanoseconds);
      if (name === "environ_sizes_get" || name === "args_sizes_get") for (const at of args) this.memory.setU32(at, 0);
      if (name === "proc_exit") throw new WebAssembly.RuntimeError("proc_exit");
      return 0;
    };
  }

  /** Throws unless Envoy would take the module. */
  static checkImports(wasm: Uint8Array<ArrayBuffer>, name: string): void {
    checkImports(wasm, name);
  }
}

function resultText(name: string, result: number | undefined): string {
  if (result === undefined) return "";
  if (name === "proxy_on_configure" || name === "proxy_on_vm_start") return result === 0 ? "refused" : "taken";
  if (name === "proxy_on_done") return result === 0 ? "not yet" : "";
  return result === 0 ? "continue" : "pause";
}
