import { SipHash } from "../bytes/siphash";
import { Place } from "./holding";
import { Limit } from "./limit";
import { pageName, Store } from "./store";

/**
 * What the keys of some limits are made of. Limits with the same parts have one key, and their counters are on one page: so they are read
 * and written together.
 */
@final
export class Keys {
  /** The names of all parts, each once. */
  readonly parts: string[] = [];
  /** For each key the places of its parts in `parts`. */
  private readonly lists: StaticArray<i32>[] = [];
  /** For each limit its key. */
  private readonly keys: StaticArray<i32>;
  /** For each limit the two halves of the hash of what it is. */
  private readonly identities: StaticArray<u64>;
  private hasIdentities: bool = false;

  /** `scope` tells limits of the same name apart. */
  constructor(
    private readonly scope: string,
    private readonly limits: Limit[],
  ) {
    this.keys = new StaticArray<i32>(limits.length);
    this.identities = new StaticArray<u64>(2 * limits.length);
    for (let i = 0; i < limits.length; i++) this.keys[i] = this.keyOf(limits[i].parts);
  }

  /** How many keys a call has. */
  get count(): i32 {
    return this.lists.length;
  }

  /** Which key limit `i` counts for. */
  // @ts-ignore: decorator
  @inline
  of(i: i32): i32 {
    return this.keys[i];
  }

  /** The first half of what tells limit `i` from others with the same key. */
  // @ts-ignore: decorator
  @inline
  low(i: i32): u64 {
    return this.identities[2 * i];
  }

  /** The second half. */
  // @ts-ignore: decorator
  @inline
  high(i: i32): u64 {
    return this.identities[2 * i + 1];
  }

  /** Where a call is counted whose parts have these values, in the order of `parts`; a value that is missing is empty. The store is open. */
  places(values: string[], store: Store): StaticArray<Place> {
    if (!this.hasIdentities) this.identify(store);
    const hash = store.hash;
    const places = new StaticArray<Place>(this.lists.length);
    for (let key = 0; key < places.length; key++) {
      const list = this.lists[key];
      store.begin();
      for (let j = 0; j < list.length; j++) hash.text(list[j] < values.length ? values[list[j]] : "");
      hash.finish();
      const page = pageName(hash.low);
      let first = 0;
      while (first < key && places[first].page != page) first++;
      places[key] = new Place(hash.low, hash.high, page, first);
    }
    return places;
  }

  /**
   * A limit is its scope, name, algorithm, window and parts. One whose tokens change goes on with what was spent; one of which anything
   * else changes begins anew.
   */
  private identify(store: Store): void {
    for (let i = 0; i < this.limits.length; i++) {
      const limit = this.limits[i];
      const hash: SipHash = store.hash;
      store.begin();
      hash.text(this.scope);
      hash.text(limit.name);
      hash.word(limit.algorithm);
      hash.word(<u64>limit.windowMs);
      for (let j = 0; j < limit.parts.length; j++) hash.text(limit.parts[j]);
      hash.finish();
      this.identities[2 * i] = hash.low;
      this.identities[2 * i + 1] = hash.high;
    }
    this.hasIdentities = true;
  }

  private keyOf(parts: string[]): i32 {
    const list = new StaticArray<i32>(parts.length);
    for (let j = 0; j < parts.length; j++) list[j] = this.partOf(parts[j]);
    for (let key = 0; key < this.lists.length; key++) if (isSame(this.lists[key], list)) return key;
    return this.lists.push(list) - 1;
  }

  private partOf(name: string): i32 {
    const found = this.parts.indexOf(name);
    return found >= 0 ? found : this.parts.push(name) - 1;
  }
}

function isSame(a: StaticArray<i32>, b: StaticArray<i32>): bool {
  if (a.length != b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] != b[i]) return false;
  return true;
}
