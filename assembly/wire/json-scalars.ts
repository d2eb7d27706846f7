import { Address, Bytes } from "../bytes/bytes";
import { Captured } from "../bytes/captured";
import { byteAt, lastBlock, plainEnd } from "../bytes/scan";
import { UTF8_BROKEN, utf8Next, utf8Start, wideEnd } from "../bytes/utf8";
import { JsonError, JsonKind } from "./json-kinds";
import { JsonLiterals } from "./json-literals";
import { StringForm, UNWANTED } from "./json-shape";
import { hexDigit, Part, Taking, unescaped } from "./json-tokens";

/** Bytes of decoded escapes that are handed on at once. */
const DECODED_BYTES = 512;

/** Runs of up to so many bytes that need no decoding are handed on together with what is decoded beside them. */
const SHORT_RUN = 64;

const REPLACEMENT: u32 = 0xfffd;

/**
 * The part of a JSON reader that reads strings: like numbers and literals, they may be cut by the end of a piece at any byte.
 *
 * The reader's loop does the plain cases itself and comes here for the others. The methods named `begin...` and `rest` return
 * where they stopped; `isCut` then says that the token goes on in the next piece.
 */
export abstract class JsonScalars extends JsonLiterals {
  /** The bits of the escape or character that is being read; `missing` says how much of it is missing. */
  private point: u32 = 0;
  /** A high surrogate whose low one may follow; 0 if there is none. */
  private high: u32 = 0;
  /** Bytes that the string has more as it is written than decoded, and bytes that `tellLength` has been told of. */
  private saved: i32 = 0;
  private told: i32 = 0;
  private readonly decoded: Captured = new Captured(DECODED_BYTES);

  /** The name `[from, to)` of a member of the object at `place`: returns the place of its value. */
  protected name(base: Address, from: i32, to: i32, place: i32, depth: i32): i32 {
    if (this.shape.isEverything) {
      this.captured.borrow(base, from, to);
      this.endKey(depth);
      return place;
    }
    return this.shape.member(place, base, from, to);
  }

  /** The wanted string `[from, to)`, which holds nothing to decode. */
  protected wholeString(bytes: Bytes, from: i32, to: i32, form: StringForm): void {
    this.kind = JsonKind.String;
    this.end = to + 1 + this.shift;
    if (form == StringForm.Length) {
      if (to > from) this.tellLength(this.field, to - from);
      this.tellTextEnd(this.field);
    } else if (form == StringForm.Text) {
      if (to > from) this.tellText(this.field, bytes, from, to);
      this.tellTextEnd(this.field);
    } else {
      this.captured.borrow(bytes.address(0), from, to);
      this.endScalar();
    }
  }

  /** A string whose content begins at `from` and is plain up to `i`; `place` is its own, or that of the object whose name it is. */
  protected beginString(bytes: Bytes, from: i32, i: i32, end: i32, taking: Taking, place: i32, depth: i32): i32 {
    this.taking = taking;
    this.part = Part.String;
    this.next = place;
    this.high = 0;
    this.saved = 0;
    this.told = 0;
    if (taking == Taking.Name) this.depth = depth;
    // An error may have left something of another document behind.
    this.decoded.clear();
    if (taking >= Taking.Name) this.captured.clear();
    return this.string(bytes, from, i, end);
  }

  /** Goes on with the token that the last piece cut. */
  protected rest(bytes: Bytes, at: i32, end: i32): i32 {
    const part = this.part;
    if (part == Part.Literal) return this.literalRest(bytes.address(0), at, end);
    if (part >= Part.Minus) return this.numberRest(bytes, at, at, end);
    let i = at;
    if (part != Part.String) {
      i = this.character(bytes.address(0), at, end);
      if (this.error != JsonError.None) return i;
      if (this.part != Part.String) return this.cutString(end);
    }
    return this.string(bytes, i, i, end);
  }

  /** Whether the token that was read is a member's name. */
  // @ts-ignore: decorator
  @inline
  protected get isName(): bool {
    return this.part == Part.String && (this.taking == Taking.Name || this.taking == Taking.SkippedName);
  }

  private string(bytes: Bytes, from: i32, i: i32, end: i32): i32 {
    const base = bytes.address(0);
    const last = lastBlock(base, end);
    const takes = this.taking >= Taking.Name;
    for (;;) {
      i = plainEnd(base, i, end, last);
      if (i >= end) break;
      const c = byteAt(base, i);
      if (c >= 0x80) {
        i = wideEnd(base, i, end);
        if (i >= end) break;
        if (byteAt(base, i) < 0x80) continue;
      } else if (c == 0x22 /* " */) {
        this.isCut = false;
        if (takes) {
          if (i > from) this.run(bytes, from, i);
          this.endString(i + 1);
        } else if (this.taking == Taking.Length) {
          this.measure(i);
          this.kind = JsonKind.String;
          this.end = i + 1 + this.shift;
          this.tellTextEnd(this.field);
        }
        return i + 1;
      } else if (c == 0x5c /* \ */) {
        const point = i + 1 < end ? unescaped(byteAt(base, i + 1)) : 0;
        if (point != 0) {
          if (takes) {
            if (i > from) this.run(bytes, from, i);
            if (this.high != 0) this.settle();
            this.add(point);
            from = i + 2;
          }
          this.saved++;
          i += 2;
          continue;
        }
      } else {
        this.fail(JsonError.ControlCharacter, i + this.shift);
        return i;
      }
      // An escape of four digits, a character that the piece cuts, or one that is broken.
      if (takes && i > from) this.run(bytes, from, i);
      i = this.character(base, i, end);
      if (this.error != JsonError.None) return i;
      if (this.part != Part.String) return this.cutString(end);
      from = i;
    }
    if (takes && end > from) this.run(bytes, from, end);
    return this.cutString(end);
  }

  private cutString(end: i32): i32 {
    this.isCut = true;
    if (this.taking == Taking.Text) this.flush();
    // In the middle of an escape it is not known yet how many bytes are saved.
    else if (this.taking == Taking.Length && this.part == Part.String) this.measure(end);
    return end;
  }

  private endString(end: i32): void {
    if (this.high != 0) this.settle();
    if (this.taking == Taking.Name) {
      if (this.shape.isEverything) this.endKey(this.depth);
      else this.endName();
      return;
    }
    this.kind = JsonKind.String;
    this.end = end + this.shift;
    if (this.taking == Taking.Text) {
      this.flush();
      this.tellTextEnd(this.field);
    } else {
      this.endScalar();
    }
  }

  /** Tells of the bytes up to `i` that have not been told of. */
  private measure(i: i32): void {
    const length = i + this.shift - this.at - 1 - this.saved;
    if (length > this.told) this.tellLength(this.field, length - this.told);
    this.told = length;
  }

  private endName(): void {
    const name = this.captured;
    this.next = name.isTruncated ? UNWANTED : this.shape.member(this.next, name.address, 0, name.length);
    name.clear();
  }

  /** Reads an escape or a character from `i` on, or the rest of one, byte by byte: `part` is `String` once it is whole. */
  private character(base: Address, i: i32, end: i32): i32 {
    for (; i < end; i++) {
      const c = byteAt(base, i);
      switch (this.part) {
        case Part.String:
          if (c == 0x5c) {
            this.part = Part.Escape;
            break;
          }
          this.part = Part.Utf8;
          this.missing = utf8Start(c);
          // The first byte holds 5, 4 or 3 bits of the character.
          this.point = c & (0x3f >> (this.missing & 0xff));
          if (this.missing == UTF8_BROKEN) return this.broken(JsonError.InvalidUtf8, i);
          break;
        case Part.Utf8:
          this.missing = utf8Next(this.missing, c);
          this.point = (this.point << 6) | (c & 0x3f);
          if (this.missing == UTF8_BROKEN) return this.broken(JsonError.InvalidUtf8, i);
          if (this.missing == 0) return this.endCharacter(this.point, i + 1);
          break;
        case Part.Escape:
          if (c == 0x75 /* u */) {
            this.part = Part.Hex;
            this.point = 0;
            this.missing = 4;
            break;
          }
          const point = unescaped(c);
          if (point == 0) return this.broken(JsonError.InvalidEscape, i);
          this.saved++;
          return this.endCharacter(point, i + 1);
        default:
          const digit = hexDigit(c);
          if (digit > 15) return this.broken(JsonError.InvalidEscape, i);
          this.point = (this.point << 4) | digit;
          if (--this.missing == 0) return this.endUnit(this.point, i + 1);
      }
    }
    return end;
  }

  private endCharacter(point: u32, after: i32): i32 {
    this.part = Part.String;
    if (this.taking >= Taking.Name) {
      if (this.high != 0) this.settle();
      this.add(point);
    }
    return after;
  }

  /** A UTF-16 unit that was written as `\u` and four digits: two surrogates in a row make one character. */
  private endUnit(unit: u32, after: i32): i32 {
    this.part = Part.String;
    // Six bytes are written for one to three; for each half of a pair, for two of its four.
    this.saved += unit < 0x80 ? 5 : unit < 0x800 || (unit & 0xf800) == 0xd800 ? 4 : 3;
    if (this.taking < Taking.Name) return after;
    if (this.high != 0 && (unit & 0xfc00) == 0xdc00) {
      const point = 0x10000 + ((this.high & 0x3ff) << 10) + (unit & 0x3ff);
      this.high = 0;
      this.add(point);
      return after;
    }
    if (this.high != 0) this.settle();
    if ((unit & 0xfc00) == 0xd800) this.high = unit;
    else this.add((unit & 0xfc00) == 0xdc00 ? REPLACEMENT : unit);
    return after;
  }

  /** The high surrogate stays alone. */
  private settle(): void {
    this.high = 0;
    this.add(REPLACEMENT);
  }

  /** Takes a decoded character. */
  private add(point: u32): void {
    if (this.taking != Taking.Text) return this.captured.appendPoint(point);
    if (!this.decoded.hasRoom(4)) this.flush();
    this.decoded.appendPoint(point);
  }

  /** Takes `[from, to)` as it stands. */
  private run(bytes: Bytes, from: i32, to: i32): void {
    if (this.high != 0) this.settle();
    if (this.taking != Taking.Text) return this.captured.append(bytes.address(0), from, to);
    const decoded = this.decoded;
    if (decoded.length > 0 && to - from <= SHORT_RUN) {
      // Between two escapes: one longer piece is better than three short ones.
      if (!decoded.hasRoom(to - from)) this.flush();
      decoded.append(bytes.address(0), from, to);
    } else {
      this.flush();
      this.tellText(this.field, bytes, from, to);
    }
  }

  private flush(): void {
    const length = this.decoded.length;
    if (length == 0) return;
    this.tellText(this.field, this.decoded.bytes, 0, length);
    this.decoded.clear();
  }
}
