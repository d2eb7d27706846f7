import { imageAt, vocabularyAt } from "./image";
import { Pattern } from "./pieces";

/** No token. */
export const NO_TOKEN: u32 = 0x3ffff;

/** Tokens of one byte have the ids below this: nothing was merged to make them. */
export const BYTE_TOKENS: u32 = 256;

/** The longest token in bytes, at most. */
export const MOST_TOKEN_BYTES = 128;

/**
 * The tables of one vocabulary, which stand in the image and never change.
 *
 *     header, u32 each: tokens | pattern | trie | records | pairs: displacements, shift, slots, slot count | short | long
 *
 *     trie      one u32 for each node: see build/vocabularies/trie.ts
 *     records   one u64 for each token: length 8 | prefix 18 | left 18 | right 18, from bit 61 down
 *     pairs     perfect hash of the pairs that merge: hash 14 | id 18
 *     short     perfect hash of the tokens of up to 8 bytes: the bytes
 *     long      the same for 9 to 16 bytes
 */
@final
export class Vocabulary {
  readonly tokenCount: i32;
  readonly pattern: Pattern;
  readonly trie: usize;
  readonly records: usize;
  private readonly pairs: PerfectHash;
  private readonly short: PerfectHash;
  private readonly long: PerfectHash;

  /** The vocabulary that stands at place `index` of the image; `0 <= index < vocabularyCount()`. */
  constructor(index: i32) {
    const header = vocabularyAt(index);
    this.tokenCount = load<i32>(header);
    this.pattern = load<Pattern>(header, 4);
    this.trie = imageAt(load<u32>(header, 8));
    this.records = imageAt(load<u32>(header, 12));
    this.pairs = new PerfectHash(header + 16);
    this.short = new PerfectHash(header + 32);
    this.long = new PerfectHash(header + 48);
  }

  /** The record of a token; `id < tokenCount`. */
  // @ts-ignore: decorator
  @inline
  record(id: u32): u64 {
    // Safe: there is a record for every id.
    return load<u64>(this.records + ((<usize>id) << 3));
  }

  /** The token that `left` and `right` merge to, or `NO_TOKEN`. */
  // @ts-ignore: decorator
  @inline
  merged(left: u32, right: u32): u32 {
    const key = ((<u64>left) << 18) | (<u64>right);
    const hash = hash64(key);
    // Safe: a slot is one of the table's.
    const slot = load<u32>(this.pairs.slots + (this.pairs.slot(hash) << 2));
    if (slot >> 18 != ((<u32>hash) & 0x3fff)) return NO_TOKEN;
    const id = slot & 0x3ffff;
    if (id == NO_TOKEN) return NO_TOKEN;
    return (this.record(id) & 0xfffffffff) == key ? id : NO_TOKEN;
  }

  /**
   * Whether a piece of 1 to 16 bytes is a token. `low` and `high` are its bytes, with zeros behind them; where `high` is not looked at,
   * the piece has up to 8 bytes. False for one that ends with a zero byte.
   */
  // @ts-ignore: decorator
  @inline
  hasShort(low: u64): bool {
    const slot = this.short.slot(hash64(low));
    return load<u64>(this.short.slots + (slot << 3)) == low;
  }

  /** The same for 9 to 16 bytes. */
  // @ts-ignore: decorator
  @inline
  hasLong(low: u64, high: u64): bool {
    const at = this.long.slots + (this.long.slot(hash64(low + high * SECOND_MULTIPLIER)) << 4);
    return load<u64>(at) == low && load<u64>(at, 8) == high;
  }
}

const MULTIPLIER: u64 = 0x9e3779b97f4a7c15;
const SECOND_MULTIPLIER: u64 = 0xff51afd7ed558ccd;

// @ts-ignore: decorator
@inline
function hash64(key: u64): u64 {
  const once = key * MULTIPLIER;
  return (once ^ (once >> 32)) * MULTIPLIER;
}

/** A table of fixed keys that is read in one place: build/vocabularies/perfect-hash.ts made it. */
@final
class PerfectHash {
  private readonly displacements: usize;
  private readonly shift: u64;
  readonly slots: usize;
  private readonly count: u64;

  constructor(header: usize) {
    this.displacements = imageAt(load<u32>(header));
    this.shift = load<u32>(header, 4);
    this.slots = imageAt(load<u32>(header, 8));
    this.count = load<u32>(header, 12);
  }

  /** The slot of a hash. */
  // @ts-ignore: decorator
  @inline
  slot(hash: u64): usize {
    // Safe: there is a displacement for every value of the hash's highest bits.
    const displacement = load<u16>(this.displacements + ((<usize>(hash >> this.shift)) << 1));
    const moved = ((<u32>(hash >> 16)) ^ (displacement * 0x9e3779b1)) * 0x85ebca6b;
    return <usize>((<u64>moved * this.count) >> 32);
  }
}
