import { plus } from "./amount";
import { Counter } from "./counter";
import { Algorithm, Limit, NEVER, windowStart } from "./limit";

/**
 * So much in each window, and windows begin at multiples of their length since the Unix epoch.
 *
 * In no window more is spent than the budget; across the border of two, up to twice the budget is spent in a short time.
 */
@final
export class FixedWindow extends Limit {
  /** See `Limit`. */
  constructor(name: string, tokens: i64, windowMs: i64, parts: string[]) {
    super(Algorithm.FixedWindow, name, tokens, windowMs, parts);
  }

  /** A clock in the window before is a little late, and the window stays; one further back was set, and the spent goes back with it. */
  advance(counter: Counter, now: i64): void {
    const start = windowStart(now, this.windowMs);
    if (start > counter.at) counter.spent = 0;
    else if (start + this.windowMs >= counter.at) return;
    counter.at = start;
  }

  spent(counter: Counter, _now: i64): i64 {
    return counter.spent;
  }

  charge(counter: Counter, amount: i64): void {
    counter.spent = plus(counter.spent, amount);
  }

  freeAt(counter: Counter, now: i64, amount: i64): i64 {
    if (amount > this.budget) return NEVER;
    return counter.spent + counter.reserved + amount <= this.budget ? now : counter.at + this.windowMs;
  }

  spentUntil(counter: Counter): i64 {
    return counter.spent > 0 ? counter.at + this.windowMs : 0;
  }
}
