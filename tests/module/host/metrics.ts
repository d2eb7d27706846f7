import { MetricType, Status } from "./abi.ts";

/** A handle's number says its type in its last two bits. */
const STEP = 4;
const TYPE_MASK = 3;

/** Envoy's metrics: every definition gives a handle of its own, and the same name is the same metric. */
export class Metrics {
  readonly #names = new Map<number, string>();
  /** Counters and gauges by name; a histogram's entry is the list of what was recorded. */
  readonly #values = new Map<string, number | number[]>();
  readonly #last = [MetricType.Counter as number, MetricType.Gauge as number, MetricType.Histogram as number];
  definitions = 0;

  define(type: number, name: string): number {
    const handle = (this.#last[type] ?? 0) + STEP;
    this.#last[type] = handle;
    this.#names.set(handle, name);
    if (!this.#values.has(name)) this.#values.set(name, type === MetricType.Histogram ? [] : 0);
    this.definitions++;
    return handle;
  }

  nameOf(handle: number): string {
    return this.#names.get(handle) ?? "?";
  }

  add(handle: number, by: number): number {
    const value = this.#values.get(this.nameOf(handle));
    if (value === undefined) return Status.NotFound;
    if (Array.isArray(value)) return Status.BadArgument;
    if ((handle & TYPE_MASK) === MetricType.Counter && by < 0) return Status.BadArgument;
    this.#values.set(this.nameOf(handle), value + by);
    return Status.Ok;
  }

  record(handle: number, recorded: number): number {
    const value = this.#values.get(this.nameOf(handle));
    if (value === undefined) return Status.NotFound;
    if (Array.isArray(value)) value.push(recorded);
    else
      this.#values.set(this.nameOf(handle), (handle & TYPE_MASK) === MetricType.Counter ? value + recorded : recorded);
    return Status.Ok;
  }

  valueOf(handle: number): number | undefined {
    const value = this.#values.get(this.nameOf(handle));
    return typeof value === "number" ? value : undefined;
  }

  /** Where all metrics stand now: values, and how many values of a histogram there are. */
  snapshot(): Map<string, number> {
    return new Map([...this.#values].map(([name, value]) => [name, Array.isArray(value) ? value.length : value]));
  }

  /** The sum of all counters whose names begin so. */
  total(prefix: string): number {
    let sum = 0;
    for (const [name, value] of this.#values) if (name.startsWith(prefix) && typeof value === "number") sum += value;
    return sum;
  }

  /** What has been added since a snapshot, by name. */
  since(before: Map<string, number>): Record<string, number | number[]> {
    const changes: Record<string, number | number[]> = {};
    for (const [name, value] of [...this.#values].sort(([a], [b]) => (a < b ? -1 : 1))) {
      const was = before.get(name) ?? 0;
      if (Array.isArray(value)) {
        const added = value.slice(was);
        if (added.length > 0) changes[name] = added;
      } else {
        const added = value - was;
        if (added !== 0) changes[name] = added;
      }
    }
    return changes;
  }
}
