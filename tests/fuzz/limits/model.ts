import type { LimitSpec } from "./module";

/** Millionths of a token. */
export const TOKEN = 1_000_000n;
/** What a counter stops at: assembly/limits/amount.ts. It is twice the largest budget, so nothing is free long before. */
export const MOST = 2_000_000_000_000n * TOKEN;
/** What a stream reserves ahead: assembly/limits/grant.ts. */
export const STEP = 256n * TOKEN;
/** How long a lease is: assembly/limits/counter.ts. */
export const LEASE_MS = 300_000n;

const min = (a: bigint, b: bigint): bigint => (a < b ? a : b);
const max = (a: bigint, b: bigint): bigint => (a > b ? a : b);
const divideUp = (a: bigint, b: bigint): bigint => (a + b - 1n) / b;

/**
 * What was spent of one key's budget in one limit, as the documentation says it: from a list of everything that was ever spent, at
 * integers of any size. Time only goes on.
 */
export class Spending {
  readonly bound: bigint;
  private readonly budget: bigint;
  private spendings: { at: bigint; amount: bigint }[] = [];

  constructor(readonly spec: LimitSpec) {
    this.budget = spec.tokens * TOKEN;
    this.bound = spec.algorithm === "tokenBucket" && spec.burst > 0n ? spec.burst * TOKEN : this.budget;
  }

  charge(at: bigint, amount: bigint): void {
    const counted = this.spec.algorithm === "tokenBucket" ? this.lacking(this.spendings, at) : this.inWindow(at);
    const taken = min(amount, MOST - counted);
    if (taken > 0n) this.spendings.push({ at, amount: taken });
  }

  /** What counts against the bound at a time after all that was spent; `more` is spent as well, `moreAt`. */
  spent(now: bigint, more = 0n, moreAt = now): bigint {
    return min(this.inFull(now, more, moreAt), MOST);
  }

  private inFull(now: bigint, more: bigint, moreAt: bigint): bigint {
    const all = more > 0n ? [...this.spendings, { at: moreAt, amount: more }] : this.spendings;
    const { algorithm, windowMs } = this.spec;
    if (algorithm === "tokenBucket") return this.lacking(all, now);
    const window = now / windowMs;
    const sumOf = (which: bigint): bigint =>
      all.reduce((sum, { at, amount }) => (at / windowMs === which ? sum + amount : sum), 0n);
    if (algorithm === "fixedWindow") return sumOf(window);
    const left = windowMs - (now % windowMs);
    return sumOf(window) + divideUp(sumOf(window - 1n) * left, windowMs);
  }

  /** Everything that was spent in the fixed window that a time is in. */
  inWindow(now: bigint): bigint {
    const { windowMs } = this.spec;
    return this.spendings.reduce((sum, one) => (one.at / windowMs === now / windowMs ? sum + one.amount : sum), 0n);
  }

  /** Forgets what cannot matter any more, so that a long run stays fast. */
  prune(now: bigint): void {
    const { algorithm, windowMs } = this.spec;
    if (algorithm !== "tokenBucket") {
      this.spendings = this.spendings.filter(({ at }) => at / windowMs >= now / windowMs - 1n);
    } else if (this.lacking(this.spendings, now) === 0n) {
      this.spendings = [];
    }
  }

  /** What a bucket lacks: a fraction with the window below, exactly, and rounded up to whole amounts at the end. */
  private lacking(all: readonly { at: bigint; amount: bigint }[], now: bigint): bigint {
    const { windowMs } = this.spec;
    let lack = 0n;
    let at = all[0]?.at ?? now;
    for (const spending of all) {
      lack = max(0n, lack - this.budget * (spending.at - at)) + spending.amount * windowMs;
      at = spending.at;
    }
    return divideUp(max(0n, lack - this.budget * (now - at)), windowMs);
  }
}

/** A grant as the model knows it. */
export interface Held {
  readonly counters: readonly Counted[];
  reserved: bigint;
  lease: bigint;
  state: "open" | "cut off" | "closed";
}

/** One counter: what is spent of it, and who holds some. */
export interface Counted {
  readonly spending: Spending;
  readonly holders: Set<Held>;
}

/** The limits of a gateway, as one who reads the documentation would keep them. */
export class Model {
  private readonly counters = new Map<string, Counted>();

  constructor(private readonly limits: readonly LimitSpec[]) {}

  /** The counters of a call, one per limit. */
  countersOf(values: readonly string[]): Counted[] {
    return this.limits.map((spec, i) => {
      const key = JSON.stringify([i, ...values.filter((_, part) => spec.parts & (1 << part))]);
      let found = this.counters.get(key);
      if (!found) this.counters.set(key, (found = { spending: new Spending(spec), holders: new Set() }));
      return found;
    });
  }

  all(): Iterable<Counted> {
    return this.counters.values();
  }

  /** What is held by others than `self` in leases that have not ended. */
  static held(counter: Counted, now: bigint, self?: Held): bigint {
    let sum = 0n;
    for (const one of counter.holders) if (one !== self && now / LEASE_MS - one.lease < 2n) sum += one.reserved;
    return min(sum, MOST);
  }

  static free(counter: Counted, now: bigint, self?: Held): bigint {
    return counter.spending.bound - counter.spending.spent(now) - Model.held(counter, now, self);
  }

  /** When `amount` is free, if what is held is spent now: by halving the time in question. */
  static freeAfter(counter: Counted, now: bigint, amount: bigint, more = 0n): bigint {
    const { spending } = counter;
    if (amount > spending.bound) return -1n;
    const extra = Model.held(counter, now) + more;
    const isFree = (ms: bigint): boolean => spending.spent(now + ms, extra, now) + amount <= spending.bound;
    if (isFree(0n)) return 0n;
    let [low, high] = [0n, spending.spec.windowMs];
    while (!isFree(high)) [low, high] = [high, high * 2n];
    while (high - low > 1n) {
      const middle = (low + high) / 2n;
      if (isFree(middle)) high = middle;
      else low = middle;
    }
    return high;
  }

  /** A grant of `least` to `most`, or null. */
  admit(values: readonly string[], now: bigint, least: bigint, most: bigint): Held | null {
    const counters = this.countersOf(values);
    const amount = counters.reduce((amount, counter) => min(amount, Model.free(counter, now)), max(least, most));
    if (amount < least) return null;
    return Model.hold(counters, amount, now);
  }

  /** A grant of `amount`, whether there is so much or not. */
  static hold(counters: readonly Counted[], amount: bigint, now: bigint): Held {
    const held: Held = { counters, reserved: amount, lease: now / LEASE_MS, state: "open" };
    for (const counter of counters) counter.holders.add(held);
    return held;
  }

  static meter(held: Held, amount: bigint, now: bigint): boolean {
    if (held.state !== "open") return false;
    if (amount > held.reserved) {
      const free = held.counters.reduce((free, one) => min(free, Model.free(one, now, held)), amount + STEP);
      if (free < amount) held.state = "cut off";
      if (free < amount) return false;
      held.reserved = free;
    }
    held.lease = now / LEASE_MS;
    return true;
  }

  static settle(held: Held, amount: bigint, now: bigint): boolean {
    if (held.state === "closed") return false;
    held.state = "closed";
    for (const { spending, holders } of held.counters) {
      holders.delete(held);
      spending.charge(now, amount);
    }
    return true;
  }
}
