import { COLLECTED } from "./build";

/**
 * Objects by context id.
 *
 * A table that lives long and points at what lives shorter: it holds plain addresses and lies outside of all arenas (a std Map that
 * churns would leave every rehash behind in its arena). Who frees an object takes it out first. In the collected build it is an
 * ordinary Map, so that the collector sees what it holds.
 *
 *     slot | id: 4 (0: free) | address: 4 |     open addressing, linear probing, at most half full
 */
export class ContextTable<T> {
  private slots: usize = 0;
  private mask: u32 = 0;
  private count: u32 = 0;
  /** In the collected build only. */
  private readonly map: Map<u32, T> = new Map<u32, T>();

  /** Whether `id` is known. */
  has(id: u32): bool {
    if (COLLECTED) return this.map.has(id);
    return id != 0 && this.count > 0 && load<u32>(this.find(id)) == id;
  }

  /** The object of `id`; null if there is none. */
  get(id: u32): T | null {
    if (COLLECTED) return this.map.has(id) ? this.map.get(id) : null;
    if (id == 0 || this.count == 0) return null;
    const slot = this.find(id);
    return load<u32>(slot) == id ? changetype<T>(load<usize>(slot, 4)) : null;
  }

  /** Gives `id` an object; id 0 has none, ever. */
  set(id: u32, object: T): void {
    if (id == 0) return;
    if (COLLECTED) {
      this.map.set(id, object);
      return;
    }
    if (this.slots == 0 || this.count * 2 > this.mask) this.grow();
    const slot = this.find(id);
    if (load<u32>(slot) == 0) this.count++;
    store<u32>(slot, id);
    store<usize>(slot, changetype<usize>(object), 4);
  }

  /** Forgets `id`. */
  delete(id: u32): void {
    if (COLLECTED) {
      this.map.delete(id);
      return;
    }
    if (!this.has(id)) return;
    this.count--;
    this.close(this.find(id));
  }

  /** The slot of `id`, or the free one where it would be. */
  private find(id: u32): usize {
    let slot = this.slot(id * HASH);
    while (load<u32>(slot) != 0 && load<u32>(slot) != id) slot = this.slot(this.indexOf(slot) + 1);
    return slot;
  }

  /** Frees a slot, and moves later ones of the run so that each can still be found. */
  private close(slot: usize): void {
    let gap = this.indexOf(slot);
    for (let i = gap + 1; load<u32>(this.slot(i)) != 0; i++) {
      const home = load<u32>(this.slot(i)) * HASH;
      if (((i - home) & this.mask) < ((i - gap) & this.mask)) continue;
      store<u64>(this.slot(gap), load<u64>(this.slot(i)));
      gap = i;
    }
    store<u64>(this.slot(gap), 0);
  }

  private grow(): void {
    const old = this.slots;
    const oldSize = old ? this.mask + 1 : 0;
    const size = max<u32>(64, oldSize * 2);
    this.slots = heap.alloc((<usize>size) << 3);
    memory.fill(this.slots, 0, (<usize>size) << 3);
    this.mask = size - 1;
    for (let i: u32 = 0; i < oldSize; i++) {
      const from = old + ((<usize>i) << 3);
      if (load<u32>(from) != 0) store<u64>(this.find(load<u32>(from)), load<u64>(from));
    }
    if (old) heap.free(old);
  }

  // @ts-ignore: decorator
  @inline
  private slot(index: u32): usize {
    return this.slots + ((<usize>(index & this.mask)) << 3);
  }

  // @ts-ignore: decorator
  @inline
  private indexOf(slot: usize): u32 {
    return <u32>((slot - this.slots) >> 3);
  }
}

/** Knuth's multiplicative hash: context ids count up. */
const HASH: u32 = 0x9e3779b1;
