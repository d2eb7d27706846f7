import { Address, Bytes } from "../bytes/bytes";
import { beginLooking, sawEnd } from "./characters";
import { contextLength, contextOf, MOST_CONTEXT_BYTES } from "./context";
import { pieceEnd } from "./pieces";
import { PrefixCounter } from "./prefixes";
import { Tokenizer } from "./tokenizer";

/** Bytes of an open piece that are kept; of a longer one, its count. */
const TAIL_BYTES = 512;

/** A piece can still lose its last character, or a cut character can become whole: so much of it is not counted for good. */
const LOOSE_BYTES = 4;

/**
 * Counts the tokens of a text that comes in pieces, cut anywhere, also inside a character. `total` is exact after every piece: that of the
 * text so far, as if it ended there.
 *
 * Pieces of the pattern that no further text can change are counted and forgotten. The rest is kept:
 *
 *     tail   | context | counted, in `open` | not yet |     all but the last part only while a piece is long
 *
 * A piece longer than the tail is counted byte by byte, and the bytes that are counted are replaced by a few that bring the pattern to
 * the same place (context.ts): so a piece without end takes constant memory, and time linear in its length. One case grows the tail instead: a
 * long piece whose end has not been decided, such as a thousand capitals behind one Chinese character.
 */
@final
export class TokenCounter {
  private closed: i64 = 0;
  private tail: Bytes = Bytes.of(new ArrayBuffer(TAIL_BYTES));
  private used: i32 = 0;
  /** Whether the first piece of the tail is long: `open` holds the count of what stands before `counted`. */
  private isLong: bool = false;
  private counted: i32 = 0;
  private readonly open: PrefixCounter;
  private readonly ahead: PrefixCounter;
  private known: i64 = 0;
  private isKnown: bool = true;

  constructor(private readonly tokenizer: Tokenizer) {
    this.open = new PrefixCounter(tokenizer.vocabulary);
    this.ahead = new PrefixCounter(tokenizer.vocabulary);
  }

  /** Takes the piece `[at, end)` of `bytes`. */
  append(bytes: Bytes, at: i32, end: i32): void {
    let i = at;
    while (i < end) {
      if (this.used == 0) {
        i = this.tokenizer.countClosed(bytes.address(0), i, end);
        this.closed += this.tokenizer.counted;
      }
      const more = min(end - i, this.tail.length - this.used);
      // Safe: there is room for `more` bytes, and `bytes` has them.
      memory.copy(this.tail.address(this.used), bytes.address(i), <usize>more);
      this.used += more;
      i += more;
      if (this.used == this.tail.length) this.makeRoom();
    }
    this.isKnown = false;
  }

  /** How many tokens the text so far is. */
  get total(): i64 {
    if (!this.isKnown) {
      this.known = this.settle();
      this.isKnown = true;
    }
    return this.known;
  }

  /** Begins a new text. */
  reset(): void {
    this.closed = 0;
    this.used = 0;
    this.isLong = false;
    this.known = 0;
    this.isKnown = true;
  }

  /** Forgets what is decided; returns the total. */
  private settle(): i64 {
    const tokenizer = this.tokenizer;
    const base = this.tail.address(0);
    let at = 0;
    if (this.isLong) {
      beginLooking();
      const to = pieceEnd(tokenizer.vocabulary.pattern, base, 0, this.used);
      if (sawEnd()) return this.closed + this.countLong(base, to) + tokenizer.count(this.tail, to, this.used);
      this.open.pushText(base, this.counted, to, this.used);
      this.closed += this.open.count;
      this.isLong = false;
      at = to;
    }
    at = tokenizer.countClosed(base, at, this.used);
    this.closed += tokenizer.counted;
    this.drop(at);
    return this.closed + tokenizer.count(this.tail, 0, this.used);
  }

  /** The count of the long piece, which ends at `to` so far. */
  private countLong(base: Address, to: i32): i32 {
    this.counted = this.open.pushText(base, this.counted, min(to, this.used - LOOSE_BYTES), this.used);
    this.ahead.copy(this.open);
    this.ahead.pushText(base, this.counted, to, this.used);
    return this.ahead.count;
  }

  /** The tail is full: room is made by deciding what can be decided, by counting a long piece, or by a longer tail. */
  private makeRoom(): void {
    this.settle();
    if (this.used < this.tail.length) return;
    const pattern = this.tokenizer.vocabulary.pattern;
    const base = this.tail.address(0);
    if (pieceEnd(pattern, base, 0, this.used) < this.used) return this.grow();
    if (!this.isLong) {
      this.isLong = true;
      this.counted = 0;
      this.open.reset();
    }
    this.countLong(base, this.used);
    const context = contextOf(pattern, base, this.counted, this.used);
    if (this.counted <= MOST_CONTEXT_BYTES) return this.grow();
    const rest = this.used - this.counted;
    // Safe: the context is shorter than what it replaces. Four bytes are written, and what stands behind it is put over the rest of them.
    store<u32>(base, <u32>context);
    this.used = contextLength(context) + rest;
    memory.copy(base + <usize>contextLength(context), base + <usize>this.counted, <usize>rest);
    this.counted = contextLength(context);
  }

  private grow(): void {
    const longer = Bytes.of(new ArrayBuffer(this.tail.length * 2));
    // Safe: the new tail has room for twice the bytes.
    memory.copy(longer.address(0), this.tail.address(0), <usize>this.used);
    this.tail = longer;
  }

  private drop(bytes: i32): void {
    const base = this.tail.address(0);
    // Safe: both ends are within the tail.
    if (bytes > 0) memory.copy(base, base + <usize>bytes, <usize>(this.used - bytes));
    this.used -= bytes;
  }
}
