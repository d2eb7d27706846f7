import { enterCall, leave } from "../memory/arena";
import { MOST } from "./amount";
import { Counter, leaseAt } from "./counter";
import { Holding, Place } from "./holding";
import { Keys } from "./keys";
import { Limit } from "./limit";
import { NO_SLOT } from "./page";
import { Standing } from "./standing";
import { Store, Visit } from "./store";

/** What came of asking for a part of the budgets. */
export enum Verdict {
  /** All limits admit it. */
  Granted,
  /** A limit has too little left now. */
  Spent,
  /** It is more than the bound of a limit, at any time. */
  TooLarge,
  /** There is no slot to count in: all of a page are in use. */
  Full,
  /** The shared data could not be written: other workers were faster each time, or the proxy refuses. */
  Unavailable,
}

/** How often a reservation begins anew, and how often it tries to write each page. Each failure is another worker's success. */
const RESERVE_TRIES = 8;
const PAGE_TRIES = 8;
/** How often a settlement tries: it must not be lost. If one in two fails, one in 10^19 is. */
const SETTLE_TRIES = 64;

/**
 * Reserves and settles in all limits at once: all or none.
 *
 * A page is read, changed and written by compare and swap, so nobody's change is lost. Where keys have several pages, all are read
 * first, and nothing is written unless all limits admit; if a later page then has too little left, since another worker was faster, the
 * earlier ones are put back. In between they hold a little too much, never too little.
 */
@final
export class Ledger {
  /** Settlements of a page that could not be written; what they held expires, what they spent is forgotten. */
  lost: i32 = 0;
  private readonly counters: StaticArray<Counter>;
  private readonly slots: StaticArray<i32>;

  /** `limits` in the order of `keys`. */
  constructor(
    readonly limits: Limit[],
    readonly keys: Keys,
    private readonly store: Store,
  ) {
    this.counters = new StaticArray<Counter>(limits.length);
    this.slots = new StaticArray<i32>(limits.length);
    for (let i = 0; i < limits.length; i++) this.counters[i] = new Counter();
  }

  /**
   * Makes the holding one of at least `least` and at most `most`, as much as is free in all limits. If that cannot be, it stays as it is.
   * Says in `standing`, if there is one, how the limits stand.
   */
  reserve(holding: Holding, least: i64, most: i64, now: i64, standing: Standing | null): Verdict {
    const outer = enterCall();
    let verdict = Verdict.Unavailable;
    for (let i = 0; i < RESERVE_TRIES && verdict == Verdict.Unavailable; i++)
      verdict = this.tryReserve(holding, clamp(least), clamp(most), now, standing);
    leave(outer);
    return verdict;
  }

  /** Begins a new lease of what is held; a page that cannot be written keeps the old one. */
  renew(holding: Holding, now: i64): void {
    const outer = enterCall();
    const lease = leaseAt(now);
    for (let key = 0; key < holding.places.length; key++)
      if (this.change(holding, key, holding.amount, lease, 0, now)) holding.leases[key] = lease;
    holding.lease = lease;
    leave(outer);
  }

  /** Spends `amount` in all limits, and holds nothing any more. */
  settle(holding: Holding, amount: i64, now: i64): void {
    const outer = enterCall();
    for (let key = 0; key < holding.places.length; key++)
      if (!this.change(holding, key, 0, 0, clamp(amount), now)) this.lost++;
    holding.amount = 0;
    leave(outer);
  }

  /** Says how the limits stand with one who wants `amount`. Changes nothing. */
  look(holding: Holding, amount: i64, now: i64, standing: Standing): Verdict {
    const outer = enterCall();
    let verdict = Verdict.Granted;
    for (let key = 0; key < holding.places.length; key++) {
      const place = holding.places[key];
      if (place.first == key && !this.read(this.store.visit(place.page), holding, key, now)) verdict = Verdict.Full;
    }
    if (verdict == Verdict.Granted) verdict = this.judge(clamp(amount), this.least(MOST, now), 0, now, standing);
    leave(outer);
    return verdict;
  }

  private tryReserve(holding: Holding, least: i64, most: i64, now: i64, standing: Standing | null): Verdict {
    const places = holding.places;
    const visits = new StaticArray<Visit | null>(places.length);
    for (let key = 0; key < places.length; key++) {
      if (places[key].first != key) continue;
      const visit = this.store.visit(places[key].page);
      visits[key] = visit;
      if (!this.read(visit, holding, key, now)) return Verdict.Full;
    }
    const amount = this.least(most, now);
    const verdict = this.judge(least, amount, amount, now, standing);
    if (verdict != Verdict.Granted) return verdict;
    const lease = leaseAt(now);
    for (let key = 0; key < places.length; key++) {
      const visit = visits[key];
      if (!visit) continue;
      if (this.write(visit, places, key, amount, lease, 0, now)) continue;
      if (this.writeAgain(holding, key, amount, lease, now)) continue;
      this.undo(holding, key, amount, lease, now);
      return Verdict.Unavailable;
    }
    holding.hold(amount, lease);
    return Verdict.Granted;
  }

  /** Writes a page that another worker has written since it was read; false if it has too little left now. */
  private writeAgain(holding: Holding, key: i32, amount: i64, lease: u32, now: i64): bool {
    const places = holding.places;
    for (let i = 0; i < PAGE_TRIES; i++) {
      const visit = this.store.visit(places[key].page);
      if (!this.read(visit, holding, key, now)) return false;
      for (let j = 0; j < this.limits.length; j++)
        if (this.isOn(places, key, j) && this.limits[j].free(this.counters[j], now) < amount) return false;
      if (this.write(visit, places, key, amount, lease, 0, now)) return true;
    }
    return false;
  }

  /** Gives back what was reserved on the pages before that of `end`, and holds there what was held before. */
  private undo(holding: Holding, end: i32, amount: i64, lease: u32, now: i64): void {
    const taken = new Holding(holding.places);
    taken.hold(amount, lease);
    for (let key = 0; key < end; key++) this.change(taken, key, holding.amount, holding.leases[key], 0, now);
  }

  /** Holds another amount, and spends one, on the page of a key, if it is the first with that page; false if it could not be written. */
  private change(holding: Holding, key: i32, hold: i64, lease: u32, spend: i64, now: i64): bool {
    const places = holding.places;
    if (places[key].first != key) return true;
    for (let i = 0; i < SETTLE_TRIES; i++) {
      const visit = this.store.visit(places[key].page);
      if (!this.read(visit, holding, key, now)) return false;
      if (this.write(visit, places, key, hold, lease, spend, now)) return true;
    }
    return false;
  }

  // ---- one page ----------------------------------------------------------------------------------------------------------------

  /** Reads the counters on the page of a key, as they are without the holding; false if there is no slot for one. */
  private read(visit: Visit, holding: Holding, key: i32, now: i64): bool {
    const places = holding.places;
    for (let i = 0; i < this.limits.length; i++) {
      if (!this.isOn(places, key, i)) continue;
      const place = places[this.keys.of(i)];
      const low = this.keys.low(i);
      const high = this.keys.high(i);
      const slot = visit.page.claim(place.low ^ low, place.high ^ high, low, high, now);
      if (slot == NO_SLOT) return false;
      const counter = this.counters[i];
      visit.page.load(slot, counter);
      counter.expire(now);
      this.limits[i].advance(counter, now);
      counter.release(holding.amount, holding.leases[key]);
      this.slots[i] = slot;
    }
    return true;
  }

  /** Writes them with an amount held and one spent; false if another worker has written the page since. */
  private write(visit: Visit, places: StaticArray<Place>, key: i32, hold: i64, lease: u32, spend: i64, now: i64): bool {
    for (let i = 0; i < this.limits.length; i++) {
      if (!this.isOn(places, key, i)) continue;
      const counter = this.counters[i];
      counter.hold(hold, lease);
      this.limits[i].charge(counter, spend);
      visit.page.store(this.slots[i], counter, max(counter.heldUntil(), this.limits[i].spentUntil(counter)));
    }
    return this.store.write(places[key].page, visit, now);
  }

  // @ts-ignore: decorator
  @inline
  private isOn(places: StaticArray<Place>, key: i32, limit: i32): bool {
    return places[this.keys.of(limit)].first == key;
  }

  // ---- all limits --------------------------------------------------------------------------------------------------------------

  /** The least of `most` and what is free in each limit. */
  private least(most: i64, now: i64): i64 {
    let least = most;
    for (let i = 0; i < this.limits.length; i++) least = min(least, this.limits[i].free(this.counters[i], now));
    return least;
  }

  /** Whether all limits admit `least`, where `free` is free in all of them; `taken` is what a grant takes. */
  private judge(least: i64, free: i64, taken: i64, now: i64, standing: Standing | null): Verdict {
    const isGranted = free >= least;
    const more = isGranted ? taken : 0;
    let isTooLarge = false;
    for (let i = 0; i < this.limits.length; i++) {
      const limit = this.limits[i];
      const counter = this.counters[i];
      if (least > limit.bound) isTooLarge = true;
      if (!standing) continue;
      const wait = isGranted ? 0 : after(now, limit.freeAt(counter, now, least));
      standing.tell(i, limit.free(counter, now) - more, wait, after(now, limit.resetAt(counter, now, more)));
    }
    return isGranted ? Verdict.Granted : isTooLarge ? Verdict.TooLarge : Verdict.Spent;
  }
}

function clamp(amount: i64): i64 {
  return min(max<i64>(amount, 0), MOST);
}

/** Milliseconds from `now` to `then`; i64.MAX_VALUE is never. */
function after(now: i64, then: i64): i64 {
  return then == i64.MAX_VALUE ? then : max<i64>(then - now, 0);
}
