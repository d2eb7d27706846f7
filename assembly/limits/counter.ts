import { plus } from "./amount";

/**
 * How long a reservation holds at least when nobody settles or renews it, since its worker died or its stream was lost; it holds at
 * most twice as long. `Grant#meter` renews what lives longer.
 */
export const LEASE_MS: i64 = 300000;

/** The lease that begins reservations at a time. */
// @ts-ignore: decorator
@inline
export function leaseAt(now: i64): u32 {
  return <u32>(max<i64>(now, 0) / LEASE_MS);
}

/**
 * What one key has taken of one limit's budget: what is spent, and apart from it what is held for calls under way.
 *
 * What is spent is the limit's to read (`at`, `spent`, `previous`). What is held is kept by the lease in which it was reserved, of
 * which two can run at a time: whatever is older has expired.
 *
 *     lease      |  n - 1  |    n    |  n + 1  |
 *     reserved in n - 1    heldBefore   expired
 *     reserved in n          held      heldBefore
 */
@final
export class Counter {
  /** The time that `spent` is about: the start of its window, or the last refill. */
  at: i64 = 0;
  /** The amount spent in the window, or that the bucket lacks. */
  spent: i64 = 0;
  /** The amount spent in the window before, or the part of a refill that is less than the least amount. */
  previous: i64 = 0;
  /** The amount reserved in `lease`. */
  held: i64 = 0;
  /** The amount reserved in the lease before. */
  heldBefore: i64 = 0;
  /** The latest lease that was seen. */
  lease: u32 = 0;

  /** Forgets everything. */
  clear(): void {
    this.at = 0;
    this.spent = 0;
    this.previous = 0;
    this.held = 0;
    this.heldBefore = 0;
    this.lease = 0;
  }

  /** The amount held for calls under way. */
  // @ts-ignore: decorator
  @inline
  get reserved(): i64 {
    return plus(this.held, this.heldBefore);
  }

  /**
   * Lets leases expire. A clock that is one lease behind is another worker's, and stands still; one that is further behind was set
   * back, and then all that is held is held from now.
   */
  expire(now: i64): void {
    const lease = leaseAt(now);
    const steps = <i64>lease - <i64>this.lease;
    if (steps == 0 || steps == -1) return;
    this.lease = lease;
    if (steps == 1) this.heldBefore = this.held;
    else if (steps > 1) this.heldBefore = 0;
    else {
      this.held = this.reserved;
      this.heldBefore = 0;
      return;
    }
    this.held = 0;
  }

  /** Reserves an amount in a lease; one that has expired reserves nothing. */
  hold(amount: i64, lease: u32): void {
    if (lease >= this.lease) this.held = plus(this.held, amount);
    else if (lease + 1 == this.lease) this.heldBefore = plus(this.heldBefore, amount);
  }

  /** Gives back what was reserved in a lease; what has expired was given back already. */
  release(amount: i64, lease: u32): void {
    if (lease >= this.lease) this.held = max<i64>(this.held - amount, 0);
    else if (lease + 1 == this.lease) this.heldBefore = max<i64>(this.heldBefore - amount, 0);
  }

  /** When the last reservation expires; 0 if nothing is held. */
  heldUntil(): i64 {
    if (this.held > 0) return (<i64>this.lease + 2) * LEASE_MS;
    return this.heldBefore > 0 ? (<i64>this.lease + 1) * LEASE_MS : 0;
  }
}
