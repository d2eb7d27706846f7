import { amountOf, MOST_TOKENS, TOKEN } from "../../../assembly/limits/amount";
import { Counter, LEASE_MS, leaseAt } from "../../../assembly/limits/counter";
import { FixedWindow } from "../../../assembly/limits/fixed-window";
import { Limit, LONGEST_WINDOW_MS, NEVER } from "../../../assembly/limits/limit";
import { SlidingWindow } from "../../../assembly/limits/sliding-window";
import { TokenBucket } from "../../../assembly/limits/token-bucket";

const DAY: i64 = 86400000;
const MINUTE: i64 = 60000;
/** 2024-02-29T23:59:59.999Z: a day, a month and a leap day end. */
const MONTH_END: i64 = 1709251199999;

const counter = new Counter();

/** Spends an amount at a time. */
function spend(limit: Limit, now: i64, tokens: i64): void {
  limit.advance(counter, now);
  limit.charge(counter, tokens * TOKEN);
}

/** Whole tokens that are free at a time; rounded down. */
function free(limit: Limit, now: i64): i64 {
  limit.advance(counter, now);
  const amount = limit.free(counter, now);
  return amount >= 0 ? amount / TOKEN : -((TOKEN - 1 - amount) / TOKEN);
}

describe("a fixed window", () => {
  beforeEach(() => counter.clear());

  it("has all of its budget at midnight UTC, at a month's end, too", () => {
    const limit = new FixedWindow("day", 100, DAY, []);
    spend(limit, MONTH_END, 70);
    expect(free(limit, MONTH_END)).toBe(30);
    expect(limit.freeAt(counter, MONTH_END, amountOf(31))).toBe(MONTH_END + 1);
    expect(limit.freeAt(counter, MONTH_END, amountOf(101))).toBe(NEVER);
    expect(free(limit, MONTH_END + 1)).toBe(100);
  });

  it("does not go back to the window before with a clock that is a little late", () => {
    const limit = new FixedWindow("minute", 100, MINUTE, []);
    spend(limit, 10 * MINUTE, 60);
    expect(free(limit, 10 * MINUTE - 3)).toBe(40);
    spend(limit, 10 * MINUTE - 3, 20);
    expect(free(limit, 10 * MINUTE + 5)).toBe(20);
  });

  it("takes what was spent along when the clock is set back", () => {
    const limit = new FixedWindow("minute", 100, MINUTE, []);
    spend(limit, 1000 * MINUTE, 60);
    expect(free(limit, 10 * MINUTE)).toBe(40);
    expect(free(limit, 11 * MINUTE)).toBe(100);
  });
});

describe("a sliding window", () => {
  beforeEach(() => counter.clear());

  it("counts of the window before the share that is in reach, rounded up", () => {
    const limit = new SlidingWindow("minute", 100, MINUTE, []);
    spend(limit, 10 * MINUTE + 59999, 80);
    expect(free(limit, 11 * MINUTE)).toBe(20);
    expect(free(limit, 11 * MINUTE + 15000)).toBe(40);
    expect(free(limit, 11 * MINUTE + 15001)).toBe(40);
    expect(limit.freeAt(counter, 11 * MINUTE + 15000, amountOf(60))).toBe(11 * MINUTE + 30000);
    expect(free(limit, 11 * MINUTE + 59999)).toBe(99);
    expect(free(limit, 12 * MINUTE)).toBe(100);
  });

  it("says when enough is free in the window that comes", () => {
    const limit = new SlidingWindow("minute", 100, MINUTE, []);
    spend(limit, 10 * MINUTE, 90);
    const then = limit.freeAt(counter, 10 * MINUTE, amountOf(40));
    expect(then).toBe(11 * MINUTE + 20000);
    expect(free(limit, then - 1)).toBe(39);
    expect(free(limit, then)).toBe(40);
  });

  it("forgets both windows after two", () => {
    const limit = new SlidingWindow("day", 100, DAY, []);
    spend(limit, MONTH_END, 100);
    expect(limit.spentUntil(counter)).toBe(MONTH_END + 1 + DAY);
    expect(free(limit, MONTH_END + 1)).toBe(0);
    expect(free(limit, MONTH_END + 1 + DAY)).toBe(100);
  });
});

describe("a token bucket", () => {
  beforeEach(() => counter.clear());

  it("is full at first, and fills evenly", () => {
    const limit = new TokenBucket("burst", 60, MINUTE, [], 100);
    expect(free(limit, 1000)).toBe(100);
    spend(limit, 1000, 100);
    expect(free(limit, 1999)).toBe(0);
    expect(free(limit, 2000)).toBe(1);
    expect(free(limit, 61000)).toBe(60);
    expect(free(limit, 101000)).toBe(100);
    expect(free(limit, 500000)).toBe(100);
  });

  it("loses nothing of a slow flow that is asked at every millisecond", () => {
    // One token a day is 0.0116 millionths a millisecond.
    const limit = new TokenBucket("trickle", 1, DAY, []);
    spend(limit, MONTH_END, 1);
    for (let ms: i64 = 1; ms <= 8640; ms++) limit.advance(counter, MONTH_END + ms);
    expect(limit.free(counter, MONTH_END + 8640)).toBe(100);
    expect(limit.freeAt(counter, MONTH_END + 8640, TOKEN)).toBe(MONTH_END + DAY);
  });

  it("can owe, and says when it has paid", () => {
    const limit = new TokenBucket("burst", 60, MINUTE, []);
    spend(limit, MINUTE, 90);
    expect(free(limit, MINUTE)).toBe(-30);
    expect(limit.freeAt(counter, MINUTE, amountOf(10))).toBe(MINUTE + 40000);
    expect(limit.freeAt(counter, MINUTE, amountOf(61))).toBe(NEVER);
  });

  it("stands still while the clock is behind, and goes on from a clock that was set back", () => {
    const limit = new TokenBucket("burst", 60, MINUTE, []);
    spend(limit, 100 * MINUTE, 60);
    expect(free(limit, 100 * MINUTE - 30000)).toBe(0);
    expect(free(limit, 100 * MINUTE + 1000)).toBe(1);
    expect(free(limit, 50 * MINUTE)).toBe(1);
    expect(free(limit, 50 * MINUTE + 9000)).toBe(10);
  });

  it("does not overflow at the largest budgets and the longest times", () => {
    const limit = new TokenBucket("all", MOST_TOKENS, LONGEST_WINDOW_MS, [], MOST_TOKENS);
    spend(limit, 0, MOST_TOKENS);
    expect(limit.freeAt(counter, 0, amountOf(MOST_TOKENS))).toBe(LONGEST_WINDOW_MS);
    expect(free(limit, LONGEST_WINDOW_MS / 2)).toBe(MOST_TOKENS / 2);
    expect(free(limit, i64.MAX_VALUE / 2)).toBe(MOST_TOKENS);
    const slow = new TokenBucket("slow", 1, LONGEST_WINDOW_MS, [], MOST_TOKENS);
    counter.clear();
    spend(slow, 0, MOST_TOKENS);
    expect(slow.spentUntil(counter) > LONGEST_WINDOW_MS).toBeTruthy();
  });
});

describe("what is held", () => {
  beforeEach(() => counter.clear());

  it("stays for the lease that it was reserved in and the next one", () => {
    const begin = 1000 * LEASE_MS;
    counter.expire(begin);
    counter.hold(5, leaseAt(begin));
    expect(counter.heldUntil()).toBe(begin + 2 * LEASE_MS);
    counter.expire(begin + 2 * LEASE_MS - 1);
    expect(counter.reserved).toBe(5);
    expect(counter.heldUntil()).toBe(begin + 2 * LEASE_MS);
    counter.expire(begin + 2 * LEASE_MS);
    expect(counter.reserved).toBe(0);
    counter.release(5, leaseAt(begin));
    expect(counter.reserved).toBe(0);
  });

  it("is released from the lease that it was reserved in, and from no other", () => {
    const begin = 1000 * LEASE_MS;
    counter.expire(begin);
    counter.hold(5, leaseAt(begin));
    counter.expire(begin + LEASE_MS);
    counter.hold(7, leaseAt(begin + LEASE_MS));
    counter.release(5, leaseAt(begin));
    expect(counter.held).toBe(7);
    expect(counter.heldBefore).toBe(0);
    counter.release(3, leaseAt(begin) - 1);
    expect(counter.reserved).toBe(7);
  });

  it("is not released twice by a clock that is set back", () => {
    counter.expire(1000 * LEASE_MS);
    counter.hold(5, 1000);
    counter.expire(1001 * LEASE_MS);
    counter.hold(7, 1001);
    counter.expire(10 * LEASE_MS);
    expect(counter.reserved).toBe(12);
    counter.release(5, 1000);
    counter.release(7, 1001);
    expect(counter.reserved).toBe(0);
  });

  it("waits for a worker whose clock is a lease behind", () => {
    counter.expire(1000 * LEASE_MS);
    counter.hold(5, 1000);
    counter.expire(1000 * LEASE_MS - 1);
    counter.hold(7, 999);
    expect(counter.held).toBe(5);
    expect(counter.heldBefore).toBe(7);
    counter.release(7, 999);
    expect(counter.reserved).toBe(5);
  });
});
