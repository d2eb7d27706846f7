import { TOKEN } from "./amount";
import { leaseAt } from "./counter";
import { Holding } from "./holding";
import { Ledger, Verdict } from "./ledger";

/**
 * What is reserved at once when a stream needs more than its grant holds, if there is so much: the more, the less often the shared data
 * are written, and the more is held that may not be needed.
 */
export const STEP: i64 = 256 * TOKEN;

/**
 * A part of the budgets that is held for one call, until it is settled or given back: once, whichever comes first; afterwards all
 * methods do nothing. A grant that is never settled holds its part until its lease ends.
 */
@final
export class Grant {
  private isOpen: bool = true;
  private isCutOff: bool = false;

  /** `holding` was reserved in `ledger`. */
  constructor(
    private readonly ledger: Ledger,
    private readonly holding: Holding,
  ) {}

  /** The amount that is held in each limit; 0 once it is settled. */
  get reserved(): i64 {
    return this.isOpen ? this.holding.amount : 0;
  }

  /** Whether it was neither settled nor given back. */
  get isHeld(): bool {
    return this.isOpen;
  }

  /**
   * Whether the budgets pay for all of the call so far, `amount`, input included: to be asked before a piece of output is passed on.
   * Reserves more where the grant does not hold enough, a step ahead, and renews the lease of what lives long.
   *
   * Once it has said no it says no: what is free later is for other calls. After settling it says no, too.
   */
  meter(amount: i64, now: i64): bool {
    if (!this.isOpen || this.isCutOff) return false;
    const held = this.holding.amount;
    if (amount <= held) {
      if (leaseAt(now) > this.holding.lease) this.ledger.renew(this.holding, now);
      return true;
    }
    if (this.ledger.reserve(this.holding, amount, amount + STEP, now, null) == Verdict.Granted) return true;
    this.isCutOff = true;
    return false;
  }

  /** Spends `amount`, whatever was reserved, and gives back the rest; false if that was done before. */
  settle(amount: i64, now: i64): bool {
    if (!this.isOpen) return false;
    this.isOpen = false;
    this.ledger.settle(this.holding, amount, now);
    return true;
  }

  /** Gives all of it back: nothing was spent. False if that was done before, or if it was settled. */
  refund(now: i64): bool {
    return this.settle(0, now);
  }
}
