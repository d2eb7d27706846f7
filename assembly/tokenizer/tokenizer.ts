import { Bytes } from "../bytes/bytes";
import { byteAt } from "../bytes/scan";
import { beginLooking, isBroken, peek, sawBroken, widthIn } from "./characters";
import { Encoding } from "./encoding";
import { vocabularyCount } from "./image";
import { GAVE_UP, mergedCount } from "./merge";
import { Pattern, pieceEnd } from "./pieces";
import { PrefixCounter } from "./prefixes";
import { Vocabulary } from "./vocabulary";

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
  private readonly slow: PrefixCounter;

  /** The tokenizer of an encoding; `isAvailable(encoding)`. */
  constructor(readonly encoding: Encoding) {
    const vocabulary = new Vocabulary(encoding);
    this.vocabulary = vocabulary;
    this.slow = new PrefixCounter(vocabulary);
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
    const base = bytes.address(0);
    const pattern = this.vocabulary.pattern;
    return pattern == Pattern.O200k
      ? this.countPieces(Pattern.O200k, base, at, end, limit)
      : this.countPieces(Pattern.Cl100k, base, at, end, limit);
  }

  // @ts-ignore: decorator
  @inline
  private countPieces(pattern: Pattern, base: usize, at: i32, end: i32, limit: i64): i64 {
    let count: i64 = 0;
    let i = at;
    while (i < end && count <= limit) {
      beginLooking();
      const to = pieceEnd(pattern, base, i, end);
      count += sawBroken() ? this.countBroken(base, i, to) : this.countPiece(base, i, to);
      i = to;
    }
    return count;
  }

  /** How many tokens the piece `[at, end)` is: valid UTF-8, and not empty. */
  countPiece(base: usize, at: i32, end: i32): i32 {
    const count = mergedCount(this.vocabulary, base, at, end);
    return count == GAVE_UP ? this.countBroken(base, at, end) : count;
  }

  /** The same for a piece that may hold what is not UTF-8. */
  countBroken(base: usize, at: i32, end: i32): i32 {
    const slow = this.slow;
    slow.reset();
    for (let i = at; i < end;) {
      const character = peek(base, i, end);
      const to = i + widthIn(character);
      if (isBroken(character)) {
        slow.push(0xef);
        slow.push(0xbf);
        slow.push(0xbd);
      } else {
        for (let k = i; k < to; k++) slow.push(byteAt(base, k));
      }
      i = to;
    }
    return slow.count;
  }
}
