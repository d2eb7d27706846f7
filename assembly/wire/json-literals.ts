import { Address, Bytes } from "../bytes/bytes";
import { byteAt } from "../bytes/scan";
import { JsonEvents } from "./json-events";
import { JsonError, JsonKind } from "./json-kinds";
import { numberPart, Part, Taking } from "./json-tokens";

/** The part of a JSON reader that reads numbers, `true`, `false` and `null`; what is said of json-scalars.ts holds here too. */
export abstract class JsonLiterals extends JsonEvents {
  protected taking: Taking = Taking.Nothing;
  protected part: Part = Part.String;
  /** How much of a literal was read, or how much of an escape or a character is missing. */
  protected missing: u32 = 0;

  /** The wanted number `[from, to)`. */
  protected wholeNumber(base: Address, from: i32, to: i32): void {
    this.kind = JsonKind.Number;
    this.end = to + this.shift;
    this.captured.borrow(base, from, to);
    this.endScalar();
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

  /** The document ends in a token: whether that is a number which may end there. */
  protected finishNumber(): bool {
    if (this.part < Part.Zero) return false;
    this.endNumber(0);
    return true;
  }

  protected literalRest(base: Address, i: i32, end: i32): i32 {
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
  protected numberRest(bytes: Bytes, from: i32, i: i32, end: i32): i32 {
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

  protected broken(error: JsonError, i: i32): i32 {
    this.fail(error, i + this.shift);
    return i;
  }
}
