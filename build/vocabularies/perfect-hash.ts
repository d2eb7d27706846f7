/**
 * A table of fixed keys in which a look-up reads one slot: a key's bucket says by how much its slot is displaced, and the build has
 * found displacements with which no two keys meet. `slotOf` in assembly/tokenizer/perfect-hash.ts is its twin.
 */
export interface PerfectHash {
  /** One for each bucket, below 65,536. */
  readonly displacements: Uint16Array;
  /** A key's bucket is its hash shifted right by this. */
  readonly shift: number;
  readonly slotCount: number;
  /** For every slot the index of its key, or -1. */
  readonly slots: Int32Array;
}

const MASK_64 = (1n << 64n) - 1n;
const MULTIPLIER = 0x9e3779b97f4a7c15n;

const KEYS_PER_BUCKET = 4;
const FILL = 0.97;

/** The hash of a key of 64 bits. */
export function hash64(key: bigint): bigint {
  const once = (key * MULTIPLIER) & MASK_64;
  return ((once ^ (once >> 32n)) * MULTIPLIER) & MASK_64;
}

/** The slot of a hash, given by its bits 16 to 47, in a bucket. */
function slotOf(middle: number, displacement: number, slotCount: number): number {
  const moved = Math.imul(middle ^ Math.imul(displacement, 0x9e3779b1), 0x85ebca6b) >>> 0;
  return Number((BigInt(moved) * BigInt(slotCount)) >> 32n);
}

/** Finds the displacements for keys with these hashes. */
export function perfectHash(hashes: readonly bigint[]): PerfectHash {
  const slotCount = Math.max(2, Math.ceil(hashes.length / FILL));
  const bits = Math.max(1, Math.ceil(Math.log2(hashes.length / KEYS_PER_BUCKET)));
  const shift = 64 - bits;
  const buckets = Array.from({ length: 1 << bits }, () => [] as number[]);
  hashes.forEach((hash, key) => buckets[Number(hash >> BigInt(shift))]?.push(key));
  const middles = hashes.map((hash) => Number((hash >> 16n) & 0xffffffffn) | 0);
  const order = [...buckets.keys()].sort((a, b) => (buckets[b]?.length ?? 0) - (buckets[a]?.length ?? 0));
  const displacements = new Uint16Array(buckets.length);
  const slots = new Int32Array(slotCount).fill(-1);
  for (const bucket of order) {
    const keys = buckets[bucket] as number[];
    let displacement = 0;
    while (!place(keys, middles, displacement, slots)) {
      if (++displacement > 0xffff) throw new Error("no displacement keeps the keys of a bucket apart");
    }
    displacements[bucket] = displacement;
  }
  return { displacements, shift, slotCount, slots };
}

/** Puts keys into their slots; puts none and returns false if two of them, or one and an earlier key, meet. */
function place(keys: number[], middles: number[], displacement: number, slots: Int32Array): boolean {
  const taken: number[] = [];
  for (const key of keys) {
    const slot = slotOf(middles[key] as number, displacement, slots.length);
    if (slots[slot] !== -1) {
      for (const other of taken) slots[other] = -1;
      return false;
    }
    slots[slot] = key;
    taken.push(slot);
  }
  return true;
}
