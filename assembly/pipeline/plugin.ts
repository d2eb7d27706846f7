import { Arena, enter, keep, leave, release } from "../memory/arena";
import { Bytes } from "../bytes/bytes";
import { decode } from "../config/decoder";
import { toJson } from "../config/struct";
import { Host, Level, MetricKind } from "../host/host";
import { Interest } from "../processors/processor";
import { Context } from "./context";
import { HOLD_PATIENCE_MS, HoldWatch } from "./hold";
import { Registry } from "./registry";
import { PluginSettings } from "./settings";
import { Metrics } from "./telemetry";

const MISSING_FLAG =
  "weir: holdHeaders is true, but request bodies do not come while headers are held: the listener's plugin lacks " +
  "`allow_on_headers_stop_iteration: true`. Weir goes on as with holdHeaders: false until it is configured anew.";

/** What one configuration of a plugin has become; streams that began under it keep it. */
export class Configured {
  readonly metrics: Metrics;
  /** Whether some processor wants to see traffic that is no call to a model. */
  readonly wantsAllTraffic: bool;

  constructor(
    readonly settings: PluginSettings,
    host: Host,
    arena: Arena,
  ) {
    this.metrics = new Metrics(host, settings.telemetry.models, arena);
    let all = false;
    for (let i = 0; i < settings.processors.length; i++)
      if (settings.processor(i).interest == Interest.AllTraffic) all = true;
    this.wantsAllTraffic = all;
  }
}

/** One root context: a plugin of one listener or route, with its configuration and what its streams share. */
export class Plugin extends Context {
  /** Null until the first configuration that is right. */
  configured: Configured | null = null;
  private readonly held: HoldWatch = new HoldWatch();
  private lacksFlag: bool = false;
  /** The metric of calls in no known dialect; 0 before the first. */
  private unknownCalls: u32 = 0;
  /** Streams that the proxy has created and not yet deleted. */
  private openStreams: i32 = 0;
  private isDeleted: bool = false;

  constructor(
    readonly id: u32,
    readonly arena: Arena,
    readonly host: Host,
    readonly registry: Registry,
  ) {
    super();
  }

  /** Takes a configuration over if it is right; else every error is logged and the one before goes on. */
  configure(configuration: Bytes): bool {
    const outer = enter(this.arena);
    const settings = new PluginSettings(this.registry);
    const errors = decode(toJson(Bytes.of(keep<ArrayBuffer>(configuration.buffer, this.arena))), settings);
    if (errors.length == 0) {
      for (let i = 0; i < settings.processors.length; i++) settings.processor(i).begin(this.host);
      this.configured = new Configured(settings, this.host, this.arena);
      this.lacksFlag = false;
    } else this.report(errors);
    leave(outer);
    return errors.length == 0;
  }

  private report(errors: string[]): void {
    const count = errors.length;
    const head =
      count == 1
        ? "weir: the configuration has an error and is not used"
        : "weir: the configuration has errors and is not used";
    for (let i = 0; i < count; i++) this.host.log(Level.Error, head + ": " + errors[i]);
  }

  // ---- unknown calls ---------------------------------------------------------------------------------------------------------

  /** A request looks like a call to a model, and no dialect claims it: nobody counts or reads it, so somebody must know of it. */
  reportUnknownCall(): void {
    if (this.unknownCalls == 0) {
      this.unknownCalls = this.host.defineMetric(MetricKind.Counter, "weir.unknown_calls");
    }
    this.host.addMetric(this.unknownCalls, 1);
    this.host.setFilterState("weir.unknown_call", "true");
  }

  // ---- held headers ----------------------------------------------------------------------------------------------------------

  /** Whether streams that begin now hold their headers. */
  get holdsHeaders(): bool {
    const configured = this.configured;
    return configured != null && configured.settings.holdHeaders && !this.lacksFlag;
  }

  /** A stream's headers are held from now on. */
  watchHeld(id: u32): void {
    const outer = enter(this.arena);
    if (this.held.add(id, this.nowMs())) this.host.tickEvery(HOLD_PATIENCE_MS / 4);
    leave(outer);
  }

  /** Whether held streams get no bodies, so that the listener must lack the flag. */
  isHoldStuck(): bool {
    const isStuck = this.held.isStuck(this.nowMs());
    if (this.held.isEmpty) this.host.tickEvery(0);
    return isStuck;
  }

  /** Gives up on holding headers, and says so once, loudly. */
  stopHolding(): void {
    this.lacksFlag = true;
    this.host.log(Level.Error, MISSING_FLAG);
    this.host.addMetric(this.host.defineMetric(MetricKind.Counter, "weir.hold_headers_without_flag"), 1);
    this.host.tickEvery(0);
  }

  /** Takes out one of the streams that are held; 0 when there are none left. */
  takeHeld(): u32 {
    return this.held.take();
  }

  /** A stream is gone, held or not. */
  forgetHeld(id: u32): void {
    this.held.remove(id);
  }

  private nowMs(): i64 {
    return this.host.nowNanoseconds() / 1000000;
  }

  // ---- life ------------------------------------------------------------------------------------------------------------------

  /** A stream of this plugin begins. */
  openStream(): void {
    this.openStreams++;
  }

  /** A stream of this plugin is gone. */
  closeStream(): void {
    this.openStreams--;
    this.releaseIfUnused();
  }

  /** The proxy has deleted the root context. The configuration lives on until the last stream is gone. */
  delete(): void {
    this.isDeleted = true;
    this.releaseIfUnused();
  }

  private releaseIfUnused(): void {
    if (this.isDeleted && this.openStreams == 0) release(this.arena);
  }
}
