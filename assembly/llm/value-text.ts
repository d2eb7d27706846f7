import { Bytes } from "../bytes/bytes";
import { ByteWriter } from "../bytes/writer";
import { DeltaKind, DeltaSink } from "./answer";

/** Longest character of UTF-8, in bytes. */
const MAX_CHARACTER = 4;

/**
 * Tells somebody the JSON of a value as it stands in a document that comes in pieces: the arguments of a tool, where an API has an object for
 * them instead of a text. The document is read first, so what is told is valid UTF-8, and pieces never end inside of a character.
 */
@final
export class ValueText {
  /** Where in the document the running value begins, or what was not told of it yet; -1 outside of a value. */
  private untoldAt: i32 = -1;
  /** Document offsets of what the running piece has of values that have ended: a begin and an end in turn. */
  private readonly ranges: Array<i32> = [];
  /** The character that the last piece ended in, as far as it came, and how many bytes it has. */
  private readonly cut: ByteWriter = new ByteWriter(MAX_CHARACTER);
  private characterLength: i32 = 0;

  constructor(
    private readonly deltas: DeltaSink,
    private readonly kind: DeltaKind,
  ) {}

  /** A value begins at document offset `at`. */
  begin(at: i32): void {
    this.untoldAt = at;
  }

  /** It ends at `end`. */
  end(end: i32): void {
    this.ranges.push(this.untoldAt);
    this.ranges.push(end);
    this.untoldAt = -1;
  }

  /** The document is given up: what was not told of it is not told any more. */
  drop(): void {
    this.untoldAt = -1;
    this.ranges.length = 0;
    this.cut.clear();
  }

  /** A piece of the document is read, from byte `at` of `bytes` on, which is `[documentAt, documentEnd)` of it: tells what it has of values. */
  tellPiece(bytes: Bytes, at: i32, documentAt: i32, documentEnd: i32): void {
    if (this.untoldAt >= 0) {
      this.end(documentEnd);
      this.untoldAt = documentEnd;
    }
    const ranges = this.ranges;
    const shift = at - documentAt;
    if (this.deltas.wantsText) {
      for (let i = 0; i + 1 < ranges.length; i += 2) this.tell(bytes, ranges[i] + shift, ranges[i + 1] + shift);
    }
    // Array#length keeps the capacity.
    ranges.length = 0;
  }

  private tell(bytes: Bytes, at: i32, end: i32): void {
    while (this.cut.length > 0 && at < end) this.complete(bytes[at++]);
    // A character has at most three bytes behind its first.
    let last = end;
    while (last > at && last > end - MAX_CHARACTER && (bytes[last - 1] & 0xc0) == 0x80) last--;
    const isWhole = last == at || last - 1 + lengthOf(bytes[last - 1]) <= end;
    const whole = isWhole ? end : last - 1;
    if (whole > at) this.deltas.onDelta(this.kind, 0, bytes, at, whole);
    for (let i = max(whole, at); i < end; i++) this.keep(bytes[i]);
  }

  private complete(byte: u8): void {
    const cut = this.cut;
    cut.byte(byte);
    if (cut.length < this.characterLength) return;
    this.deltas.onDelta(this.kind, 0, cut.toBytes(), 0, cut.length);
    cut.clear();
  }

  private keep(byte: u8): void {
    if (this.cut.length == 0) this.characterLength = lengthOf(byte);
    this.cut.byte(byte);
  }
}

/** How many bytes the character has that begins with `byte`. */
function lengthOf(byte: u8): i32 {
  return byte < 0x80 ? 1 : byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
}
