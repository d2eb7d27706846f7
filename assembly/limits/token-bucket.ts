import { amountOf, mulAddDiv, mulAddDivUp, MOST_TOKENS, plus, remainder } from "./amount";
import { Counter } from "./counter";
import { Algorithm, Limit, NEVER } from "./limit";

/**
 * A bucket that is full at first, and into which the budget of a window flows evenly.
 *
 * In any time `t` at most `burst + budget * t / window` is spent. The counter keeps what the bucket lacks, so a bound that changes
 * leaves what was spent as it was.
 */
@final
export class TokenBucket extends Limit {
  /** How much the bucket holds, as an amount. */
  readonly burst: i64;

  /** See `Limit`; the bucket holds `burstTokens`, 0 for as many as flow in in a window. */
  constructor(name: string, tokens: i64, windowMs: i64, parts: string[], burstTokens: i64 = 0) {
    super(Algorithm.TokenBucket, name, tokens, windowMs, parts);
    this.burst = burstTokens > 0 ? amountOf(min(burstTokens, MOST_TOKENS)) : this.budget;
  }

  get bound(): i64 {
    return this.burst;
  }

  /** While a clock that went back catches up nothing flows in; unless it is more than a window behind: then it was set. */
  advance(counter: Counter, now: i64): void {
    const elapsed = now - counter.at;
    if (elapsed < 0 && elapsed >= -this.windowMs) return;
    counter.at = now;
    if (elapsed <= 0 || counter.spent == 0) return;
    const refill = mulAddDiv(this.budget, elapsed, min(counter.previous, this.windowMs - 1), this.windowMs);
    counter.previous = refill < counter.spent ? remainder : 0;
    counter.spent = max<i64>(counter.spent - refill, 0);
  }

  spent(counter: Counter, _now: i64): i64 {
    return counter.spent;
  }

  charge(counter: Counter, amount: i64): void {
    counter.spent = plus(counter.spent, amount);
  }

  freeAt(counter: Counter, now: i64, amount: i64): i64 {
    if (amount > this.burst) return NEVER;
    const lack = counter.spent + counter.reserved + amount - this.burst;
    return lack <= 0 ? max(now, counter.at) : this.refilledAt(counter, lack);
  }

  spentUntil(counter: Counter): i64 {
    return counter.spent > 0 ? this.refilledAt(counter, counter.spent) : 0;
  }

  /** When `amount`, more than nothing, has flowed in. */
  private refilledAt(counter: Counter, amount: i64): i64 {
    const fraction = min(counter.previous, this.windowMs - 1);
    const ms = mulAddDivUp(amount, this.windowMs, -fraction, this.budget);
    return ms > NEVER - counter.at ? NEVER : counter.at + ms;
  }
}
