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
import { wasiFunctions } from "./wasi.ts";

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

export interface EnvoyOptions {
  /** What `vm_config.environment_variables` gives to the module. */
  environment?: Record<string, string>;
  /**
   * Whether a local reply runs its callbacks inside of the host call that asks for it. Envoy 1.40 does so when the callback has
   * returned; a module should not be able to tell the difference.
   */
  nestsReplies?: boolean;
}

/** What a module may call while `_initialize` runs, and while the host allocates from it. */
const IN_INITIALIZE =
  /^(proxy_log|proxy_get_log_level|fd_write|environ_\w+|args_\w+|clock_time_get|random_get|proc_exit)$/;
const IN_MALLOC = /^(proxy_log|fd_write|clock_time_get)$/;

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
  /** Whether other workers are always faster. */
  refusesSharedData = false;
  readonly trace = new Trace();
  readonly callouts = new Callouts(this);
  readonly memory: Memory;
  readonly plugins = new Map<number, Plugin>();
  readonly streams = new Map<number, Stream>();
  /** What `malloc` may give in one piece; more fails the host call that asks, as if the module had refused. */
  mallocLimit = Infinity;
  calloutStatus = { code: 0, message: "" };
  /** What the module did that it must not, and that a real Envoy would not tell it. */
  readonly misuses: string[] = [];
  /** Functions that the proxy has beside the ABI; an argument in, a result out. */
  readonly foreignFunctions = new Map<string, (argument: Buffer) => Buffer>([
    ["clear_route_cache", () => Buffer.alloc(0)],
  ]);
  readonly nestsReplies: boolean;
  /** The virtual clock. */
  nowNanoseconds = EPOCH_S * 1_000_000_000n;
  readonly #exports: Exports;
  #lastId = 0;
  #current = 0;
  #effective = 0;
  #isDead = false;
  #afterCallback: (() => void)[] = [];
  readonly #leaving = new Set<Plugin>();
  /** Callbacks that are running, one inside of another. */
  #depth = 0;

  /** Starts a VM without plugins. */
  constructor(module: WebAssembly.Module, options: EnvoyOptions = {}) {
    this.nestsReplies = options.nestsReplies ?? false;
    const functions: Record<string, Record<string, (...args: never[]) => unknown>> = {
      env: hostFunctions(this),
      wasi_snapshot_preview1: wasiFunctions(this, options.environment ?? {}),
    };
    let allowed: RegExp | null = /^$/;
    let phase = "the start section";
    const imports: Record<string, Record<string, (...args: never[]) => unknown>> = {};
    for (const { module: from, name } of WebAssembly.Module.imports(module)) {
      const found = functions[from]?.[name];
      if (!found) throw new Error(`The module imports what the host does not have: ${from}.${name}`);
      const guarded = (...args: never[]): unknown => {
        if (allowed && !allowed.test(name)) throw new WebAssembly.RuntimeError(`${name} is called in ${phase}`);
        if (this.memory.isAllocating && !IN_MALLOC.test(name))
          throw new WebAssembly.RuntimeError(`${name} is called in malloc`);
        return found(...args);
      };
      (imports[from] ??= {})[name] = guarded;
    }
    const instance = new WebAssembly.Instance(module, imports);
    this.#exports = instance.exports as unknown as Exports;
    this.memory = new Memory(this.#exports, () => this.mallocLimit);
    [allowed, phase] = [IN_INITIALIZE, "_initialize"];
    this.guarded("_initialize", () => this.#exports._initialize());
    allowed = null;
  }

  /** Starts a VM with one plugin; throws if the configuration is refused. */
  static start(module: WebAssembly.Module, configuration: unknown = {}, options: EnvoyOptions = {}): Envoy {
    const envoy = new Envoy(module, options);
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

  /** The plugin's listener is gone; the plugin itself stays until the last of its streams is. */
  deletePlugin(plugin: Plugin): void {
    this.#leaving.add(plugin);
    this.endLeavingPlugins();
  }

  /** Ends plugins that were waiting for streams which are gone now, but none while it runs. */
  private endLeavingPlugins(): void {
    if (this.#depth > 0) return;
    for (const plugin of [...this.#leaving]) {
      if ([...this.streams.values()].some(({ rootId }) => rootId === plugin.id)) continue;
      this.#leaving.delete(plugin);
      this.endPlugin(plugin);
    }
  }

  private endPlugin(plugin: Plugin): void {
    plugin.tickPeriodMs = 0;
    if (this.callback("proxy_on_done", plugin.id) === 0) return;
    this.callouts.forgetPlugin(plugin.id);
    this.callback("proxy_on_delete", plugin.id);
    this.plugins.delete(plugin.id);
  }

  // ---- streams ---------------------------------------------------------------------------------------------------------------

  /** A stream whose first callback has not come yet. */
  openStream(options: StreamOptions = {}): Stream {
    return new Stream(this, options);
  }

  /** The proxy has deleted a stream. */
  forgetStream(id: number): void {
    this.streams.delete(id);
    this.endLeavingPlugins();
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
      this.callouts.endOverdue();
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
    this.misuses.push(`a host call for ${id}, which nobody is`);
    return new Plugin(this, id);
  }

  contextOf(id: number): Context | undefined {
    return this.plugins.get(id) ?? this.streams.get(id);
  }

  setEffectiveContext(id: number): number {
    if (!this.contextOf(id)) {
      this.misuses.push(`${id} is made effective, which nobody is`);
      return Status.BadArgument;
    }
    this.#effective = id;
    return Status.Ok;
  }

  done(): number {
    return Status.Ok;
  }

  /** Calls the module back; what host calls have put off happens when it returns. */
  callback(name: string, id: number, ...args: number[]): number {
    const found = (this.#exports as unknown as Record<string, ((...args: number[]) => number | undefined) | undefined>)[
      name
    ];
    // What a module does not export is not called, and taken for agreed.
    if (!found) return 1;
    const [current, effective] = [this.#current, this.#effective];
    this.#current = id;
    this.#effective = 0;
    this.#depth++;
    this.trace.enter(name.replace("proxy_on_", ""), id, args.join(" "));
    const result = this.guarded(name, () => found(id, ...args));
    this.#current = current;
    this.#effective = effective;
    this.trace.leave(resultText(name, result));
    for (let next = this.#afterCallback.shift(); next; next = this.#afterCallback.shift()) next();
    this.#depth--;
    if (this.#leaving.size > 0) this.endLeavingPlugins();
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
