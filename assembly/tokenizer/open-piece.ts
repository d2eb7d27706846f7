import { Address } from "../bytes/bytes";
import { isBroken, peek, widthIn } from "./characters";
import { PrefixCounter } from "./prefixes";
import { Tokenizer } from "./tokenizer";

/**
 * The count of a long piece of the pattern whose end has not come yet. Every byte is taken once; the piece can still end before the last
 * character that was taken, so the count without it is kept too.
 *
 *     | taken                  | last, taken too | not taken |
 *                       lastAt ^         counted ^
 *
 * The bytes stand in the buffer of a `TokenCounter`; all places are places there.
 */
@final
export class OpenPiece {
  /** Where the characters begin that are not taken yet. */
  counted: i32 = 0;
  /** Where the last character that was taken begins. */
  lastAt: i32 = 0;
  /** Whether some of its bytes stand there as a context only. */
  isCompact: bool = false;
  private before: i32 = 0;
  private readonly taken: PrefixCounter;

  constructor(private readonly tokenizer: Tokenizer) {
    this.taken = new PrefixCounter(tokenizer.vocabulary);
  }

  /** Begins a piece at `at`. */
  begin(at: i32): void {
    this.counted = at;
    this.lastAt = at;
    this.isCompact = false;
    this.before = 0;
    this.taken.reset();
  }

  /** Takes the characters before `to`, in a text that ends at `end`; not one that `end` cuts. */
  take(base: Address, to: i32, end: i32): void {
    let i = this.counted;
    while (i < to) {
      const character = peek(base, i, end);
      const next = i + widthIn(character);
      if (next > to || (isBroken(character) && next == end)) break;
      this.before = this.taken.count;
      this.lastAt = i;
      this.taken.pushText(base, i, next, end);
      i = next;
    }
    this.counted = i;
  }

  /** How many tokens the piece is if it ends at `to`: at `lastAt`, at `counted` or behind it. */
  countTo(base: Address, to: i32, end: i32): i32 {
    if (to == this.lastAt) return this.before;
    if (to == this.counted) return this.taken.count;
    const ahead = this.tokenizer.scratch;
    ahead.copy(this.taken);
    ahead.pushText(base, this.counted, to, end);
    return ahead.count;
  }

  /** Says that the bytes moved down by `bytes`. */
  shift(bytes: i32): void {
    this.counted -= bytes;
    this.lastAt -= bytes;
  }
}
