/** Where the counters of one key are: the key's hash, and the page that it belongs to. */
@final
export class Place {
  constructor(
    readonly low: u64,
    readonly high: u64,
    /** The name of the page. */
    readonly page: string,
    /** The first key of the call that has the same page: its own number, unless keys meet in one. */
    readonly first: i32,
  ) {}
}

/** What one call holds of every limit of a ledger. */
@final
export class Holding {
  /** The amount that is held. */
  amount: i64 = 0;
  /** The lease that was last begun, at least for some of the pages. */
  lease: u32 = 0;
  /** For each place the lease in which it is held. */
  readonly leases: StaticArray<u32>;

  /** `places` of the call's keys; nothing is held. */
  constructor(readonly places: StaticArray<Place>) {
    this.leases = new StaticArray<u32>(places.length);
  }

  /** Says what is held on all pages. */
  hold(amount: i64, lease: u32): void {
    this.amount = amount;
    this.lease = lease;
    this.leases.fill(lease);
  }
}
