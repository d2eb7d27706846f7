import { Bytes } from "../bytes/bytes";
import { Captured } from "../bytes/captured";
import { JsonError, JsonKind } from "./json-kinds";
import { JsonMark } from "./json-mark";
import { JsonShape, StringForm } from "./json-shape";

/**
 * The part of a JSON reader that its sink sees: the running event, and the value that goes with it. What an event does not say it
 * tells is left over from another one.
 */
export abstract class JsonEvents {
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

  protected mark: JsonMark | null = null;
  /** Whether the document may still be remembered: it is in its first piece, before its first text. */
  protected isMarkable: bool = false;

  protected field: i32 = 0;
  protected readonly captured: Captured;
  constructor(
    readonly shape: JsonShape,
    captureLimit: i32,
  ) {
    this.captured = new Captured(captureLimit);
  }

  protected abstract tellScalar(field: i32): void;
  protected abstract tellText(field: i32, bytes: Bytes, at: i32, end: i32): void;
  protected abstract tellLength(field: i32, bytes: i32): void;
  protected abstract tellTextEnd(field: i32): void;
  protected abstract tellKey(): void;
  protected abstract tellMark(): bool;

  /** The string of the running event, decoded, or the number as it is written; at most the capture limit of it. */
  text(): string {
    return this.captured.text();
  }

  /** Whether `text()` is `word`: cheaper than to ask for it, since nothing is made. */
  textIs(word: Bytes): bool {
    return this.captured.equals(word);
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

  /**
   * From now on, a document that begins as the one before did up to its first text is read from there on: what the sink would hear
   * before is `onSame`. Only a document that comes in one piece up to its first text is remembered.
   */
  skipSame(): void {
    this.mark = new JsonMark();
  }

  /** The first text of a document begins at `i` of its first piece: remembers how it came there. */
  protected remember(bytes: Bytes, i: i32, place: i32, closer: u32, open: i32, next: i32, frames: Array<i32>): void {
    if (this.shape.form(next) == StringForm.Value) return;
    this.isMarkable = false;
    const mark = this.mark;
    if (!mark) return;
    if (!this.tellMark()) {
      mark.length = 0;
      return;
    }
    mark.set(bytes, -this.shift, i, open, frames);
    mark.place = place;
    mark.closer = closer;
    mark.next = next;
    mark.nameAt = this.nameAt;
    mark.lastCommaAt = this.lastCommaAt;
  }

  protected resetEvents(): void {
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

  /** A wanted literal that ends at `to`. */
  protected literal(kind: JsonKind, value: bool, to: i32): void {
    this.kind = kind;
    this.boolean = kind == JsonKind.Boolean && value;
    this.end = to + this.shift;
    this.tellScalar(this.field);
  }

  protected endKey(depth: i32): void {
    this.kind = JsonKind.String;
    this.at = this.nameAt;
    this.keyAt = this.nameAt;
    this.commaAt = this.lastCommaAt;
    this.depth = depth;
    this.tellKey();
    this.captured.clear();
  }

  protected endScalar(): void {
    this.tellScalar(this.field);
    // What was borrowed is the piece's, and the piece goes.
    this.captured.clear();
  }
}
