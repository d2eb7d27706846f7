import { Grant } from "./grant";
import { Verdict } from "./ledger";
import { Standing } from "./standing";

/** The answer to a call: what was reserved for it, or why nothing was, and how each limit stands with it. */
@final
export class Admission {
  /** What was reserved; null if nothing was. */
  grant: Grant | null = null;
  /** What came of asking. */
  verdict: Verdict = Verdict.Unavailable;

  constructor(
    /** How the limits stand; for `Verdict.Full` and `Verdict.Unavailable` it says nothing. */
    readonly standing: Standing,
  ) {}
}
