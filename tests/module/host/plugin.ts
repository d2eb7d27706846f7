import { BufferType, Status } from "./abi.ts";
import type { Buffered, Context } from "./context.ts";
import type { Envoy } from "./envoy.ts";
import type { HeaderMap } from "./header-map.ts";

/** A root context: a plugin of one listener or route. */
export class Plugin implements Context {
  /** 0 is no tick. */
  tickPeriodMs = 0;
  #nextTickAt = 0n;
  #configuration: Buffer = Buffer.alloc(0);

  constructor(
    private readonly envoy: Envoy,
    readonly id: number,
  ) {}

  get areHeadersReadOnly(): boolean {
    return false;
  }

  get rootId(): number {
    return this.id;
  }

  /** Configures it, also anew; false if the module refuses. A string or bytes are taken as they are, anything else is JSON. */
  configure(configuration: unknown): boolean {
    const isRaw = typeof configuration === "string" || configuration instanceof Buffer;
    this.#configuration = Buffer.from(isRaw ? configuration : JSON.stringify(configuration));
    return this.envoy.callback("proxy_on_configure", this.id, this.#configuration.length) !== 0;
  }

  tickEvery(ms: number): void {
    this.tickPeriodMs = ms;
    this.#nextTickAt = this.envoy.nowNanoseconds + BigInt(ms) * 1_000_000n;
  }

  /** Whether a tick is due; then the next one is as far away as the period says. */
  isTickDue(): boolean {
    if (this.tickPeriodMs === 0 || this.envoy.nowNanoseconds < this.#nextTickAt) return false;
    this.tickEvery(this.tickPeriodMs);
    return true;
  }

  headers(type: number): HeaderMap | undefined {
    return this.envoy.callouts.headersOf(type);
  }

  buffer(type: number): Buffered | undefined {
    if (type === BufferType.PluginConfiguration) return { bytes: this.#configuration };
    if (type === BufferType.VmConfiguration) return { bytes: Buffer.alloc(0) };
    return this.envoy.callouts.bufferOf(type);
  }

  hasBuffer(): boolean {
    return false;
  }

  canChange(): boolean {
    return false;
  }

  property(): Buffer | undefined {
    return undefined;
  }

  setFilterState(): boolean {
    return false;
  }

  reply(): number {
    return this.misuse("a local reply");
  }

  resume(): number {
    return this.misuse("a resume");
  }

  close(): number {
    return this.misuse("a close");
  }

  private misuse(what: string): number {
    this.envoy.misuses.push(`${what} without a stream`);
    return Status.Ok;
  }
}
