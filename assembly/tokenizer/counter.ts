import { Address, Bytes } from "../bytes/bytes";
import { beginLooking, sawEnd } from "./characters";
import { contextLength, contextOf } from "./context";
import { OpenPiece } from "./open-piece";
import { pieceEnd } from "./pieces";
import { Tokenizer } from "./tokenizer";
import { MOST_TOKEN_BYTES } from "./vocabulary";

/** Bytes that are kept before some of them must be decided. */
const TAIL_BYTES = 512;

/** A piece of more bytes is counted as its bytes come. It is no token as a whole, not even without its last character. */
const LONG_BYTES = MOST_TOKEN_BYTES + 4;

/** A context takes the place of more bytes than this; it is shorter. */
const COMPACT_BYTES = 16;

/**
 * Counts the tokens of a text that comes in pieces, cut anywhere, also inside a character. `total` is exact after every piece: that of the
 * text so far, as if it ended there.
 *
 * Pieces of the pattern that no further text can change are counted and forgotten. The rest is kept in the tail, and counted again for every
 * total: usually a word. A long piece is counted byte by byte instead, and what is counted is replaced by a few bytes that bring the pattern to
 * the same place (context.ts). So a total costs a bounded number of steps beyond those for the bytes that are new, and memory is constant.
 *
 * A long piece may have an end already and lose it again: capitals behind letters without case are a piece of their own, until a small
 * letter makes both one; spaces behind a line end the same, until another line end. Then both are counted, as one piece and as two:
 *
 *     tail   | context, last character | context, last character, not yet taken |
 *            | head                    | run                                    |      main: head and run as one piece
 *                               forkAt ^                                               run: what begins at forkAt
 */
@final
export class TokenCounter {
  private closed: i64 = 0;
  private readonly tail: Bytes = Bytes.of(new ArrayBuffer(TAIL_BYTES));
  private used: i32 = 0;
  /** Whether the first piece of the tail is long: `main` counts it. */
  private isLong: bool = false;
  private isForked: bool = false;
  private forkAt: i32 = 0;
  private headCount: i64 = 0;
  private main: OpenPiece;
  private run: OpenPiece;
  private known: i64 = 0;
  private isKnown: bool = true;

  constructor(private readonly tokenizer: Tokenizer) {
    this.main = new OpenPiece(tokenizer);
    this.run = new OpenPiece(tokenizer);
  }

  /** Takes the piece `[at, end)` of `bytes`. */
  append(bytes: Bytes, at: i32, end: i32): void {
    let i = at;
    while (i < end) {
      if (this.used == 0) {
        i = this.tokenizer.countClosed(bytes.address(0), i, end);
        this.closed += this.tokenizer.counted;
      }
      const more = min(end - i, TAIL_BYTES - this.used);
      // Safe: there is room for `more` bytes, and `bytes` has them.
      memory.copy(this.tail.address(this.used), bytes.address(i), <usize>more);
      this.used += more;
      i += more;
      // What stays is one open piece: short, or compact, with at most a short one behind it.
      if (this.used == TAIL_BYTES) this.settle();
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
    const base = this.tail.address(0);
    const end = this.closeDecided(base);
    const open = this.isLong ? this.openCount(base, end) : this.tokenizer.count(this.tail, 0, this.used);
    return this.closed + open;
  }

  /** Forgets what is decided; returns where the first piece of the tail ends so far, if it is long. */
  private closeDecided(base: Address): i32 {
    const tokenizer = this.tokenizer;
    let to = 0;
    for (;;) {
      if (!this.isLong) {
        const at = tokenizer.countClosed(base, 0, this.used);
        this.closed += tokenizer.counted;
        this.drop(at);
        if (this.used <= LONG_BYTES) break;
        this.isLong = true;
        this.isForked = false;
        this.main.begin(0);
      }
      beginLooking();
      to = pieceEnd(tokenizer.vocabulary.pattern, base, 0, this.used);
      if (sawEnd()) break;
      this.close(base, to);
    }
    return to;
  }

  /** The long piece ends at `to`, for good. */
  private close(base: Address, to: i32): void {
    if (this.isForked && to == this.forkAt) {
      this.closed += this.headCount;
      const run = this.run;
      this.run = this.main;
      this.main = run;
      this.drop(to);
      run.shift(to);
    } else {
      this.isLong = false;
      // All of a piece that is not compact is there, and counted like any other.
      if (this.main.isCompact) {
        this.closed += this.main.countTo(base, to, this.used);
        this.drop(to);
      }
    }
    this.isForked = false;
  }

  /** The count of the tail, whose first piece is long and ends at `end` so far. */
  private openCount(base: Address, end: i32): i64 {
    let to = end;
    if (this.isForked && to != this.forkAt) this.isForked = false;
    if (!this.isForked) {
      this.main.take(base, to, this.used);
      // A head that is short must stay: it may be a token as a whole.
      if (this.main.isCompact || to > LONG_BYTES) to -= this.compact(this.main, 0);
      const count = this.countOf(this.main, 0, to);
      // A cut character, half a contraction; or the beginning of a run.
      if (this.used - to <= LONG_BYTES) return count + this.tokenizer.count(this.tail, to, this.used);
      this.isForked = true;
      this.forkAt = to;
      this.headCount = count;
      this.run.begin(to);
    }
    this.main.take(base, this.used, this.used);
    this.run.take(base, this.used, this.used);
    this.compact(this.run, to);
    const runEnd = pieceEnd(this.tokenizer.vocabulary.pattern, base, to, this.used);
    return this.headCount + this.countOf(this.run, to, runEnd) + this.tokenizer.count(this.tail, runEnd, this.used);
  }

  /** The count of the piece `[at, to)`. */
  private countOf(piece: OpenPiece, at: i32, to: i32): i64 {
    const isShort = !piece.isCompact && to - at <= LONG_BYTES;
    return isShort ? this.tokenizer.count(this.tail, at, to) : piece.countTo(this.tail.address(0), to, this.used);
  }

  /** Puts a context in the place of what was taken of a piece at `at`, all but its last character; returns how many bytes that saves. */
  private compact(piece: OpenPiece, at: i32): i32 {
    const length = piece.lastAt - at;
    if (length <= COMPACT_BYTES) return 0;
    const base = this.tail.address(at);
    const context = contextOf(this.tokenizer.vocabulary.pattern, base, length, this.used - at);
    const saved = length - contextLength(context);
    // Safe: `length` bytes are replaced by fewer. Four are written, and what stands behind is put over the rest of them.
    store<u32>(base, <u32>context);
    memory.copy(base + <usize>contextLength(context), base + <usize>length, <usize>(this.used - at - length));
    this.used -= saved;
    this.main.shift(saved);
    if (this.isForked) this.run.shift(saved);
    this.main.isCompact = true;
    piece.isCompact = true;
    return saved;
  }

  private drop(bytes: i32): void {
    const base = this.tail.address(0);
    // Safe: both ends are within the tail.
    if (bytes > 0) memory.copy(base, base + <usize>bytes, <usize>(this.used - bytes));
    this.used -= bytes;
  }
}
