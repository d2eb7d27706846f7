import { Fields, Settings } from "../config/fields";
import { Processor } from "../processors/processor";
import { ConsumerSource } from "./consumer";
import { PathRule } from "./path-rule";
import { Registry } from "./registry";

/** How a stream that Weir ends early is closed after its valid closing events. */
export enum EndStreams {
  /** Later chunks are swallowed; the client sees a clean end when the upstream ends. */
  Drain,
  /** The upstream is stopped at once and the connection reset. */
  Stop,
}

/** What the telemetry may show. */
export class TelemetrySettings extends Settings {
  models: string[] = [];

  bind(f: Fields): void {
    this.models = f.strings(
      "models",
      "Models that metrics show by name, in order; `*` is any run of characters and stays in the label. All others are counted " +
        "as `other`, because a metric's labels must be bounded and clients choose the names.",
    );
  }
}

const NEEDS_HELD_HEADERS =
  "changes headers after the body was read, which needs `holdHeaders: true` here and `allow_on_headers_stop_iteration: true` in " +
  "the wasm filter's PluginConfig on the listener (Envoy 1.35 or newer)";

const EIGHT_MIB: i64 = 8388608;
const ONE_GIB: i64 = 1073741824;

/** The configuration of one plugin: one route's or listener's Weir. */
export class PluginSettings extends Settings {
  holdHeaders: bool = false;
  consumer: Settings[] = [];
  endStreams: EndStreams = EndStreams.Drain;
  maxRequestBytes: i32 = <i32>EIGHT_MIB;
  maxResponseBytes: i32 = <i32>EIGHT_MIB;
  provider: string = "";
  private paths: Settings[] = [];
  readonly telemetry: TelemetrySettings = new TelemetrySettings();
  processors: Settings[] = [];
  /** Request headers that processors want to read with the body, each once. */
  readonly keptHeaders: string[] = [];

  constructor(private readonly registry: Registry) {
    super();
  }

  bind(f: Fields): void {
    this.holdHeaders = f.boolean(
      "holdHeaders",
      false,
      "Hold the request's headers until the body was read. It needs `allow_on_headers_stop_iteration: true` on the listener's " +
        "plugin (Envoy 1.35 or newer); what needs changed headers after the body is refused without it.",
    );
    this.consumer = f.objects(
      "consumer",
      () => new ConsumerSource(),
      'Who pays: the first source that names somebody wins, else the consumer is "anonymous".',
    );
    this.endStreams = <EndStreams>(
      f.choice(
        "endStreams",
        ["drain", "stop"],
        EndStreams.Drain,
        "How a stream that Weir ends early is closed after its valid closing events. `drain` swallows later chunks, and the client " +
          "sees a clean end when the upstream ends; `stop` stops the upstream at once and resets the connection.",
      )
    );
    this.maxRequestBytes = <i32>(
      f.integer(
        "maxRequestBytes",
        EIGHT_MIB,
        1,
        ONE_GIB,
        "Longest request body of a call to a model; a longer one is answered with 413. Envoy's own buffer limit " +
          "(`per_connection_buffer_limit_bytes`) may be lower and comes first.",
      )
    );
    this.maxResponseBytes = <i32>(
      f.integer(
        "maxResponseBytes",
        EIGHT_MIB,
        1,
        ONE_GIB,
        "Longest answer, not streamed, that is read to its end; a longer one is passed on and its usage estimated.",
      )
    );
    this.provider = f.text(
      "provider",
      "",
      "The provider behind the route in OpenTelemetry's terms (`gen_ai.provider.name`); the one that defined the API unless given.",
    );
    this.paths = f.objects(
      "paths",
      () => new PathRule(),
      "What calls to some paths are, where the ends of the paths do not tell; the first that matches decides.",
    );
    f.object("telemetry", this.telemetry, "What the telemetry may show.");
    this.processors = f.variants(
      "processors",
      "type",
      this.registry.processors,
      "The processors, in order for requests and in reverse order for answers.",
    );
    this.checkPaths(f);
    this.checkNames(f);
    this.checkHeldHeaders(f);
    this.gatherKeptHeaders();
  }

  /** Processor `i`; `0 <= i < processors.length`. */
  processor(i: i32): Processor {
    return this.processors[i] as Processor;
  }

  /** Whether some paths are told apart otherwise than by their ends. */
  get hasPathRules(): bool {
    return this.paths.length > 0;
  }

  /** The rule for `path` (without its query); null if there is none. */
  pathRule(path: string): PathRule | null {
    for (let i = 0; i < this.paths.length; i++) {
      const rule = this.paths[i] as PathRule;
      if (rule.matches(path)) return rule;
    }
    return null;
  }

  private checkPaths(f: Fields): void {
    for (let i = 0; i < this.paths.length; i++) {
      const isKnown = (this.paths[i] as PathRule).resolve(this.registry);
      f.check(
        isKnown,
        "paths/" + i.toString() + "/dialect",
        "is no dialect; docs/dialects.md has them all, `none` is none",
      );
    }
  }

  private gatherKeptHeaders(): void {
    for (let i = 0; i < this.processors.length; i++) {
      const names = this.processor(i).keptHeaders;
      for (let k = 0; k < names.length; k++) if (!this.keptHeaders.includes(names[k])) this.keptHeaders.push(names[k]);
    }
  }

  private checkNames(f: Fields): void {
    for (let i = 0; i < this.processors.length; i++) {
      for (let j = 0; j < i; j++) {
        const taken = this.processor(i).name == this.processor(j).name;
        f.check(!taken, "processors/" + i.toString() + "/name", "is the name of another processor; names must differ");
      }
    }
  }

  private checkHeldHeaders(f: Fields): void {
    for (let i = 0; i < this.processors.length; i++) {
      const isMet = this.holdHeaders || !this.processor(i).needsHeldHeaders;
      f.check(isMet, "processors/" + i.toString(), NEEDS_HELD_HEADERS);
    }
  }
}
