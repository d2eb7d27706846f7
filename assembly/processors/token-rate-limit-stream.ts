import { Bytes } from "../bytes/bytes";
import { Grant } from "../limits/grant";
import { Limit } from "../limits/limit";
import { Verdict as Answer } from "../limits/ledger";
import { Standing } from "../limits/standing";
import { DeltaKind } from "../llm/answer";
import { StreamEnd } from "../llm/stream-reader";
import { estimateTokens, UNKNOWN, Usage, UsageSource } from "../llm/usage";
import { Exchange, Outcome, Verdict } from "./exchange";
import { Mode, ProcessorStream } from "./processor";
import { durationText, rateLimitHeaders, secondsOf, setOnAnswer, windowText } from "./rate-limit-headers";
import { MOST_OUTPUT, TokenBudget } from "./token-budget";

/** Pieces of output between two looks at the clock: a lease lasts minutes. */
const PIECES_PER_LOOK = 64;

/** What the processor may do. */
@final
export class RateLimitActions {
  /** Lower a request's bound on its output. */
  clamps: bool = true;
  /** End a stream whose budget has run out. */
  cutsOff: bool = true;
  mode: Mode = Mode.Enforce;
}

/** One call against the budgets. */
export class TokenRateLimitStream extends ProcessorStream {
  private grant: Grant | null = null;
  private standing: Standing | null = null;
  private inputTokens: i64 = 0;
  private pieces: i32 = 0;
  private isOver: bool = false;

  constructor(
    private readonly budget: TokenBudget | null,
    private readonly actions: RateLimitActions,
  ) {
    super();
  }

  get wantsText(): bool {
    return this.grant != null;
  }

  onRequest(x: Exchange): Verdict {
    const budget = this.budget;
    if (!budget) return x.fail("it has no budgets");
    const counts = x.counts;
    this.inputTokens = counts ? counts.inputTokens : estimatedInput(x);
    const output = budget.outputToReserve(x);
    // With a bound that can be lowered a call is admitted for less than it asks for, as long as something is left for an answer.
    const least = this.actions.clamps ? min<i64>(output, 1) : output;
    const admission = budget.admit(x, nowMs(x), this.amount(budget, least), this.amount(budget, output));
    this.standing = admission.standing;
    this.grant = admission.grant;
    switch (admission.verdict) {
      case Answer.Granted:
        if (this.actions.clamps && this.enforces) this.clamp(x, budget, admission.standing);
        return Verdict.Next;
      case Answer.Spent:
      case Answer.TooLarge:
        return refuse(x, budget.limits, admission.standing);
      case Answer.Full:
        return x.fail("there is no place left to count in");
      default:
        return x.fail("the shared data could not be written");
    }
  }

  onResponseHeaders(x: Exchange): Verdict {
    const standing = this.standing;
    const budget = this.budget;
    const grant = this.grant;
    const held = grant && budget ? grant.reserved - this.amount(budget, 0) : 0;
    if (standing && budget && this.enforces) setOnAnswer(x.host, rateLimitHeaders(budget.limits, standing, held));
    return Verdict.Next;
  }

  onDelta(x: Exchange, _kind: DeltaKind, _choice: i32, _bytes: Bytes, _at: i32, _end: i32): Verdict {
    const grant = this.grant;
    const budget = this.budget;
    if (!grant || !budget || this.isOver) return Verdict.Next;
    const amount = this.amount(budget, outputSoFar(x));
    if (amount <= grant.reserved && ++this.pieces % PIECES_PER_LOOK != 0) return Verdict.Next;
    if (grant.meter(amount, nowMs(x)) || !this.actions.cutsOff) return Verdict.Next;
    this.isOver = true;
    return x.endStream(StreamEnd.Length);
  }

  onEnd(x: Exchange): void {
    const grant = this.grant;
    const budget = this.budget;
    if (!grant || !budget) return;
    const usage = x.usage;
    const hasUsage = x.usageSource != UsageSource.None;
    grant.settle(hasUsage ? amountOf(budget, usage) : 0, nowMs(x));
    if (hasUsage && x.outcome == Outcome.Completed) budget.learn(x, usage.outputTokens);
  }

  /** Lowers the request's bound to what the budgets pay: what is held, and for a learned reserve what is free beside it. */
  private clamp(x: Exchange, budget: TokenBudget, standing: Standing): void {
    const request = x.request;
    const format = x.format;
    const grant = this.grant;
    const allowed = budget.allowedOutput(x);
    if (!request || !format || !grant || allowed == 0) return;
    const free = budget.holdsAll ? 0 : max<i64>(standing.freeAmount(standing.limit), 0);
    const payable = budget.weights.outputTokens(grant.reserved + free - this.amount(budget, 0), MOST_OUTPUT);
    const each = max<i64>(payable / max<i64>(request.choices, 1), 1);
    const isUnbounded = request.maxOutputTokens == UNKNOWN;
    if (isUnbounded ? !budget.holdsAll && each >= UNBOUNDED : each >= request.maxOutputTokens) return;
    const bound = isUnbounded && budget.holdsAll ? min(each, allowed) : each;
    if (format.boundOutput(request, bound)) request.maxOutputTokens = bound;
  }

  private get enforces(): bool {
    return this.actions.mode == Mode.Enforce;
  }

  /** What the input and so much output take of the budgets. */
  private amount(budget: TokenBudget, outputTokens: i64): i64 {
    return budget.weights.amount(this.inputTokens, 0, outputTokens, 0);
  }
}

function refuse(x: Exchange, limits: Limit[], standing: Standing): Verdict {
  const limit = limits[max(standing.limit, 0)];
  const bound = limit.tokens.toString() + " tokens per " + windowText(limit.windowMs);
  const wait = standing.waitMs;
  const isNever = wait < 0;
  const text = isNever
    ? "The call needs more than token budget '" +
      limit.name +
      "' ever has: " +
      bound +
      ". Shorten it, or ask for less output."
    : "Token budget '" + limit.name + "' is spent: " + bound + ". Try again in " + durationText(wait) + ".";
  const verdict = x.refuse(429, "token_rate_limit_exceeded", text);
  const refusal = x.refusal;
  const when = isNever ? ["x-should-retry", "false"] : ["retry-after", secondsOf(wait).toString()];
  if (refusal) refusal.headers = rateLimitHeaders(limits, standing, 0).concat(when);
  return verdict;
}

function amountOf(budget: TokenBudget, usage: Usage): i64 {
  return budget.weights.amount(usage.inputTokens, usage.cachedInputTokens, usage.outputTokens, usage.reasoningTokens);
}

/** More than any model answers with: a bound as high says nothing. */
const UNBOUNDED: i64 = 1000000;

/** The output so far: counted if somebody counts, else estimated from its length. */
function outputSoFar(x: Exchange): i64 {
  const counts = x.counts;
  if (counts) return counts.outputTokens;
  const answer = x.answer;
  return answer ? estimateTokens(answer.facts.textBytes) : 0;
}

function estimatedInput(x: Exchange): i64 {
  const request = x.request;
  return request ? request.estimatedTokens : 0;
}

function nowMs(x: Exchange): i64 {
  return x.host.nowNanoseconds() / 1000000;
}
