import { NEVER } from "./limit";

/** How each limit stands with a call. */
@final
export class Standing {
  /**
   * The limit that matters most, by its place in the list: of those that refuse the last to be free, else the one with the least left.
   * -1 if nothing could be read.
   */
  limit: i32 = -1;
  /** Milliseconds until all limits have enough free, if what is held is spent; 0 if they do, and -1 if that is never. */
  waitMs: i64 = 0;
  private readonly free: StaticArray<i64>;
  private readonly resets: StaticArray<i64>;

  /** For so many limits; nothing is known yet. */
  constructor(limits: i32) {
    this.free = new StaticArray<i64>(limits);
    this.resets = new StaticArray<i64>(limits);
  }

  /** The amount that is neither spent nor held; what the call itself reserved counts as held. */
  freeAmount(limit: i32): i64 {
    return limit >= 0 && limit < this.free.length ? this.free[limit] : 0;
  }

  /** Milliseconds until all of the limit's bound is free, if nothing more is spent and what is held is spent now. */
  resetMs(limit: i32): i64 {
    return limit >= 0 && limit < this.resets.length ? this.resets[limit] : 0;
  }

  /** Says how the first `limit` stands, then the next. */
  tell(limit: i32, free: i64, waitMs: i64, resetMs: i64): void {
    if (limit < 0 || limit >= this.free.length) return;
    this.free[limit] = free;
    this.resets[limit] = resetMs;
    const wait = waitMs == NEVER ? -1 : waitMs;
    if (limit == 0 || isLater(wait, this.waitMs) || (wait == this.waitMs && free < this.freeAmount(this.limit))) {
      this.limit = limit;
      this.waitMs = wait;
    }
  }
}

/** Whether the wait `a` is longer than `b`, where -1 is forever. */
function isLater(a: i64, b: i64): bool {
  return a != b && (a == -1 || (b != -1 && a > b));
}
