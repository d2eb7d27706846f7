import { Host } from "../host/host";
import { AnswerReader } from "../llm/answer";
import { estimateTokens, UNKNOWN, UsageSource, usageSourceName } from "../llm/usage";
import { Exchange, Outcome, outcomeName } from "../processors/exchange";
import { Metering } from "../llm/wire-format";
import { Timing } from "./telemetry";

/**
 * Works out what the exchange used, from the best source there is: `x.usage` and `x.usageSource`.
 *
 * What the provider reported is believed. Where it reported nothing, what passed was counted, if a processor counts; else it is
 * estimated from the length of the text. An answer that could not be read is estimated from the length of its body (`unreadBytes`),
 * which is too high rather than too low, and never where answers are not made of text (`Metering`). A call that was refused, or
 * that the provider answered with an error, used nothing.
 */
export function settleUsage(x: Exchange, wasForwarded: bool, unreadBytes: i64): void {
  const answer = x.answer;
  if (answer) x.usage.copy(answer.facts.usage);
  const format = x.format;
  const metering = format ? format.metering : Metering.None;
  if (metering == Metering.InputOnly && x.usage.inputTokens != UNKNOWN) x.usage.outputTokens = 0;
  if (x.usage.isComplete) {
    x.usageSource = UsageSource.Reported;
    return;
  }
  const isError = x.responseStatus >= 400 || (x.responseStatus == 0 && x.outcome == Outcome.UpstreamError);
  if (!wasForwarded || isError || metering == Metering.None) return;
  const counts = x.counts;
  x.usageSource = counts && counts.isExact && unreadBytes == 0 ? UsageSource.Counted : UsageSource.Estimated;
  if (x.usage.inputTokens == UNKNOWN) x.usage.inputTokens = counts ? counts.inputTokens : estimatedInput(x);
  if (metering == Metering.InputOnly) x.usage.outputTokens = 0;
  if (x.usage.outputTokens != UNKNOWN || metering == Metering.OutputIfTold) return;
  x.usage.outputTokens = counts
    ? counts.outputTokens + estimateTokens(unreadBytes)
    : estimateTokens(textBytes(answer) + unreadBytes);
}

function estimatedInput(x: Exchange): i64 {
  const request = x.request;
  return request ? request.estimatedTokens : 0;
}

function textBytes(answer: AnswerReader | null): i64 {
  return answer ? answer.facts.textBytes : 0;
}

/** Writes the filter state that access logs and later filters read; what is not known is left unset and shows as `-`. */
export function publish(x: Exchange, timing: Timing): void {
  const host = x.host;
  host.setFilterState("gen_ai.operation.name", x.operation);
  host.setFilterState("gen_ai.provider.name", x.provider);
  setText(host, "gen_ai.request.model", x.model);
  const answer = x.answer;
  if (answer) setText(host, "gen_ai.response.model", answer.facts.model);
  setTokens(host, "gen_ai.usage.input_tokens", x.usage.inputTokens);
  setTokens(host, "gen_ai.usage.output_tokens", x.usage.outputTokens);
  setTokens(host, "weir.usage.cached_input_tokens", x.usage.cachedInputTokens);
  setTokens(host, "weir.usage.reasoning_tokens", x.usage.reasoningTokens);
  // Nearly every call has none, and every provider says so: not worth more calls of the host each time.
  if (x.usage.cacheWriteTokens > 0) setTokens(host, "weir.usage.cache_write_tokens", x.usage.cacheWriteTokens);
  if (x.usage.imageInputTokens > 0) setTokens(host, "weir.usage.image_input_tokens", x.usage.imageInputTokens);
  if (x.usage.imageOutputTokens > 0) setTokens(host, "weir.usage.image_output_tokens", x.usage.imageOutputTokens);
  if (x.usage.audioInputTokens > 0) setTokens(host, "weir.usage.audio_input_tokens", x.usage.audioInputTokens);
  if (x.usage.audioOutputTokens > 0) setTokens(host, "weir.usage.audio_output_tokens", x.usage.audioOutputTokens);
  const counts = x.counts;
  if (counts) {
    setTokens(host, "weir.usage.counted_input_tokens", counts.inputTokens);
    setTokens(host, "weir.usage.counted_output_tokens", counts.outputTokens);
    if (!counts.isExact) {
      host.setFilterState("weir.usage.input_ratio", thousandths(counts.inputRatio));
      host.setFilterState("weir.usage.output_ratio", thousandths(counts.outputRatio));
    }
  }
  setText(host, "weir.usage.source", usageSourceName(x.usageSource));
  host.setFilterState("weir.outcome", outcomeName(x.outcome));
  if (timing.firstTokenAt != UNKNOWN)
    setTokens(host, "weir.time_to_first_token_ms", (timing.firstTokenAt - timing.startedAt) / 1000000);
}

/** Writes the filter state that every exchange has, calls to models and other traffic alike: who, and what was decided. */
export function publishDecision(x: Exchange, refusedBy: string, observed: string[]): void {
  const refusal = x.refusal;
  x.host.setFilterState("weir.consumer", x.consumer);
  if (refusal) {
    x.host.setFilterState("weir.refusal", refusedBy + "." + refusal.code);
    if (!x.format) x.host.setFilterState("weir.outcome", outcomeName(x.outcome));
  }
  if (observed.length > 0) x.host.setFilterState("weir.observed", observed.join(","));
}

function setText(host: Host, name: string, text: string): void {
  if (text.length > 0) host.setFilterState(name, text);
}

function setTokens(host: Host, name: string, tokens: i64): void {
  if (tokens >= 0) host.setFilterState(name, tokens.toString());
}

function thousandths(value: f64): string {
  const rounded = <i64>Math.round(value * 1000);
  // The leading digit keeps the zeros, and is left out.
  return (rounded / 1000).toString() + "." + (1000 + (rounded % 1000)).toString().substring(1);
}
