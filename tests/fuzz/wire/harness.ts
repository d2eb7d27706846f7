/**
 * The byte and wire layers as a small module for scripts: what goes in stands in the input buffer, what comes out in the output
 * buffer, both reached by address.
 */
import { Bytes } from "../../../assembly/bytes/bytes";
import { matches } from "../../../assembly/bytes/glob";
import {
  blankEnd,
  blankEndScalar,
  lastBlock,
  lineEnd,
  lineEndScalar,
  plainEnd,
  plainEndScalar,
} from "../../../assembly/bytes/scan";
import { sha256Hex } from "../../../assembly/bytes/sha256";
import { Utf8Repair, Utf8Validator } from "../../../assembly/bytes/utf8";
import { ByteWriter } from "../../../assembly/bytes/writer";
import { AwsEventStreamReader } from "../../../assembly/wire/aws-event-stream";
import { JsonError, JsonKind } from "../../../assembly/wire/json-kinds";
import { JsonReader, JsonSink } from "../../../assembly/wire/json-reader";
import { JsonShape } from "../../../assembly/wire/json-shape";
import { JsonTree } from "../../../assembly/wire/json-tree";
import { SseReader, SseSink } from "../../../assembly/wire/sse";
import { AwsTrace, awsRead, crc32Checked, crc32Loop } from "./aws.guest";
import { CHAT_BODY, CHUNK } from "./shapes";

const INPUT_BYTES = 1 << 20;
const input = Bytes.of(new ArrayBuffer(INPUT_BYTES));
const out = new ByteWriter(1 << 20);

/** Where the input is written to. */
export function inputAddress(): usize {
  return input.address(0);
}

/** Where the output of the last call stands. */
export function outputAddress(): usize {
  return out.toBytes().address(0);
}

/** Frees what the calls so far left behind. */
export function collect(): void {
  __collect();
}

export function outputLength(): i32 {
  return out.length;
}

/** Writes every event as a line, so that two traces can be compared as text. */
class Trace extends JsonSink {
  private isInText: bool = false;

  onOpen(field: i32, reader: JsonReader): void {
    this.head("open", field, reader);
    this.foot();
  }

  onClose(field: i32, reader: JsonReader): void {
    this.head("close", field, reader);
    this.number(reader.end);
    this.foot();
  }

  onScalar(field: i32, reader: JsonReader): void {
    this.head("scalar", field, reader);
    this.number(reader.end);
    this.value(reader);
    this.foot();
  }

  onText(field: i32, bytes: Bytes, at: i32, end: i32): void {
    if (!this.isInText) {
      out.text("text");
      this.number(field);
      out.byte(0x20);
      this.isInText = true;
    }
    // Hexadecimal, so that no text can look like an event.
    for (let i = at; i < end; i++) this.hex(bytes[i]);
  }

  onTextEnd(field: i32, reader: JsonReader): void {
    if (this.isInText) this.foot();
    this.isInText = false;
    this.head("textEnd", field, reader);
    this.number(reader.end);
    this.foot();
  }

  onKey(reader: JsonReader): void {
    out.text("key");
    this.number(reader.keyAt);
    this.number(reader.commaAt);
    this.number(reader.depth);
    this.value(reader);
    this.foot();
  }

  reset(): void {
    this.isInText = false;
  }

  private head(name: string, field: i32, reader: JsonReader): void {
    out.text(name);
    this.number(field);
    this.number(reader.kind);
    this.number(reader.at);
    this.number(reader.keyAt);
    this.number(reader.commaAt);
    this.number(reader.depth);
  }

  private value(reader: JsonReader): void {
    out.byte(0x20);
    if (reader.kind == JsonKind.Boolean) out.text(reader.boolean ? "true" : "false");
    else if (reader.kind == JsonKind.String) {
      const text = Bytes.fromString(reader.text());
      for (let i = 0; i < text.length; i++) this.hex(text[i]);
      if (reader.isTruncated) out.byte(0x2b);
    } else if (reader.kind == JsonKind.Number) {
      const bits = reinterpret<u64>(reader.number());
      for (let i = 56; i >= 0; i -= 8) this.hex((<u32>(bits >> i)) & 0xff);
      if (reader.isInteger) {
        out.byte(0x20);
        out.integer(reader.integer());
      }
    }
  }

  private number(value: i32): void {
    out.byte(0x20);
    out.integer(value);
  }

  private hex(value: u32): void {
    out.byte(value >> 4 < 10 ? 0x30 + (value >> 4) : 0x57 + (value >> 4));
    out.byte((value & 15) < 10 ? 0x30 + (value & 15) : 0x57 + (value & 15));
  }

  private foot(): void {
    out.byte(0x0a);
  }
}

/** Hears all and does nothing. */
class Silence extends JsonSink {
  bytes: i32 = 0;

  onText(_field: i32, _bytes: Bytes, at: i32, end: i32): void {
    this.bytes += end - at;
  }
}

const trace = new Trace();
const silence = new Silence();
const everything = new JsonReader(JsonShape.everything(), trace, 64);
const wanting = new JsonReader(CHAT_BODY, trace, 64);
const chunk = new JsonReader(CHUNK, silence);
const body = new JsonReader(CHAT_BODY, silence);
const skipping = new JsonReader(new JsonShape(), silence);

/** Which reader a call means. */
export enum Reader {
  Everything,
  Chat,
  Chunk,
  Body,
  Nothing,
}

function readerOf(which: Reader): JsonReader {
  if (which == Reader.Everything) return everything;
  if (which == Reader.Chat) return wanting;
  if (which == Reader.Chunk) return chunk;
  return which == Reader.Body ? body : skipping;
}

export function jsonReset(which: Reader): void {
  out.clear();
  trace.reset();
  readerOf(which).reset();
}

export function jsonFeed(which: Reader, at: i32, end: i32): JsonError {
  return readerOf(which).feed(input, at, end);
}

export function jsonFinish(which: Reader): JsonError {
  return readerOf(which).finish();
}

export function jsonErrorAt(which: Reader): i32 {
  return readerOf(which).errorAt;
}

/** Reads `length` bytes in pieces of at most `piece` bytes; returns the error. */
export function json(which: Reader, length: i32, piece: i32): JsonError {
  jsonReset(which);
  const reader = readerOf(which);
  for (let at = 0; at < length; at += piece) {
    if (reader.feed(input, at, min(at + piece, length)) != JsonError.None) return reader.error;
  }
  return reader.finish();
}

/** Reads the input `times` times over. */
export function jsonLoop(which: Reader, length: i32, times: i32): JsonError {
  const reader = readerOf(which);
  for (let i = 0; i < times; i++) {
    reader.reset();
    reader.feed(input, 0, length);
    reader.finish();
  }
  return reader.error;
}

/** Parses the input as a tree; returns the error. */
export function tree(length: i32): JsonError {
  return JsonTree.parse(input.slice(0, length)).error;
}

class Frames extends SseSink {
  reader: SseReader | null = null;
  private isInData: bool = false;
  private isInName: bool = false;

  onData(bytes: Bytes, at: i32, end: i32, streamAt: i64): void {
    if (!this.isInData) {
      this.close();
      out.text("data ");
    }
    this.isInData = true;
    // Positions are checked here: what stands there must be what is handed over.
    for (let i = at; i < end; i++) {
      if (streamAt >= 0 && bytes[i] != input[<i32>streamAt + i - at]) out.text("!");
      hexByte(bytes[i]);
    }
  }

  onEventNameStart(): void {
    this.close();
    out.text("start\n");
  }

  onEventName(bytes: Bytes, at: i32, end: i32): void {
    if (!this.isInName) out.text("name ");
    this.isInName = true;
    for (let i = at; i < end; i++) hexByte(bytes[i]);
  }

  onEvent(startAt: i64, endAt: i64): void {
    this.close();
    const reader = this.reader;
    out.text(reader != null && reader.hasData ? "event " : "empty ");
    out.integer(startAt);
    out.byte(0x20);
    out.integer(endAt);
    out.byte(0x0a);
  }

  reset(): void {
    this.isInData = false;
    this.isInName = false;
  }

  /** Ends the line of a run of pieces. */
  private close(): void {
    if (this.isInData || this.isInName) out.byte(0x0a);
    this.reset();
  }
}

class Count extends SseSink {
  bytes: i32 = 0;

  onData(_bytes: Bytes, at: i32, end: i32, _streamAt: i64): void {
    this.bytes += end - at;
  }
}

function hexByte(value: u32): void {
  out.byte(value >> 4 < 10 ? 0x30 + (value >> 4) : 0x57 + (value >> 4));
  out.byte((value & 15) < 10 ? 0x30 + (value & 15) : 0x57 + (value & 15));
}

const frames = new Frames();
const sse = new SseReader(frames);
frames.reader = sse;
const counting = new SseReader(new Count());

export function sseReset(): void {
  out.clear();
  frames.reset();
  sse.reset();
}

export function sseFeed(at: i32, end: i32): void {
  sse.feed(input, at, end);
}

export function sseFinish(): void {
  sse.finish();
}

/** Frames the input `times` times over. */
export function sseLoop(length: i32, piece: i32, times: i32): void {
  for (let i = 0; i < times; i++) {
    for (let at = 0; at < length; at += piece) counting.feed(input, at, min(at + piece, length));
  }
}

const awsTrace = new AwsTrace(out);
const aws = new AwsEventStreamReader(awsTrace, 0xffff);

export function awsReset(): void {
  out.clear();
  awsTrace.reset();
  aws.reset();
}

/** Returns the error, as `awsFinish` does. */
export function awsFeed(at: i32, end: i32): i32 {
  return aws.feed(input, at, end);
}

export function awsFinish(): i32 {
  return aws.finish();
}

/** Frames the input `times` times over, checksums and all. */
export function awsLoop(length: i32, piece: i32, times: i32): i32 {
  return awsRead(input, length, piece, times);
}

/** The CRC-32 of the input, `times` times over. */
export function crcLoop(length: i32, times: i32): u32 {
  return crc32Loop(input, length, times);
}

/** The CRC-32 of bytes `[at, end)` of the input, summed up in two pieces and compared with its scalar twin. */
export function crc(at: i32, cut: i32, end: i32): u32 {
  return crc32Checked(input, at, cut, end);
}

/** The digest of the input, as text in the output. */
export function sha256(length: i32): void {
  out.clear();
  out.text(sha256Hex(input.slice(0, length)));
}

/** The input made valid, in pieces of `piece` bytes; returns whether it was. */
export function utf8(length: i32, piece: i32): bool {
  out.clear();
  const repair = new Utf8Repair(out);
  const validator = new Utf8Validator();
  for (let at = 0; at < length; at += piece) {
    repair.feed(input, at, min(at + piece, length));
    validator.feed(input, at, min(at + piece, length));
  }
  repair.finish();
  return validator.finish();
}

/** Whether the first `patternLength` bytes of the input match the rest. */
export function glob(patternLength: i32, length: i32): bool {
  return matches(input.slice(0, patternLength).toString(), input.slice(patternLength, length).toString());
}

/** Whether all searches from `at` on agree with their scalar twins. */
export function twins(at: i32, end: i32): bool {
  const base = input.address(0);
  const last = lastBlock(base, end);
  return (
    plainEnd(base, at, end, last) == plainEndScalar(base, at, end) &&
    lineEnd(base, at, end, last) == lineEndScalar(base, at, end) &&
    blankEnd(base, at, end, last) == blankEndScalar(base, at, end)
  );
}
