import * as host from "../imports";
import * as scratch from "../scratch";
import { MetricType, Status } from "../types";

/** The handle of a metric, the same for the same name; 0 if the host refuses it. */
export function defineMetric(type: MetricType, name: string): u32 {
  const text = scratch.encode(name);
  scratch.clearResults();
  const status = host.proxy_define_metric(type, text.at, text.size, scratch.resultAddress());
  return status == Status.Ok ? scratch.result() : 0;
}

/** Adds to a counter or gauge. */
export function incrementMetric(metric: u32, by: i64): void {
  host.proxy_increment_metric(metric, by);
}

/** Records a value of a histogram, or sets a gauge. */
export function recordMetric(metric: u32, value: u64): void {
  host.proxy_record_metric(metric, value);
}

/** The value of a counter or gauge; 0 if there is none. */
export function metricValue(metric: u32): u64 {
  scratch.clearResults();
  return host.proxy_get_metric(metric, scratch.resultAddress()) == Status.Ok ? scratch.result64() : 0;
}
