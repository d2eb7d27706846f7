import { Bytes } from "../bytes/bytes";
import { Captured } from "../bytes/captured";

/** How the value of a header is written; the numbers are those of the format. */
export enum AwsHeaderType {
  True,
  False,
  /** i8 */
  Byte,
  /** i16 */
  Short,
  /** i32 */
  Integer,
  /** i64 */
  Long,
  /** Up to 65,535 bytes. */
  Binary,
  /** The same, UTF-8; not checked. */
  String,
  /** i64, milliseconds since 1970. */
  Timestamp,
  /** 16 bytes. */
  Uuid,
}

/** The headers that the event streams of AWS give a meaning to; https://smithy.io/2.0/aws/amazon-eventstream.html */
export enum AwsHeader {
  /** Any other: see `AwsEventHeaders#name`. */
  Other,
  /** `:message-type`: "event", "exception" (modelled) or "error" (not modelled). */
  MessageType,
  /** `:event-type` of an event. */
  EventType,
  /** `:exception-type` of an exception. */
  ExceptionType,
  /** `:error-code` of an error. */
  ErrorCode,
  /** `:error-message` of an error. */
  ErrorMessage,
  /** `:content-type` of the payload. */
  ContentType,
}

/** Longest name: its length is one byte. */
const MAX_NAME_BYTES = 255;
/** Longest string or binary value: its length is two bytes. */
const MAX_VALUE_BYTES = 0xffff;

const MESSAGE_TYPE = Bytes.fromString(":message-type");
const EVENT_TYPE = Bytes.fromString(":event-type");
const EXCEPTION_TYPE = Bytes.fromString(":exception-type");
const ERROR_CODE = Bytes.fromString(":error-code");
const ERROR_MESSAGE = Bytes.fromString(":error-message");
const CONTENT_TYPE = Bytes.fromString(":content-type");

/** Bytes of a UUID. */
const LONGEST_FIXED_VALUE = 16;

/** What of a header comes next. */
enum Part {
  NameLength,
  Name,
  Type,
  ValueLengthHigh,
  ValueLengthLow,
  Value,
}

/** Hears of the headers of one frame, each when it is complete. */
export abstract class AwsHeaderSink {
  /** Nothing that `headers` tells holds after this returns. */
  abstract onHeader(headers: AwsEventHeaders): void;
}

/**
 * Reads a block of headers that comes in pieces, cut anywhere:
 *
 *     | name length u8 | name | type u8 | value length u16, of binary and string only | value |   ...again, to the end of the block
 *
 * Numbers have their highest byte first. Kept are one name and one value, of bounded length.
 */
@final
export class AwsEventHeaders {
  header: AwsHeader = AwsHeader.Other;
  type: AwsHeaderType = AwsHeaderType.True;
  readonly name: Captured = new Captured(MAX_NAME_BYTES);
  /** The bytes of the value as they are written: none for True and False, and at most the limit. */
  readonly value: Captured;
  private part: Part = Part.NameLength;
  /** Bytes that the part still has. */
  private left: i32 = 0;

  /** Of a value, up to `valueLimit` bytes are kept; of a longer one the beginning. */
  constructor(valueLimit: i32) {
    this.value = new Captured(min(max(valueLimit, LONGEST_FIXED_VALUE), MAX_VALUE_BYTES));
  }

  /** Whether the block may end here. */
  get isComplete(): bool {
    return this.part == Part.NameLength;
  }

  /** A new block begins. */
  reset(): void {
    this.part = Part.NameLength;
  }

  /** Takes the piece `[at, end)` of the block; false if it is no header, and then no more is to be fed. */
  feed(bytes: Bytes, at: i32, end: i32, sink: AwsHeaderSink): bool {
    let i = at;
    while (i < end) {
      switch (this.part) {
        case Part.NameLength:
          const next = this.whole(bytes, i, end, sink);
          if (next > i) {
            i = next;
            break;
          }
          this.name.clear();
          this.left = bytes[i++];
          this.part = this.left > 0 ? Part.Name : Part.Type;
          break;
        case Part.Name:
          i = this.capture(this.name, bytes, i, end);
          if (this.left == 0) this.part = Part.Type;
          break;
        case Part.Type:
          if (bytes[i] > <u8>AwsHeaderType.Uuid) return false;
          this.beginValue(<AwsHeaderType>bytes[i++], sink);
          break;
        case Part.ValueLengthHigh:
          this.left = (<i32>bytes[i++]) << 8;
          this.part = Part.ValueLengthLow;
          break;
        case Part.ValueLengthLow:
          this.left |= <i32>bytes[i++];
          this.beginBytes(sink);
          break;
        default:
          i = this.capture(this.value, bytes, i, end);
          if (this.left == 0) this.endHeader(sink);
          break;
      }
    }
    return true;
  }

  /** The value of a Byte, Short, Integer, Long or Timestamp; 0 of another type. */
  integer(): i64 {
    if (this.type < AwsHeaderType.Byte || (this.type > AwsHeaderType.Long && this.type != AwsHeaderType.Timestamp))
      return 0;
    let value: i64 = 0;
    const length = this.value.length;
    for (let i = 0; i < length; i++) value = (value << 8) | this.value.byte(i);
    const unused = 64 - (length << 3);
    return (value << unused) >> unused;
  }

  /** Takes a header that stands whole in the piece, as nearly all do, without copying it; returns the index behind it, and `at` if there is none. */
  private whole(bytes: Bytes, at: i32, end: i32, sink: AwsHeaderSink): i32 {
    const typeAt = at + 1 + <i32>bytes[at];
    // Behind the type there is room for the length of a value.
    if (typeAt + 2 >= end) return at;
    const type = <AwsHeaderType>bytes[typeAt];
    let valueAt = typeAt + 1;
    let valueEnd = valueAt;
    if (type == AwsHeaderType.String || type == AwsHeaderType.Binary) {
      valueAt += 2;
      valueEnd = valueAt + (((<i32>bytes[typeAt + 1]) << 8) | (<i32>bytes[typeAt + 2]));
    } else if (type <= AwsHeaderType.Uuid) {
      valueEnd += fixedLength(type);
    } else {
      return at;
    }
    if (valueEnd > end) return at;
    const base = bytes.address(0);
    this.type = type;
    this.name.borrow(base, at + 1, typeAt);
    this.value.borrow(base, valueAt, valueEnd);
    this.endHeader(sink);
    return valueEnd;
  }

  private beginValue(type: AwsHeaderType, sink: AwsHeaderSink): void {
    this.type = type;
    this.value.clear();
    if (type == AwsHeaderType.String || type == AwsHeaderType.Binary) {
      this.part = Part.ValueLengthHigh;
      return;
    }
    this.left = fixedLength(type);
    this.beginBytes(sink);
  }

  private beginBytes(sink: AwsHeaderSink): void {
    this.part = Part.Value;
    if (this.left == 0) this.endHeader(sink);
  }

  private endHeader(sink: AwsHeaderSink): void {
    this.part = Part.NameLength;
    this.header = headerOf(this.name);
    sink.onHeader(this);
  }

  /** Takes what there is of a name or value whose other bytes are still to come: returns the index behind it. */
  private capture(to: Captured, bytes: Bytes, at: i32, end: i32): i32 {
    const next = at + min(this.left, end - at);
    to.append(bytes.address(0), at, next);
    this.left -= next - at;
    return next;
  }
}

/** Bytes of a value whose type alone says how many there are. */
function fixedLength(type: AwsHeaderType): i32 {
  switch (type) {
    case AwsHeaderType.Byte:
      return 1;
    case AwsHeaderType.Short:
      return 2;
    case AwsHeaderType.Integer:
      return 4;
    case AwsHeaderType.Long:
    case AwsHeaderType.Timestamp:
      return 8;
    case AwsHeaderType.Uuid:
      return 16;
    default:
      return 0;
  }
}

function headerOf(name: Captured): AwsHeader {
  switch (name.length) {
    case 11:
      if (name.equals(EVENT_TYPE)) return AwsHeader.EventType;
      return name.equals(ERROR_CODE) ? AwsHeader.ErrorCode : AwsHeader.Other;
    case 13:
      if (name.equals(MESSAGE_TYPE)) return AwsHeader.MessageType;
      return name.equals(CONTENT_TYPE) ? AwsHeader.ContentType : AwsHeader.Other;
    case 14:
      return name.equals(ERROR_MESSAGE) ? AwsHeader.ErrorMessage : AwsHeader.Other;
    case 15:
      return name.equals(EXCEPTION_TYPE) ? AwsHeader.ExceptionType : AwsHeader.Other;
    default:
      return AwsHeader.Other;
  }
}
