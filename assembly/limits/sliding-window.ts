import { mulAddDiv, mulAddDivUp, plus } from "./amount";
import { Counter } from "./counter";
import { Algorithm, Limit, NEVER, windowStart } from "./limit";

/**
 * So much in the window that ends now, estimated from two fixed windows: all of this one, and of the one before the share that is still
 * within reach, as if it had been spent evenly. The share is rounded up.
 *
 * In no fixed window more is spent than the budget, and there is no border at which all of it is free at once.
 */
@final
export class SlidingWindow extends Limit {
  /** See `Limit`. */
  constructor(name: string, tokens: i64, windowMs: i64, parts: string[]) {
    super(Algorithm.SlidingWindow, name, tokens, windowMs, parts);
  }

  /** A clock in the window before is a little late, and the window stays; one further back was set, and the spent goes back with it. */
  advance(counter: Counter, now: i64): void {
    const start = windowStart(now, this.windowMs);
    if (start > counter.at) {
      counter.previous = start - counter.at == this.windowMs ? counter.spent : 0;
      counter.spent = 0;
    } else if (start + this.windowMs >= counter.at) return;
    counter.at = start;
  }

  spent(counter: Counter, now: i64): i64 {
    const left = this.windowMs - max<i64>(now - counter.at, 0);
    const share = counter.previous == 0 ? 0 : mulAddDivUp(counter.previous, left, 0, this.windowMs);
    return plus(counter.spent, share);
  }

  charge(counter: Counter, amount: i64): void {
    counter.spent = plus(counter.spent, amount);
  }

  freeAt(counter: Counter, now: i64, amount: i64): i64 {
    const room = this.budget - amount;
    if (room < 0) return NEVER;
    const spent = counter.spent + counter.reserved;
    const time = max(now, counter.at);
    if (spent <= room) return max(time, this.shrunkAt(counter.at, counter.previous, room - spent));
    return max(time, this.shrunkAt(counter.at + this.windowMs, spent, room));
  }

  spentUntil(counter: Counter): i64 {
    if (counter.spent > 0) return counter.at + 2 * this.windowMs;
    return counter.previous > 0 ? counter.at + this.windowMs : 0;
  }

  /** When the share of a window that ended at `start` is at most `room`. */
  private shrunkAt(start: i64, previous: i64, room: i64): i64 {
    if (previous <= room) return start;
    // The share is at most `room` exactly if `previous * left <= room * window`.
    return start + this.windowMs - mulAddDiv(room, this.windowMs, 0, previous);
  }
}
