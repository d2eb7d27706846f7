import { Address, Bytes } from "../bytes/bytes";
import { blankEnd, byteAt, isBlank, lastBlock, plainEnd, wordAt } from "../bytes/scan";
import { JsonError, JsonKind, MAX_JSON_DEPTH } from "./json-kinds";
import { FRAME_SIZE, JsonMark, USUAL_DEPTH } from "./json-mark";
import { JsonShape, UNWANTED } from "./json-shape";
import { JsonScalars } from "./json-scalars";
import { JsonSink } from "./json-sink";
import {
  CLOSE_BRACE,
  CLOSE_BRACKET,
  COLON,
  COMMA,
  DOT,
  Expect,
  FALS_WORD,
  LOWER_E,
  MINUS,
  NULL_WORD,
  OPEN_BRACE,
  OPEN_BRACKET,
  QUOTE,
  Taking,
  takingOf,
  TRUE_WORD,
} from "./json-tokens";

export { JsonSink } from "./json-sink";

/**
 * Reads JSON (RFC 8259) from UTF-8 that comes in pieces, cut anywhere, and tells a sink of the values that a shape wants.
 * It accepts what `JSON.parse` accepts, and checks all of it, also what nobody wants. It keeps no piece, and allocates when it is made; but
 * for 4 KiB at most, where a document nests deeper than usual. What the sink hears does not depend on where the pieces were cut, but
 * for the pieces of `onText`.
 *
 * Offsets are those of bytes in the document, from the first byte fed.
 */
export class JsonReader extends JsonScalars {
  private expect: Expect = Expect.Value;
  /** The innermost open object or array: its place in the shape, and its closing bracket, 0 outside of all. */
  private place: i32 = UNWANTED;
  private closer: u32 = 0;
  private open: i32 = 0;
  /** Room for what is open: at first as much as any API nests, since every stream has a reader and pays for what it touches. */
  private readonly frames: Array<i32> = new Array<i32>(USUAL_DEPTH * FRAME_SIZE);

  /**
   * A string or number of up to `captureLimit` bytes, decoded, can be read whole; of a longer one `text()` gives the beginning and
   * `isTruncated` is set.
   */
  constructor(
    shape: JsonShape,
    readonly sink: JsonSink,
    captureLimit: i32 = 1024,
  ) {
    super(shape, max(captureLimit, shape.longestName));
  }

  protected tellScalar(field: i32): void {
    this.sink.onScalar(field, this);
  }

  protected tellText(field: i32, bytes: Bytes, at: i32, end: i32): void {
    this.sink.onText(field, bytes, at, end);
  }

  protected tellLength(field: i32, bytes: i32): void {
    this.sink.onLength(field, bytes);
  }

  protected tellTextEnd(field: i32): void {
    this.sink.onTextEnd(field, this);
  }

  protected tellKey(): void {
    this.sink.onKey(this);
  }

  protected tellMark(): bool {
    return this.sink.onMark();
  }

  /** Begins a new document. */
  reset(): void {
    this.expect = Expect.Value;
    this.place = UNWANTED;
    this.closer = 0;
    this.open = 0;
    this.resetEvents();
  }

  /** Takes the piece `[at, end)` of `bytes`. After an error nothing more is read, and the error is returned again. */
  feed(bytes: Bytes, at: i32, end: i32): JsonError {
    if (this.error != JsonError.None || at >= end) return this.error;
    if (this.fed > i32.MAX_VALUE - (end - at)) return this.fail(JsonError.TooLong, this.fed);
    const base = bytes.address(0);
    const shift = this.fed - at;
    const mark = this.mark;
    if (mark) {
      this.isMarkable = this.fed == 0;
      if (this.isMarkable && mark.begins(bytes, at, end)) return this.goOn(mark, bytes, base, at, end);
    }
    this.shift = shift;
    this.fed += end - at;
    let i = at;
    if (this.expect == Expect.Rest) {
      i = this.rest(bytes, at, end);
      if (this.error != JsonError.None || this.isCut) return this.error;
      this.expect = this.isName ? Expect.Colon : Expect.After;
    }
    return this.read(bytes, base, i, end, shift);
  }

  /** Goes on behind the beginning that is known. */
  private goOn(mark: JsonMark, bytes: Bytes, base: Address, at: i32, end: i32): JsonError {
    this.isMarkable = false;
    this.expect = Expect.Value;
    this.place = mark.place;
    this.closer = mark.closer;
    this.open = mark.open;
    this.next = mark.next;
    this.nameAt = mark.nameAt;
    this.lastCommaAt = mark.lastCommaAt;
    mark.restore(this.frames);
    this.fed = end - at;
    this.shift = -at;
    this.sink.onSame();
    return this.read(bytes, base, at + mark.length, end, -at);
  }

  /** The document is complete: says whether all of it was valid. */
  finish(): JsonError {
    if (this.error != JsonError.None) return this.error;
    if (this.expect == Expect.Rest && this.open == 0) {
      this.shift = this.fed;
      if (this.finishNumber()) this.expect = Expect.After;
    }
    if (this.expect != Expect.After || this.open > 0) return this.fail(JsonError.UnexpectedEnd, this.fed);
    return JsonError.None;
  }

  /** Reads tokens until the piece ends; what the loop works with stays in locals meanwhile. */
  private read(bytes: Bytes, base: Address, i: i32, end: i32, shift: i32): JsonError {
    const shape = this.shape;
    const frames = this.frames;
    const last = lastBlock(base, end);
    let expect = this.expect;
    let place = this.place;
    let closer = this.closer;
    let open = this.open;
    let next = this.next;
    while (i < end) {
      let c = byteAt(base, i);
      if (c <= 0x20) {
        if (!isBlank(c)) return this.fail(JsonError.UnexpectedCharacter, i + shift);
        i = blankEnd(base, i + 1, end, last);
        continue;
      }
      if (expect <= Expect.Member) {
        if (c == QUOTE) {
          if (place >= 0) this.nameAt = i + shift;
          const from = i + 1;
          i = plainEnd(base, from, end, last);
          if (i < end && byteAt(base, i) == QUOTE) {
            next = place >= 0 && shape.mayHold(place, base, from, i) ? this.name(base, from, i, place, open) : UNWANTED;
            i++;
          } else {
            i = this.beginString(bytes, from, i, end, place >= 0 ? Taking.Name : Taking.SkippedName, place, open);
            if (this.error != JsonError.None) return this.error;
            next = this.next;
            if (this.isCut) {
              expect = Expect.Rest;
              break;
            }
          }
          expect = Expect.Colon;
          if (i >= end) break;
          c = byteAt(base, i);
          if (c != COLON) continue;
          expect = Expect.Value;
          if (++i >= end) break;
          c = byteAt(base, i);
          if (c == 0x20) {
            if (++i >= end) break;
            c = byteAt(base, i);
          }
          if (c <= 0x20) continue;
        } else if (c == CLOSE_BRACE && expect == Expect.MemberOrEnd) {
          expect = Expect.After;
        } else {
          return this.fail(JsonError.UnexpectedCharacter, i + shift);
        }
      }
      if (expect <= Expect.Value) {
        if (c == QUOTE) {
          const from = i + 1;
          const field = shape.field(next);
          if (field >= 0) {
            if (this.isMarkable) this.remember(bytes, i, place, closer, open, next, frames);
            this.begin(i + shift, closer == CLOSE_BRACE, open, field);
          }
          i = plainEnd(base, from, end, last);
          if (i < end && byteAt(base, i) == QUOTE) {
            if (field >= 0) this.wholeString(bytes, from, i, shape.form(next));
            i++;
          } else {
            const taking = field < 0 ? Taking.Nothing : takingOf(shape.form(next));
            i = this.beginString(bytes, from, i, end, taking, next, open);
            if (this.error != JsonError.None) return this.error;
            if (this.isCut) {
              expect = Expect.Rest;
              break;
            }
          }
        } else if (c == OPEN_BRACE || c == OPEN_BRACKET) {
          if (open == MAX_JSON_DEPTH) return this.fail(JsonError.TooDeep, i + shift);
          const frame = open * FRAME_SIZE;
          // Setting a longer length keeps the array in its arena, and happens once or twice in a reader's life.
          if (frame == frames.length) frames.length = frame * 2;
          unchecked((frames[frame] = (place << 8) | (<i32>closer)));
          if (next >= 0) {
            const field = shape.field(next);
            this.begin(i + shift, closer == CLOSE_BRACE, open, field);
            unchecked((frames[frame + 1] = this.at));
            unchecked((frames[frame + 2] = this.keyAt));
            unchecked((frames[frame + 3] = this.commaAt));
            if (field >= 0) {
              this.kind = c == OPEN_BRACE ? JsonKind.Object : JsonKind.Array;
              this.sink.onOpen(field, this);
            }
            this.lastCommaAt = -1;
          }
          open++;
          i++;
          place = next;
          // Each opening bracket's code is two below that of its closing bracket.
          closer = c + 2;
          if (c == OPEN_BRACE) {
            expect = Expect.MemberOrEnd;
          } else {
            expect = Expect.ElementOrEnd;
            next = shape.element(place);
          }
          continue;
        } else if (c == CLOSE_BRACKET && expect == Expect.ElementOrEnd) {
          expect = Expect.After;
        } else {
          const field = shape.field(next);
          if (field >= 0) this.begin(i + shift, closer == CLOSE_BRACE, open, field);
          if (c - 0x30 <= 9 || c == MINUS) {
            const from = i;
            let isPlain = false;
            if (c != MINUS) {
              // Whole numbers that end in this piece are done here; the rest of the grammar is in JsonScalars.
              i++;
              if (c != 0x30) while (i < end && byteAt(base, i) - 0x30 <= 9) i++;
              isPlain = i < end && byteAt(base, i) != DOT && (byteAt(base, i) | 0x20) != LOWER_E;
            }
            if (!isPlain) {
              i = this.beginNumber(bytes, from, end, field);
              if (this.error != JsonError.None) return this.error;
              if (this.isCut) {
                expect = Expect.Rest;
                break;
              }
            } else if (field >= 0) this.wholeNumber(base, from, i);
          } else {
            const word = i + 5 <= end ? wordAt(base, i) : 0;
            if (word == NULL_WORD || word == TRUE_WORD) {
              i += 4;
              if (field >= 0) this.literal(word == NULL_WORD ? JsonKind.Null : JsonKind.Boolean, true, i);
            } else if (word == FALS_WORD && byteAt(base, i + 4) == LOWER_E) {
              i += 5;
              if (field >= 0) this.literal(JsonKind.Boolean, false, i);
            } else {
              i = this.beginLiteral(bytes, i, end, field);
              if (this.error != JsonError.None) return this.error;
              if (this.isCut) {
                expect = Expect.Rest;
                break;
              }
            }
          }
        }
        if (c != CLOSE_BRACKET) {
          expect = Expect.After;
          if (i >= end) break;
          c = byteAt(base, i);
          if (c <= 0x20) continue;
        }
      }
      if (expect == Expect.After && open > 0) {
        if (c == COMMA) {
          if (place >= 0) this.lastCommaAt = i + shift;
          i++;
          if (closer == CLOSE_BRACE) {
            expect = Expect.Member;
          } else {
            expect = Expect.Value;
            next = shape.element(place);
          }
          continue;
        }
        if (c == closer) {
          i++;
          open--;
          const frame = open * FRAME_SIZE;
          if (place >= 0) this.endContainer(place, frame, i + shift, open, closer);
          const outer = unchecked(frames[frame]);
          place = outer >> 8;
          closer = outer & 0xff;
          expect = Expect.After;
          continue;
        }
      } else if (expect == Expect.Colon && c == COLON) {
        expect = Expect.Value;
        i++;
        continue;
      }
      return this.fail(JsonError.UnexpectedCharacter, i + shift);
    }
    this.expect = expect;
    this.place = place;
    this.closer = closer;
    this.open = open;
    this.next = next;
    return JsonError.None;
  }

  private endContainer(place: i32, frame: i32, end: i32, depth: i32, closer: u32): void {
    const field = this.shape.field(place);
    if (field < 0) return;
    this.kind = closer == CLOSE_BRACE ? JsonKind.Object : JsonKind.Array;
    this.at = unchecked(this.frames[frame + 1]);
    this.keyAt = unchecked(this.frames[frame + 2]);
    this.commaAt = unchecked(this.frames[frame + 3]);
    this.end = end;
    this.depth = depth;
    this.sink.onClose(field, this);
  }
}
