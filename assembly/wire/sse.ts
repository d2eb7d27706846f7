import { Address, Bytes } from "../bytes/bytes";
import { byteAt, lastBlock, lineEnd, wordAt } from "../bytes/scan";

/**
 * Hears what an event stream holds. A block is what a blank line ends: an event, a comment, or nothing but the blank line; blocks
 * follow each other without a gap from offset 0 on.
 */
export abstract class SseSink {
  /**
   * A piece `[at, end)` of the data of the running event, at least one byte; `streamAt` is where it stands in the stream, and -1
   * for the "\n" that joins two data lines. Pieces are cut wherever the stream's are, also inside of a character.
   */
  onData(_bytes: Bytes, _at: i32, _end: i32, _streamAt: i64): void {}
  /** A line with the event's name begins; the name so far, if there was one, does not count. */
  onEventNameStart(): void {}
  /** A piece `[at, end)` of the event's name. */
  onEventName(_bytes: Bytes, _at: i32, _end: i32): void {}
  /** The block `[startAt, endAt)` of the stream is complete, its blank line included; `SseReader#hasData` tells an event. */
  onEvent(_startAt: i64, _endAt: i64): void {}
}

/** Where in a line the reader is. */
enum Place {
  /** Before its first byte: a line that ends here is blank. */
  Start,
  /** In the field's name. */
  Name,
  /** After the colon: one space is not part of the value. */
  Colon,
  Value,
}

/** What the running line is. */
enum Line {
  /** A comment, `id`, `retry`, or a field that nobody knows. */
  Other,
  Data,
  Event,
}

const LF: u32 = 0x0a;
const CR: u32 = 0x0d;
const SPACE: u32 = 0x20;
const COLON: u32 = 0x3a;

/** "data" as a little-endian word. */
const DATA_WORD: u32 = 0x61746164;

const JOINT = Bytes.fromString("\n");

/**
 * Finds the events in a stream of Server-Sent Events that comes in pieces, cut anywhere, and keeps nothing of it.
 * Source: HTML Living Standard, section 9.2.6, "Interpreting an event stream".
 *
 * A CR that is followed by an LF is one line end with it, so an event whose blank line is a CR is complete only when the byte
 * after it is known, or at `finish`. This way a block always ends after its whole blank line, however the stream is cut; the price is
 * that a stream with bare CRs, which no known server sends, is told of each event one byte late.
 *
 * As the standard says, an event that the stream ends before its blank line is none. Bytes are not checked to be UTF-8.
 */
@final
export class SseReader {
  /** Whether the running block has a data line: without one it is no event. */
  hasData: bool = false;
  private consumed: i64 = 0;
  private blockAt: i64 = 0;
  private place: Place = Place.Start;
  private line: Line = Line.Other;
  /** How many bytes of the field's name have matched. */
  private matched: i32 = 0;
  /** How many bytes of a byte order mark were seen; 3 once it is decided. */
  private mark: i32 = 0;
  /** Whether the last byte was a CR, whose LF may follow. */
  private isAfterCr: bool = false;
  /** Whether that CR was a blank line. */
  private isClosing: bool = false;

  constructor(readonly sink: SseSink) {}

  /** How many bytes of the stream were fed. */
  get offset(): i64 {
    return this.consumed;
  }

  /** Takes the piece `[at, end)` of `bytes`. */
  feed(bytes: Bytes, at: i32, end: i32): void {
    if (at >= end) return;
    const base = bytes.address(0);
    const shift = this.consumed - at;
    this.consumed += end - at;
    let i = at;
    if (this.mark < 3) i = this.byteOrderMark(base, i, end);
    if (this.isAfterCr && i < end) {
      if (byteAt(base, i) == LF) i++;
      this.isAfterCr = false;
      if (this.isClosing) this.endBlock(shift + i);
    }
    const last = lastBlock(base, end);
    while (i < end) {
      i = this.place == Place.Value ? i : this.head(bytes, base, i, end);
      if (i >= end) return;
      const to = lineEnd(base, i, end, last);
      if (to > i && this.place == Place.Value) {
        if (this.line == Line.Data) this.sink.onData(bytes, i, to, shift + i);
        else if (this.line == Line.Event) this.sink.onEventName(bytes, i, to);
      }
      if (to == end) return;
      i = this.endLine(base, to, end, shift);
    }
  }

  /** The stream is complete. */
  finish(): void {
    if (this.isClosing) this.endBlock(this.consumed);
    this.isAfterCr = false;
  }

  /** Begins a new stream. */
  reset(): void {
    this.hasData = false;
    this.consumed = 0;
    this.blockAt = 0;
    this.place = Place.Start;
    this.mark = 0;
    this.isAfterCr = false;
    this.isClosing = false;
  }

  /** Reads a line up to its value: returns where the value, the line end, or the piece's end is. */
  private head(bytes: Bytes, base: Address, i: i32, end: i32): i32 {
    if (this.place == Place.Start && i + 6 <= end && wordAt(base, i) == DATA_WORD && byteAt(base, i + 4) == COLON) {
      this.line = Line.Data;
      this.beginValue();
      return byteAt(base, i + 5) == SPACE ? i + 6 : i + 5;
    }
    for (; i < end; i++) {
      const c = byteAt(base, i);
      if (c == LF || c == CR) return i;
      switch (this.place) {
        case Place.Start:
          this.matched = 1;
          this.line = c == 0x64 /* d */ ? Line.Data : c == 0x65 /* e */ ? Line.Event : Line.Other;
          // A name that nobody knows, or a comment: what follows does not matter.
          this.place = this.line == Line.Other ? Place.Value : Place.Name;
          if (this.line == Line.Other) return i + 1;
          break;
        case Place.Name:
          const name = this.name;
          if (c == COLON && this.matched == name.length) {
            this.place = Place.Colon;
          } else if (this.matched < name.length && c == <u32>name.charCodeAt(this.matched)) {
            this.matched++;
          } else {
            this.line = Line.Other;
            this.place = Place.Value;
            return i + 1;
          }
          break;
        default:
          this.beginValue();
          return c == SPACE ? i + 1 : i;
      }
    }
    return end;
  }

  private get name(): string {
    return this.line == Line.Data ? "data" : "event";
  }

  /** The line is a field that matters: its value begins. */
  private beginValue(): void {
    this.place = Place.Value;
    if (this.line == Line.Event) {
      this.sink.onEventNameStart();
    } else if (this.line == Line.Data) {
      if (this.hasData) this.sink.onData(JOINT, 0, 1, -1);
      this.hasData = true;
    }
  }

  /** The line ends at `i`: returns where the next begins. */
  private endLine(base: Address, i: i32, end: i32, shift: i64): i32 {
    const isBlank = this.place == Place.Start;
    // A field without a colon, or without anything after it, has the empty value.
    if (this.place == Place.Colon || (this.place == Place.Name && this.matched == this.name.length)) this.beginValue();
    this.place = Place.Start;
    if (byteAt(base, i) == CR) {
      if (i + 1 == end) {
        this.isAfterCr = true;
        this.isClosing = isBlank;
        return end;
      }
      if (byteAt(base, i + 1) == LF) i++;
    }
    if (isBlank) this.endBlock(shift + i + 1);
    return i + 1;
  }

  private endBlock(endAt: i64): void {
    const startAt = this.blockAt;
    this.blockAt = endAt;
    this.isClosing = false;
    this.sink.onEvent(startAt, endAt);
    this.hasData = false;
  }

  /** Passes over U+FEFF at the start of the stream: returns where the first line begins or goes on. */
  private byteOrderMark(base: Address, i: i32, end: i32): i32 {
    for (; i < end && this.mark < 3; i++) {
      const expected: u32 = this.mark == 0 ? 0xef : this.mark == 1 ? 0xbb : 0xbf;
      if (byteAt(base, i) != expected) {
        // What looked like the mark is the beginning of a line that nobody knows.
        if (this.mark > 0) {
          this.line = Line.Other;
          this.place = Place.Value;
        }
        this.mark = 3;
        return i;
      }
      this.mark++;
    }
    return i;
  }
}
