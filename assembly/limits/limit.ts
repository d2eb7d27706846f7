import { amountOf, MOST_TOKENS, plus } from "./amount";
import { Counter } from "./counter";

/** How a limit counts. */
export enum Algorithm {
  FixedWindow,
  SlidingWindow,
  TokenBucket,
}

/** The shortest and the longest window, in milliseconds: a second and 366 days. */
export const SHORTEST_WINDOW_MS: i64 = 1000;
export const LONGEST_WINDOW_MS: i64 = 366 * 86400000;
/** What `freeAt` gives when there is no such time. */
export const NEVER: i64 = i64.MAX_VALUE;

/**
 * A budget of tokens per window, for each value of a key. The subclasses are the algorithms.
 *
 * All times are milliseconds since the Unix epoch, in UTC and without leap seconds. A window is a number of milliseconds: days begin
 * at midnight UTC, and months mean nothing to it.
 */
export abstract class Limit {
  /** What is paid for one window, as an amount. */
  readonly budget: i64;
  /** The length of the window. */
  readonly windowMs: i64;

  /** `tokens` and `windowMs` are brought within their bounds; `parts` are the names of what the key is made of. */
  constructor(
    readonly algorithm: Algorithm,
    readonly name: string,
    readonly tokens: i64,
    windowMs: i64,
    readonly parts: string[],
  ) {
    this.budget = amountOf(min(max<i64>(tokens, 1), MOST_TOKENS));
    this.windowMs = min(max(windowMs, SHORTEST_WINDOW_MS), LONGEST_WINDOW_MS);
  }

  /** The most that can be free at any time. */
  get bound(): i64 {
    return this.budget;
  }

  /** Brings a counter to a time. The methods below are about that time; a clock that went back is dealt with here. */
  abstract advance(counter: Counter, now: i64): void;
  /** What is spent of the bound, at least 0; it may be more than the bound. */
  abstract spent(counter: Counter, now: i64): i64;
  /** Spends an amount; it may be more than is free. */
  abstract charge(counter: Counter, amount: i64): void;
  /** The first time at which `amount` is free if nothing else is spent and what is held is spent now; `NEVER` if it is above the bound. */
  abstract freeAt(counter: Counter, now: i64, amount: i64): i64;
  /** When the counter can be forgotten as far as what is spent goes; 0 if that is now. */
  abstract spentUntil(counter: Counter): i64;

  /** The first time at which all of the bound is free, if `more` and what is held is spent now and nothing else is. */
  resetAt(counter: Counter, now: i64, more: i64): i64 {
    const held = counter.held;
    counter.held = plus(held, more);
    const at = this.freeAt(counter, now, this.bound);
    counter.held = held;
    return at;
  }

  /** What is neither spent nor held; less than 0 if more was spent than the bound. */
  free(counter: Counter, now: i64): i64 {
    return this.bound - this.spent(counter, now) - counter.reserved;
  }
}

/** Where the window begins that a time is in. */
// @ts-ignore: decorator
@inline
export function windowStart(now: i64, windowMs: i64): i64 {
  return now <= 0 ? 0 : now - (now % windowMs);
}
