import { matches } from "../bytes/glob";
import { Host, MetricKind } from "../host/host";
import { UNKNOWN } from "../llm/usage";
import { Exchange, outcomeName, OUTCOMES } from "../processors/exchange";
import { Arena, enter, keep, leave } from "../memory/arena";

/** The label of a model that the configuration does not name. */
const OTHER = "other";

/** The metrics of one exchange, by their place in a row of handles. */
enum Metric {
  Requests,
  InputTokens,
  OutputTokens,
  CachedInputTokens,
  CacheWriteTokens,
  ReasoningTokens,
  InputUsage,
  OutputUsage,
  TimeToFirstToken,
  TimePerOutputToken,
  Duration,
  Count,
}

/** What the clock said about one exchange, in nanoseconds; `UNKNOWN` for what did not happen. */
export class Timing {
  startedAt: i64 = UNKNOWN;
  firstTokenAt: i64 = UNKNOWN;
  endedAt: i64 = UNKNOWN;
}

/**
 * The metrics of one plugin. Their names carry their labels, `<name>;<label>=<value>;...`, because the ABI knows no labels: Envoy's
 * `stats_tags` turn them into some (envoy/stats-tags.yaml). A metric is never deleted, so every label is bounded: the models are
 * those that the configuration names, and `other`.
 */
export class Metrics {
  /** Handles, defined at first use: a row per model and outcome; 0 is none yet. */
  private readonly handles: StaticArray<u32>;
  private readonly refusals: Map<string, u32> = new Map<string, u32>();

  constructor(
    private readonly host: Host,
    private readonly models: string[],
    private readonly arena: Arena,
  ) {
    this.handles = new StaticArray<u32>((models.length + 1) * OUTCOMES * Metric.Count);
  }

  /** Counts one exchange that has ended. */
  record(x: Exchange, timing: Timing): void {
    const row = this.rowOf(x);
    this.add(x, row, Metric.Requests, 1);
    const usage = x.usage;
    this.addTokens(x, row, Metric.InputTokens, usage.inputTokens);
    this.addTokens(x, row, Metric.OutputTokens, usage.outputTokens);
    this.addTokens(x, row, Metric.CachedInputTokens, usage.cachedInputTokens);
    this.addTokens(x, row, Metric.CacheWriteTokens, usage.cacheWriteTokens);
    this.addTokens(x, row, Metric.ReasoningTokens, usage.reasoningTokens);
    this.observe(x, row, Metric.InputUsage, usage.inputTokens);
    this.observe(x, row, Metric.OutputUsage, usage.outputTokens);
    this.observeTimes(x, row, timing);
  }

  /** Counts a refusal by its processor and code; both come from the configuration and the code, not from clients. */
  recordRefusal(by: string, code: string): void {
    const name = "weir.refusals;processor=" + labelOf(by) + ";code=" + code + ";";
    if (!this.refusals.has(name)) {
      const outer = enter(this.arena);
      this.refusals.set(keep<string>(name, this.arena), this.host.defineMetric(MetricKind.Counter, name));
      leave(outer);
    }
    this.host.addMetric(this.refusals.get(name), 1);
  }

  private observeTimes(x: Exchange, row: i32, timing: Timing): void {
    const duration = timing.endedAt - timing.startedAt;
    this.observe(x, row, Metric.Duration, duration / 1000000);
    if (timing.firstTokenAt == UNKNOWN) return;
    this.observe(x, row, Metric.TimeToFirstToken, (timing.firstTokenAt - timing.startedAt) / 1000000);
    const rest = x.usage.outputTokens - 1;
    if (rest > 0) this.observe(x, row, Metric.TimePerOutputToken, (timing.endedAt - timing.firstTokenAt) / rest / 1000);
  }

  private addTokens(x: Exchange, row: i32, metric: Metric, tokens: i64): void {
    if (tokens > 0) this.add(x, row, metric, tokens);
  }

  private add(x: Exchange, row: i32, metric: Metric, by: i64): void {
    this.host.addMetric(this.handle(x, row, metric), by);
  }

  private observe(x: Exchange, row: i32, metric: Metric, value: i64): void {
    if (value >= 0) this.host.recordMetric(this.handle(x, row, metric), value);
  }

  private rowOf(x: Exchange): i32 {
    return (this.modelIndex(x.model) * OUTCOMES + x.outcome) * Metric.Count;
  }

  private modelIndex(model: string): i32 {
    for (let i = 0; i < this.models.length; i++) if (matches(this.models[i], model)) return i;
    return this.models.length;
  }

  private handle(x: Exchange, row: i32, metric: Metric): u32 {
    const at = row + metric;
    let handle = this.handles[at];
    if (handle == 0) {
      handle = this.host.defineMetric(kindOf(metric), this.nameOf(x, metric));
      this.handles[at] = handle;
    }
    return handle;
  }

  private nameOf(x: Exchange, metric: Metric): string {
    const model = this.modelIndex(x.model);
    const labels = [
      baseName(metric),
      "operation=" + x.operation,
      "provider=" + labelOf(x.provider),
      "model=" + (model < this.models.length ? labelOf(this.models[model]) : OTHER),
    ];
    const type = tokenType(metric);
    if (type.length > 0) labels.push("type=" + type);
    labels.push("outcome=" + outcomeName(x.outcome));
    return labels.join(";") + ";";
  }
}

/** A label's value without the characters that end it. */
function labelOf(text: string): string {
  return text.split(";").join("_").split("=").join("_");
}

function kindOf(metric: Metric): MetricKind {
  return metric >= Metric.InputUsage ? MetricKind.Histogram : MetricKind.Counter;
}

function baseName(metric: Metric): string {
  switch (metric) {
    case Metric.Requests:
      return "weir.requests";
    case Metric.InputUsage:
    case Metric.OutputUsage:
      return "gen_ai.client.token.usage";
    case Metric.TimeToFirstToken:
      return "gen_ai.server.time_to_first_token";
    case Metric.TimePerOutputToken:
      return "gen_ai.server.time_per_output_token";
    case Metric.Duration:
      return "gen_ai.server.request.duration";
    default:
      return "weir.tokens";
  }
}

function tokenType(metric: Metric): string {
  switch (metric) {
    case Metric.InputTokens:
    case Metric.InputUsage:
      return "input";
    case Metric.OutputTokens:
    case Metric.OutputUsage:
      return "output";
    case Metric.CachedInputTokens:
      return "cached_input";
    case Metric.CacheWriteTokens:
      return "cache_write";
    case Metric.ReasoningTokens:
      return "reasoning";
    default:
      return "";
  }
}
