import { Address, Bytes } from "../bytes/bytes";
import { byteAt, lastBlock } from "../bytes/scan";
import { Utf8Repair } from "../bytes/utf8";
import { ByteWriter } from "../bytes/writer";
import { beginLooking, sawBroken, sawEnd } from "./characters";
import { Encoding } from "./encoding";
import { vocabularyCount } from "./image";
import { mayRecall, recall, remember } from "./memo";
import { GAVE_UP, mergedCount } from "./merge";
import { Pattern, pieceEnd } from "./pieces";
import { ASCII_REACH, asciiEnd, NOT_ASCII } from "./pieces-ascii";
import { PrefixCounter } from "./prefixes";
import { NO_TOKEN, Vocabulary } from "./vocabulary";
import { wholePiece } from "./whole-piece";

/**
 * Counts the tokens of texts in one encoding, exactly as the reference does: for any bytes, in time linear in their number, without
 * allocating and without looking at how often it is asked.
 *
 * Special tokens in a text, such as <|endoftext|>, count as the ordinary text that they are. What is not UTF-8 counts as U+FFFD: one for
 * each maximal subpart of a broken character, as `Utf8Repair` would write it.
 */
@final
export class Tokenizer {
  readonly vocabulary: Vocabulary;
  /** What the last `countUpTo` or `countClosed` counted. */
  counted: i64 = 0;
  /** Counts one piece at a time, from `reset` or `copy` on; between two calls it means nothing. */
  readonly scratch: PrefixCounter;

  /** The tokenizer of an encoding; `isAvailable(encoding)`. */
  constructor(readonly encoding: Encoding) {
    const vocabulary = new Vocabulary(encoding);
    this.vocabulary = vocabulary;
    this.scratch = new PrefixCounter(vocabulary);
  }

  /** Whether this module has the tables of `encoding`. */
  static isAvailable(encoding: Encoding): bool {
    return <i32>encoding < vocabularyCount();
  }

  /** How many tokens the text `[at, end)` of `bytes` is. */
  count(bytes: Bytes, at: i32, end: i32): i64 {
    return this.countUpTo(bytes, at, end, i64.MAX_VALUE);
  }

  /** The same, but it may stop as soon as there are more than `limit`, and return any number above it. */
  countUpTo(bytes: Bytes, at: i32, end: i32, limit: i64): i64 {
    this.walk(bytes.address(0), at, end, limit, Until.End);
    return this.counted;
  }

  /** Counts the pieces of `[at, end)` that no text behind `end` can change, as `counted`; returns where the others begin. */
  countClosed(base: Address, at: i32, end: i32): i32 {
    return this.walk(base, at, end, i64.MAX_VALUE, Until.Open);
  }

  private walk(base: Address, at: i32, end: i32, limit: i64, until: Until): i32 {
    return this.vocabulary.pattern == Pattern.O200k
      ? this.walkPieces(Pattern.O200k, base, at, end, limit, until)
      : this.walkPieces(Pattern.Cl100k, base, at, end, limit, until);
  }

  // @ts-ignore: decorator
  @inline
  private walkPieces(pattern: Pattern, base: Address, at: i32, end: i32, limit: i64, until: Until): i32 {
    let count: i64 = 0;
    let i = at;
    const lastAscii = min(lastBlock(base, end), end - ASCII_REACH);
    while (i < end && count <= limit) {
      if (ASC_FEATURE_SIMD && i <= lastAscii) {
        // Safe: up to `lastBlock` 16 bytes are within the memory.
        const block = v128.load(base + <usize>i);
        const to = asciiEnd(pattern, base, i, end, block);
        // A piece that reaches the end is looked at again, below.
        if (to != NOT_ASCII && to != end) {
          count += this.countBlock(base, i, to, block);
          i = to;
          continue;
        }
      }
      beginLooking();
      const to = pieceEnd(pattern, base, i, end);
      if (until == Until.Open && sawEnd()) break;
      count += sawBroken() ? this.countBroken(base, i, to) : this.countPiece(base, i, to);
      i = to;
    }
    this.counted = count;
    return i;
  }

  /** How many tokens the piece `[at, end)` is, of which `block` holds the first 16 bytes. */
  // @ts-ignore: decorator
  @inline
  private countBlock(base: Address, at: i32, end: i32, block: v128): i32 {
    const length = end - at;
    // Zeros stand behind the bytes in the tables: a piece that ends with one would look like a shorter one.
    if (byteAt(base, end - 1) == 0) return this.countMerged(base, at, end);
    const low = i64x2.extract_lane(block, 0);
    if (length <= 8) {
      if (this.vocabulary.hasShort(low & (u64.MAX_VALUE >> (<u64>((8 - length) << 3))))) return 1;
    } else if (length <= 16) {
      const high = i64x2.extract_lane(block, 1);
      if (this.vocabulary.hasLong(low, high & (u64.MAX_VALUE >> (<u64>((16 - length) << 3))))) return 1;
    }
    return this.countMerged(base, at, end);
  }

  /** How many tokens the piece `[at, end)` is: valid UTF-8, and not empty. */
  countPiece(base: Address, at: i32, end: i32): i32 {
    if (ASC_FEATURE_SIMD && end - at <= 16 && at <= lastBlock(base, end)) {
      // Safe: 16 bytes from here are within the memory.
      return this.countBlock(base, at, end, v128.load(base + <usize>at));
    }
    return this.countMerged(base, at, end);
  }

  private countMerged(base: Address, at: i32, end: i32): i32 {
    if (wholePiece(this.vocabulary, base, at, end) != NO_TOKEN) return 1;
    if (!mayRecall(base, at, end - at)) return this.countAfresh(base, at, end);
    const known = recall(this.vocabulary.index, base, at, end - at);
    if (known > 0) return known;
    const count = this.countAfresh(base, at, end);
    remember(count);
    return count;
  }

  private countAfresh(base: Address, at: i32, end: i32): i32 {
    const count = mergedCount(this.vocabulary, base, at, end);
    return count == GAVE_UP ? this.countBroken(base, at, end) : count;
  }

  /** The ids of the tokens of `[at, end)`: for tests and tools, in an array of the current arena, by the way that prefixes.ts goes. */
  encode(bytes: Bytes, at: i32, end: i32): Array<i32> {
    const text = new ByteWriter(end - at);
    const repair = new Utf8Repair(text);
    repair.feed(bytes, at, end);
    repair.finish();
    const base = text.toBytes().address(0);
    const ids = new Array<i32>();
    for (let i = 0; i < text.length;) {
      const to = pieceEnd(this.vocabulary.pattern, base, i, text.length);
      this.encodePiece(base, i, to, ids);
      i = to;
    }
    return ids;
  }

  /** Adds the ids of a piece: of each prefix the last token is known, so they are read from its end. */
  private encodePiece(base: Address, at: i32, end: i32, ids: Array<i32>): void {
    const whole = wholePiece(this.vocabulary, base, at, end);
    if (whole != NO_TOKEN) {
      ids.push(whole);
      return;
    }
    const slow = this.scratch;
    const lasts = new StaticArray<u32>(end - at);
    slow.reset();
    for (let i = at; i < end; i++) {
      slow.push(byteAt(base, i));
      lasts[i - at] = slow.last;
    }
    const first = ids.length;
    for (let i = end - at; i > 0; i -= <i32>(this.vocabulary.record(lasts[i - 1]) >> 54)) ids.push(lasts[i - 1]);
    for (let i = first, k = ids.length - 1; i < k; i++, k--) {
      const id = ids[i];
      ids[i] = ids[k];
      ids[k] = id;
    }
  }

  /** The same for a piece that may hold what is not UTF-8. */
  private countBroken(base: Address, at: i32, end: i32): i32 {
    const slow = this.scratch;
    slow.reset();
    slow.pushText(base, at, end);
    return slow.count;
  }
}

/** How far to count. */
enum Until {
  End,
  /** Up to the first piece that more text could change. */
  Open,
}
