import { Address, Bytes } from "../bytes/bytes";
import { Captured } from "../bytes/captured";
import { byteAt, plainEnd } from "../bytes/scan";
import { UTF8_BROKEN, utf8Next, utf8Start, wideEnd } from "../bytes/utf8";
import { JsonError, JsonKind } from "./json-kinds";
import { JsonShape, UNWANTED } from "./json-shape";

/** What becomes of the string or number that is being read. */
export enum Taking {
  /** It is checked and forgotten. */
  Nothing,
  /** It is the name of a member of an object that nobody wants: the same. */
  SkippedName,
  /** It is the name of a member of a wanted object. */
  Name,
  /** It is gathered for `onScalar`. */
  Value,
  /** It is handed on piece by piece. */
  Text,
}

/** How far a token is that the end of a piece may cut. */
enum Part {
  /** In a string, between characters. */
  String,
  /** After a backslash. */
  Escape,
  /** Among the four digits after `\u`. */
  Hex,
  /** Inside a character of several bytes. */
  Utf8,
  /** In `true`, `false` or `null`. */
  Literal,
  // The rest are states of a number; those from `Zero` on may be its end.
  Minus,
  Dot,
  Exponent,
  ExponentSign,
  Zero,
  Whole,
  Fraction,
  ExponentDigits,
}

/** Bytes of decoded escapes that are handed on at once. */
const DECODED_BYTES = 256;

const REPLACEMENT: u32 = 0xfffd;

/**
 * The part of a JSON reader that reads strings, numbers and literals: what may be cut by the end of a piece at any byte.
 *
 * The reader's loop does the plain cases itself and comes here for the others. The methods named `begin...` and `rest` return
 * where they stopped; `isCut` then says that the token goes on in the next piece.
 */
export abstract class JsonScalars {
  /** The first thing that was wrong, and the offset of the byte that was. */
  error: JsonError = JsonError.None;
  errorAt: i32 = 0;

  /** The type of the value of the running event. */
  kind: JsonKind = JsonKind.Null;
  /** The value of a boolean. */
  boolean: bool = false;
  /** The value's document range; `end` is known at `onClose`, `onScalar` and `onTextEnd`. */
  at: i32 = 0;
  end: i32 = 0;
  /** Where the opening quote of the member's name is; -1 outside an object. */
  keyAt: i32 = -1;
  /** Where the comma before this member or element is; -1 if it is the first. */
  commaAt: i32 = -1;
  /** How many objects and arrays enclose the value. */
  depth: i32 = 0;

  /** The place of the value that comes next, or whose token is being read; at first the document itself. */
  protected next: i32 = 0;
  protected nameAt: i32 = -1;
  protected lastCommaAt: i32 = -1;
  /** Bytes fed so far. */
  protected fed: i32 = 0;
  /** What to add to an index in the running piece for the document offset. */
  protected shift: i32 = 0;
  protected isCut: bool = false;

  private field: i32 = 0;
  private taking: Taking = Taking.Nothing;
  private part: Part = Part.String;
  /** The bits of the escape or character that is being read, and how much of it is missing. */
  private point: u32 = 0;
  private missing: u32 = 0;
  /** A high surrogate whose low one may follow; 0 if there is none. */
  private high: u32 = 0;
  private readonly captured: Captured;
  private readonly decoded: Captured = new Captured(DECODED_BYTES);

  constructor(
    readonly shape: JsonShape,
    captureLimit: i32,
  ) {
    this.captured = new Captured(captureLimit);
  }

  protected abstract tellScalar(field: i32): void;
  protected abstract tellText(field: i32, bytes: Bytes, at: i32, end: i32): void;
  protected abstract tellTextEnd(field: i32): void;
  protected abstract tellKey(): void;

  /** The string of the running event, decoded, or the number as it is written; at most the capture limit of it. */
  text(): string {
    return this.captured.text();
  }

  /** Whether the string or number is longer than the capture limit, so that `text()` is only its beginning. */
  get isTruncated(): bool {
    return this.captured.isTruncated;
  }

  /** Whether the number is whole, however it is written, and fits i64; never so for one of more than 1,024 bytes. */
  get isInteger(): bool {
    if (this.kind != JsonKind.Number) return false;
    const number = this.captured.number();
    return number != null && number.isInteger;
  }

  /** The number, exactly; 0 unless `isInteger`. */
  integer(): i64 {
    const number = this.captured.number();
    return this.kind == JsonKind.Number && number != null ? number.integer : 0;
  }

  /** The number as the nearest f64; not a number if it has more than 1,024 bytes or the value is of another kind. */
  number(): f64 {
    const number = this.captured.number();
    return this.kind == JsonKind.Number && number != null ? number.toNumber() : NaN;
  }

  protected resetScalars(): void {
    this.error = JsonError.None;
    this.fed = 0;
    this.next = 0;
    this.nameAt = -1;
    this.lastCommaAt = -1;
    this.isCut = false;
  }

  protected fail(error: JsonError, at: i32): JsonError {
    this.error = error;
    this.errorAt = at;
    return error;
  }

  /** A wanted value begins at document offset `at`. */
  // @ts-ignore: decorator
  @inline
  protected begin(at: i32, isMember: bool, depth: i32, field: i32): void {
    this.at = at;
    this.keyAt = isMember ? this.nameAt : -1;
    this.commaAt = this.lastCommaAt;
    this.depth = depth;
    this.field = field;
  }

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
  protected wholeString(bytes: Bytes, from: i32, to: i32, isText: bool): void {
    this.kind = JsonKind.String;
    this.end = to + 1 + this.shift;
    if (isText) {
      if (to > from) this.tellText(this.field, bytes, from, to);
      this.tellTextEnd(this.field);
    } else {
      this.captured.borrow(bytes.address(0), from, to);
      this.endScalar();
    }
  }

  /** The wanted number `[from, to)`. */
  protected wholeNumber(base: Address, from: i32, to: i32): void {
    this.kind = JsonKind.Number;
    this.end = to + this.shift;
    this.captured.borrow(base, from, to);
    this.endScalar();
  }

  /** A wanted literal that ends at `to`. */
  protected literal(kind: JsonKind, value: bool, to: i32): void {
    this.kind = kind;
    this.boolean = kind == JsonKind.Boolean && value;
    this.end = to + this.shift;
    this.tellScalar(this.field);
  }

  /** A string whose content begins at `from` and is plain up to `i`; `place` is its own, or that of the object whose name it is. */
  protected beginString(bytes: Bytes, from: i32, i: i32, end: i32, taking: Taking, place: i32, depth: i32): i32 {
    this.taking = taking;
    this.part = Part.String;
    this.next = place;
    this.high = 0;
    if (taking == Taking.Name) this.depth = depth;
    if (taking != Taking.Nothing) this.captured.clear();
    return this.string(bytes, from, i, end);
  }

  protected beginNumber(bytes: Bytes, from: i32, end: i32, field: i32): i32 {
    this.taking = field >= 0 ? Taking.Value : Taking.Nothing;
    if (field >= 0) this.captured.clear();
    const c = byteAt(bytes.address(0), from);
    this.part = c == 0x2d ? Part.Minus : c == 0x30 ? Part.Zero : Part.Whole;
    return this.numberRest(bytes, from, from + 1, end);
  }

  protected beginLiteral(bytes: Bytes, from: i32, end: i32, field: i32): i32 {
    const c = byteAt(bytes.address(0), from);
    if (c != 0x6e && c != 0x74 && c != 0x66) {
      this.fail(JsonError.UnexpectedCharacter, from + this.shift);
      return from;
    }
    this.taking = field >= 0 ? Taking.Value : Taking.Nothing;
    this.part = Part.Literal;
    this.kind = c == 0x6e ? JsonKind.Null : JsonKind.Boolean;
    this.boolean = c == 0x74;
    this.missing = 1;
    return this.literalRest(bytes.address(0), from + 1, end);
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

  /** The document ends in a token: whether that is a number which may end there. */
  protected finishNumber(): bool {
    if (this.part < Part.Zero) return false;
    this.endNumber(0);
    return true;
  }

  private string(bytes: Bytes, from: i32, i: i32, end: i32): i32 {
    const base = bytes.address(0);
    const takes = this.taking >= Taking.Name;
    for (;;) {
      i = plainEnd(base, i, end);
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

  private endName(): void {
    const name = this.captured;
    this.next = name.isTruncated ? UNWANTED : this.shape.member(this.next, name.address, 0, name.length);
    name.clear();
  }

  private endKey(depth: i32): void {
    this.kind = JsonKind.String;
    this.at = this.nameAt;
    this.keyAt = this.nameAt;
    this.commaAt = this.lastCommaAt;
    this.depth = depth;
    this.tellKey();
    this.captured.clear();
  }

  private endScalar(): void {
    this.tellScalar(this.field);
    // What was borrowed is the piece's, and the piece goes.
    this.captured.clear();
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

  private broken(error: JsonError, i: i32): i32 {
    this.fail(error, i + this.shift);
    return i;
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
    if (!this.decoded.hasRoom) this.flush();
    this.decoded.appendPoint(point);
  }

  /** Takes `[from, to)` as it stands. */
  private run(bytes: Bytes, from: i32, to: i32): void {
    if (this.high != 0) this.settle();
    if (this.taking != Taking.Text) return this.captured.append(bytes.address(0), from, to);
    this.flush();
    this.tellText(this.field, bytes, from, to);
  }

  private flush(): void {
    const length = this.decoded.length;
    if (length == 0) return;
    this.tellText(this.field, this.decoded.bytes, 0, length);
    this.decoded.clear();
  }

  private literalRest(base: Address, i: i32, end: i32): i32 {
    const word = this.kind == JsonKind.Null ? "null" : this.boolean ? "true" : "false";
    for (; i < end; i++) {
      if (byteAt(base, i) != <u32>word.charCodeAt(this.missing)) return this.broken(JsonError.UnexpectedCharacter, i);
      if (<i32>++this.missing == word.length) {
        this.isCut = false;
        if (this.taking == Taking.Value) this.literal(this.kind, this.boolean, i + 1);
        return i + 1;
      }
    }
    this.isCut = true;
    return end;
  }

  /** A number whose bytes before `from` are gathered, and which is read up to `i`. */
  private numberRest(bytes: Bytes, from: i32, i: i32, end: i32): i32 {
    const base = bytes.address(0);
    let part = this.part;
    for (; i < end; i++) {
      const next = numberPart(part, byteAt(base, i));
      if (next == Part.String) break;
      part = next;
    }
    this.part = part;
    this.isCut = i >= end;
    if (!this.isCut && part < Part.Zero) return this.broken(JsonError.InvalidNumber, i);
    if (this.taking == Taking.Value) {
      const value = this.captured;
      if (!this.isCut && value.length == 0 && !value.isTruncated) value.borrow(base, from, i);
      else value.append(base, from, i);
    }
    if (!this.isCut) this.endNumber(i);
    return i;
  }

  private endNumber(end: i32): void {
    if (this.taking != Taking.Value) return;
    this.kind = JsonKind.Number;
    this.end = end + this.shift;
    this.endScalar();
  }
}

/** The state of a number after `c`; `String` if `c` does not belong to it. */
function numberPart(part: Part, c: u32): Part {
  const isDigit = c - 0x30 <= 9;
  switch (part) {
    case Part.Minus:
      return !isDigit ? Part.String : c == 0x30 ? Part.Zero : Part.Whole;
    case Part.Dot:
      return isDigit ? Part.Fraction : Part.String;
    case Part.Exponent:
      if (c == 0x2b || c == 0x2d) return Part.ExponentSign;
      return isDigit ? Part.ExponentDigits : Part.String;
    case Part.ExponentSign:
    case Part.ExponentDigits:
      return isDigit ? Part.ExponentDigits : Part.String;
    default:
      if (isDigit && part != Part.Zero) return part;
      if (c == 0x2e && part != Part.Fraction) return Part.Dot;
      return (c | 0x20) == 0x65 ? Part.Exponent : Part.String;
  }
}

/** What a backslash and `c` stand for; 0 if that is no escape, or `\u`. */
function unescaped(c: u32): u32 {
  switch (c) {
    case 0x22:
    case 0x2f:
    case 0x5c:
      return c;
    case 0x62:
      return 0x08;
    case 0x66:
      return 0x0c;
    case 0x6e:
      return 0x0a;
    case 0x72:
      return 0x0d;
    case 0x74:
      return 0x09;
    default:
      return 0;
  }
}

/** The value of a hexadecimal digit; above 15 if `c` is none. */
function hexDigit(c: u32): u32 {
  if (c - 0x30 <= 9) return c - 0x30;
  const letter = (c | 0x20) - 0x61;
  return letter <= 5 ? letter + 10 : 16;
}
