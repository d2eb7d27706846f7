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
 *     header, u32 each: tokens | pattern | trie | records | pairs: displacements, shift, slots, slot count | short | long | whole
 *
 *     trie      one u32 for each node: see build/vocabularies/trie.ts
 *     records   one u64 for each token: length 8 | prefix 18 | left 18 | right 18, from bit 61 down
 *     pairs     perfect hash of the pairs that merge: hash 14 | id 18
 *     short     perfect hash of the tokens of up to 8 bytes: the bytes
 *     long      the same for 9 to 16 bytes
 *     whole     the trie of the tokens that stand for a whole piece only: merging does not reach them; or 0
 */
@final
export class Vocabulary {
  readonly tokenCount: i32;
  readonly pattern: Pattern;
  readonly trie: usize;
  readonly records: usize;
  private readonly pairMoves: usize;
  private readonly pairShift: u64;
  private readonly pairSlots: usize;
  private readonly pairCount: u64;
  private readonly shortMoves: usize;
  private readonly shortShift: u64;
  private readonly shortSlots: usize;
  private readonly shortCount: u64;
  private readonly longMoves: usize;
  private readonly longShift: u64;
  private readonly longSlots: usize;
  private readonly longCount: u64;
  /** 0 if the vocabulary has no such tokens: whole-piece.ts. */
  readonly whole: usize;

  /** The vocabulary that stands at place `index` of the image; `0 <= index < vocabularyCount()`. */
  constructor(readonly index: i32) {
    const header = vocabularyAt(index);
    this.tokenCount = load<i32>(header);
    this.pattern = load<Pattern>(header, 4);
    this.trie = imageAt(load<u32>(header, 8));
    this.records = imageAt(load<u32>(header, 12));
    // Fields, not objects with fields: an engine reads them with one load each.
    this.pairMoves = imageAt(load<u32>(header, 16));
    this.pairShift = load<u32>(header, 20);
    this.pairSlots = imageAt(load<u32>(header, 24));
    this.pairCount = load<u32>(header, 28);
    this.shortMoves = imageAt(load<u32>(header, 32));
    this.shortShift = load<u32>(header, 36);
    this.shortSlots = imageAt(load<u32>(header, 40));
    this.shortCount = load<u32>(header, 44);
    this.longMoves = imageAt(load<u32>(header, 48));
    this.longShift = load<u32>(header, 52);
    this.longSlots = imageAt(load<u32>(header, 56));
    this.longCount = load<u32>(header, 60);
    const whole = load<u32>(header, 64);
    this.whole = whole > 0 ? imageAt(whole) : 0;
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
    const slot = load<u32>(this.pairSlots + (slotOf(this.pairMoves, this.pairShift, this.pairCount, hash) << 2));
    if (slot >> 18 != ((<u32>hash) & 0x3fff)) return NO_TOKEN;
    const id = slot & 0x3ffff;
    if (id == NO_TOKEN) return NO_TOKEN;
    return (this.record(id) & 0xfffffffff) == key ? id : NO_TOKEN;
  }

  /**
   * Whether a piece of 1 to 8 bytes is a token: `low` is its bytes with zeros behind them, and the last of them is not zero itself.
   */
  // @ts-ignore: decorator
  @inline
  hasShort(low: u64): bool {
    // Safe: as above.
    const slot = slotOf(this.shortMoves, this.shortShift, this.shortCount, hash64(low));
    return load<u64>(this.shortSlots + (slot << 3)) == low;
  }

  /** The same for 9 to 16 bytes. */
  // @ts-ignore: decorator
  @inline
  hasLong(low: u64, high: u64): bool {
    const hash = hash64(low + high * SECOND_MULTIPLIER);
    // Safe: as above.
    const at = this.longSlots + (slotOf(this.longMoves, this.longShift, this.longCount, hash) << 4);
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

/**
 * The slot of a hash in a table of fixed keys that is read in one place: build/vocabularies/perfect-hash.ts made it. `moves` are
 * its displacements: there is one for every value of the hash's highest bits.
 */
// @ts-ignore: decorator
@inline
function slotOf(moves: usize, shift: u64, count: u64, hash: u64): usize {
  // Safe: see above.
  const displacement = <u32>load<u16>(moves + ((<usize>(hash >> shift)) << 1));
  const moved = ((<u32>(hash >> 16)) ^ (displacement * 0x9e3779b1)) * 0x85ebca6b;
  return <usize>((<u64>moved * count) >> 32);
}
