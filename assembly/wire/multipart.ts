import { Bytes } from "../bytes/bytes";
import { byteAt, lastBlock, lineEnd } from "../bytes/scan";
import { ByteWriter } from "../bytes/writer";

/** Longest headers of one part that are read, in bytes; a longer part is an error. */
const MAX_HEADER_BYTES = 8192;
/** Longest boundary (RFC 2046, 5.1.1). */
export const MAX_BOUNDARY = 70;

const CR: u32 = 0x0d;
const LF: u32 = 0x0a;
const DASH: u32 = 0x2d;

/** Hears of the parts of a form. */
export abstract class MultipartSink {
  /** A part begins; `headers` are all its header lines, good until the call returns. */
  abstract onPart(headers: Bytes): void;
  /** A piece `[at, end)` of its body, at least one byte, cut anywhere. */
  abstract onData(bytes: Bytes, at: i32, end: i32): void;
  /** It ends. */
  abstract onPartEnd(): void;
}

enum State {
  /** Before the first boundary, and in the body of a part: up to the next boundary. */
  Preamble,
  Body,
  /** Behind a boundary: another dash, or the end of its line. */
  Boundary,
  Dash,
  /** The line of the boundary goes on with blanks. */
  Padding,
  Headers,
  /** Behind the last part: nothing counts any more. */
  Epilogue,
  Broken,
}

/**
 * Reads a `multipart/form-data` body (RFC 7578, RFC 2046 5.1) that comes in pieces, cut anywhere, and keeps nothing of it but the headers of the
 * running part.
 *
 *     --boundary CRLF header CRLF ... CRLF CRLF body CRLF --boundary CRLF ... CRLF --boundary-- epilogue
 */
@final
export class MultipartReader {
  private state: State = State.Preamble;
  private readonly delimiter: Bytes;
  /** How many bytes of the delimiter were seen; at the start its CRLF counts as seen. */
  private matched: i32 = 2;
  private readonly headers: ByteWriter = new ByteWriter(256);
  /** How many bytes of the blank line behind the headers, CRLF CRLF, were seen; at their start the first two count as seen. */
  private blank: i32 = 2;

  constructor(
    private readonly sink: MultipartSink,
    boundary: string,
  ) {
    this.delimiter = Bytes.fromString("\r\n--" + boundary);
  }

  /** Whether all parts have come, or the body is none of a form. */
  get isBroken(): bool {
    return this.state == State.Broken;
  }

  /** Whether the last boundary has come. */
  get isComplete(): bool {
    return this.state == State.Epilogue;
  }

  /** Takes the piece `[at, end)` of `bytes`. */
  feed(bytes: Bytes, at: i32, end: i32): void {
    const base = bytes.address(0);
    let i = at;
    while (i < end) {
      const state = this.state;
      if (state == State.Preamble || state == State.Body) i = this.content(bytes, i, end);
      else if (state == State.Headers) i = this.headerBytes(bytes, i, end);
      else if (state == State.Epilogue || state == State.Broken) return;
      else this.boundaryByte(byteAt(base, i++));
    }
  }

  /** Reads up to the next boundary; tells of what is before it. */
  private content(bytes: Bytes, from: i32, end: i32): i32 {
    const base = bytes.address(0);
    const delimiter = this.delimiter;
    const last = lastBlock(base, end);
    let i = from;
    let matched = this.matched;
    /** How many of the matched bytes are those of an earlier piece. */
    let carried = matched;
    while (i < end) {
      if (matched == 0) {
        i = lineEnd(base, i, end, last);
        if (i >= end) break;
        if (byteAt(base, i) == CR) matched = 1;
        i++;
        continue;
      }
      const c = byteAt(base, i);
      if (c == <u32>delimiter[matched]) {
        i++;
        if (++matched < delimiter.length) continue;
        this.tell(bytes, from, i - (matched - carried));
        this.matched = 0;
        if (this.state == State.Body) this.sink.onPartEnd();
        this.state = State.Boundary;
        return i;
      }
      // No boundary. The delimiter has one CR, its first byte, so nothing of what was matched can begin another.
      if (carried > 0) this.tell(delimiter, 0, carried);
      carried = 0;
      matched = c == CR ? 1 : 0;
      i++;
    }
    this.matched = matched;
    this.tell(bytes, from, i - (matched - carried));
    return i;
  }

  private tell(bytes: Bytes, at: i32, end: i32): void {
    if (this.state == State.Body && end > at) this.sink.onData(bytes, at, end);
  }

  private boundaryByte(c: u32): void {
    if (this.state == State.Dash) this.state = c == DASH ? State.Epilogue : State.Broken;
    else if (c == DASH && this.state == State.Boundary) this.state = State.Dash;
    else if (c == LF) this.beginHeaders();
    else this.state = c == 0x20 || c == 0x09 || c == CR ? State.Padding : State.Broken;
  }

  private beginHeaders(): void {
    this.state = State.Headers;
    this.headers.clear();
    this.blank = 2;
  }

  private headerBytes(bytes: Bytes, from: i32, end: i32): i32 {
    const base = bytes.address(0);
    let i = from;
    while (i < end && this.blank < 4) {
      const c = byteAt(base, i++);
      if (c == ((this.blank & 1) == 0 ? CR : LF)) this.blank++;
      else this.blank = c == CR ? 1 : 0;
    }
    if (this.headers.length + (i - from) > MAX_HEADER_BYTES) {
      this.state = State.Broken;
      return end;
    }
    this.headers.bytes(bytes, from, i);
    if (this.blank == 4) {
      this.state = State.Body;
      this.sink.onPart(this.headers.toBytes());
    }
    return i;
  }
}

/** The boundary that the content type of a form names; empty if it names none that is allowed. */
export function boundaryOf(contentType: string): string {
  return withoutControls(parameterOf(contentType, "boundary"), MAX_BOUNDARY);
}

/** The name of the field that a part with these header lines is; empty if it has none. Only `name` counts, never `name*` (RFC 7578, 4.2). */
export function fieldName(headers: Bytes): string {
  const text = headers.toString();
  const lower = text.toLowerCase();
  let line = 0;
  while (line < text.length) {
    const end = lower.indexOf("\r\n", line);
    const lineEnd = end < 0 ? text.length : end;
    if (lower.startsWith("content-disposition:", line)) return parameterOf(text.substring(line, lineEnd), "name");
    line = lineEnd + 2;
  }
  return "";
}

/** The value of a parameter of a header's value: `; name=value` or `; name="value"`; empty if it is not there. */
function parameterOf(value: string, name: string): string {
  let at = value.indexOf(";");
  while (at >= 0) {
    at++;
    while (at < value.length && (value.charCodeAt(at) == 0x20 || value.charCodeAt(at) == 0x09)) at++;
    const equals = value.indexOf("=", at);
    if (equals < 0) return "";
    const isIt = value.substring(at, equals).trim().toLowerCase() == name;
    at = equals + 1;
    const isQuoted = at < value.length && value.charCodeAt(at) == 0x22;
    const end = isQuoted ? quoteEnd(value, at + 1) : tokenEnd(value, at);
    if (isIt) return isQuoted ? unquoted(value.substring(at + 1, end)) : value.substring(at, end).trim();
    at = value.indexOf(";", end);
  }
  return "";
}

function quoteEnd(value: string, from: i32): i32 {
  let i = from;
  while (i < value.length && value.charCodeAt(i) != 0x22) i += value.charCodeAt(i) == 0x5c /* \ */ ? 2 : 1;
  return min(i, value.length);
}

function tokenEnd(value: string, from: i32): i32 {
  const end = value.indexOf(";", from);
  return end < 0 ? value.length : end;
}

function unquoted(text: string): string {
  return text.split('\\"').join('"').split("%22").join('"');
}

function withoutControls(text: string, most: i32): string {
  if (text.length > most) return "";
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c < 0x20 || c > 0x7e) return "";
  }
  return text;
}
