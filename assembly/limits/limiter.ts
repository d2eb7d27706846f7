import { SharedData } from "../host/shared-data";
import { enterCall, leave } from "../memory/arena";
import { Admission } from "./admission";
import { Grant } from "./grant";
import { Holding } from "./holding";
import { Keys } from "./keys";
import { Ledger, Verdict } from "./ledger";
import { Limit } from "./limit";
import { Standing } from "./standing";
import { Store } from "./store";

/**
 * Limits of which all must admit a call, counted in the data that all workers of a proxy share.
 *
 *     const admission = limiter.admit(values, now, weights.amount(input, 0, 0, 0), weights.amount(input, 0, maxTokens, 0));
 *     const grant = admission.grant;      // null: refused, and admission.standing says by which limit and for how long
 *     grant.meter(amountSoFar, now);      // before each piece of output: false cuts it off
 *     grant.settle(amount, now);          // at the end, whatever it was; grant.refund(now) if nothing was used
 *
 * The lives: a limiter lives with its configuration; admissions and grants are made in the arena that is current, the stream's. Times
 * are milliseconds since the Unix epoch, amounts are millionths of a token (amount.ts).
 */
@final
export class Limiter {
  /** What is shared, and counted in. */
  readonly ledger: Ledger;
  private readonly store: Store;

  /**
   * `scope` is the name under which the limits count: limiters with the same scope and the same limits share budgets, in all plugins of a
   * vm_id, before and after a change of configuration. `seed0` and `seed1` are 128 random bits, other ones in each VM.
   */
  constructor(data: SharedData, scope: string, limits: Limit[], seed0: u64, seed1: u64) {
    const store = new Store(data, seed0, seed1);
    this.store = store;
    this.ledger = new Ledger(limits, new Keys(scope, limits), store);
  }

  /** The limits, in the order in which `Standing` numbers them. */
  get limits(): Limit[] {
    return this.ledger.limits;
  }

  /** The names of what the keys are made of, each once: values are given in this order. */
  get parts(): string[] {
    return this.ledger.keys.parts;
  }

  /**
   * Reserves at least `least` and at most `most` in every limit, as much as is free in all of them, or nothing. `values` are those of
   * `parts`; what a call lacks is "".
   */
  admit(values: string[], now: i64, least: i64, most: i64): Admission {
    const admission = new Admission(new Standing(this.limits.length));
    if (!this.open()) return admission;
    const holding = new Holding(this.ledger.keys.places(values, this.store));
    admission.verdict = this.ledger.reserve(holding, least, max(least, most), now, admission.standing);
    if (admission.verdict == Verdict.Granted) admission.grant = new Grant(this.ledger, holding);
    return admission;
  }

  /** What `admit` would say to one who wants `amount`; reserves nothing. */
  look(values: string[], now: i64, amount: i64): Admission {
    const admission = new Admission(new Standing(this.limits.length));
    if (!this.open()) return admission;
    const holding = new Holding(this.ledger.keys.places(values, this.store));
    admission.verdict = this.ledger.look(holding, amount, now, admission.standing);
    return admission;
  }

  private open(): bool {
    const outer = enterCall();
    const isOpen = this.store.open();
    leave(outer);
    return isOpen;
  }
}
