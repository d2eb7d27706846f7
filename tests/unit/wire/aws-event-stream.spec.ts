import { Bytes } from "../../../assembly/bytes/bytes";
import { crc32 } from "../../../assembly/bytes/crc32";
import { ByteWriter } from "../../../assembly/bytes/writer";
import { AwsEventHeaders, AwsHeaderType } from "../../../assembly/wire/aws-event-headers";
import { AwsEventSink, AwsEventStreamReader, AwsStreamError } from "../../../assembly/wire/aws-event-stream";
import { writeAwsEvent, writeAwsException } from "../../../assembly/wire/aws-event-writer";

/** What a sink heard, as one line. */
class Notes extends AwsEventSink {
  readonly lines: string[] = [];
  private text: string = "";

  onHeader(headers: AwsEventHeaders): void {
    const value = headers.value.text();
    const isText = headers.type == AwsHeaderType.String;
    const shown = isText ? value : headers.integer().toString() + "/" + headers.value.length.toString();
    const mark = headers.value.isTruncated ? "..." : "";
    this.lines.push(headers.header.toString() + ":" + headers.type.toString() + "=" + shown + mark);
  }

  onPayload(bytes: Bytes, at: i32, end: i32): void {
    expect(end > at).toBe(true);
    this.text = this.text.concat(bytes.slice(at, end).toString());
  }

  onFrame(startAt: i64, endAt: i64): void {
    this.lines.push("(" + this.text + ")" + startAt.toString() + "-" + endAt.toString());
    this.text = "";
  }
}

/** A frame of these headers and this payload, whose lengths can be told wrongly. */
function frame(headers: Bytes, payload: string, moreTotal: i32 = 0, moreHeaders: i32 = 0): Bytes {
  const out = new ByteWriter();
  word(out, 16 + headers.length + String.UTF8.byteLength(payload) + moreTotal);
  word(out, headers.length + moreHeaders);
  word(out, crc32(0, out.toBytes(), 0, 8));
  out.bytes(headers, 0, headers.length);
  out.text(payload);
  word(out, crc32(0, out.toBytes(), 0, out.length));
  return out.toBytes();
}

function word(out: ByteWriter, value: u32): void {
  for (let shift = 24; shift >= 0; shift -= 8) out.byte((value >> shift) & 0xff);
}

/** A header named "n" with these bytes behind its name. */
function header(bytes: u8[]): Bytes {
  const out = new ByteWriter();
  out.byte(1);
  out.byte(0x6e);
  for (let i = 0; i < bytes.length; i++) out.byte(bytes[i]);
  return out.toBytes();
}

function read(stream: Bytes, first: i32, second: i32, limit: i32): string {
  const notes = new Notes();
  const reader = new AwsEventStreamReader(notes, limit);
  reader.feed(stream, 0, first);
  reader.feed(stream, first, second);
  reader.feed(stream, second, stream.length);
  notes.lines.push("error " + reader.finish().toString());
  return notes.lines.join(" ");
}

/** Reads a stream cut at every pair of bytes. */
function expectHeard(stream: Bytes, heard: string, limit: i32 = 64): void {
  for (let i = 0; i <= stream.length; i++)
    for (let k = i; k <= stream.length; k++) expect(read(stream, i, k, limit)).toBe(heard);
}

const NONE = Bytes.fromString("");

describe("an event stream of AWS", () => {
  test("is read frame by frame, wherever it is cut", () => {
    const out = new ByteWriter();
    writeAwsEvent(out, "chunk", Bytes.fromString('{"a":1}'));
    const first = out.length;
    writeAwsException(out, "throttlingException", Bytes.fromString("{}"));
    const heard =
      "2:7=chunk 6:7=application/json 1:7=event" +
      ' ({"a":1})0-' +
      first.toString() +
      " 3:7=throttlingException 6:7=application/json 1:7=exception" +
      " ({})" +
      first.toString() +
      "-" +
      out.length.toString() +
      " error 0";
    const stream = out.toBytes();
    for (let cut = 0; cut <= stream.length; cut++) expect(read(stream, cut, cut, 64)).toBe(heard);
  });

  test("may have frames without headers and without payload", () => {
    expectHeard(frame(NONE, ""), "()0-16 error 0");
    expectHeard(frame(NONE, "x"), "(x)0-17 error 0");
    expectHeard(frame(header([0]), ""), "0:0=0/0 ()0-19 error 0");
  });

  test("has headers of ten types", () => {
    expectHeard(frame(header([1]), ""), "0:1=0/0 ()0-19 error 0");
    expectHeard(frame(header([2, 0xff]), ""), "0:2=-1/1 ()0-20 error 0");
    expectHeard(frame(header([3, 0x80, 0]), ""), "0:3=-32768/2 ()0-21 error 0");
    expectHeard(frame(header([4, 0, 1, 0, 2]), ""), "0:4=65538/4 ()0-23 error 0");
    expectHeard(frame(header([5, 0x80, 0, 0, 0, 0, 0, 0, 0]), ""), "0:5=-9223372036854775808/8 ()0-27 error 0");
    expectHeard(frame(header([6, 0, 2, 1, 2]), ""), "0:6=0/2 ()0-23 error 0");
    expectHeard(frame(header([7, 0, 2, 0x61, 0x62]), ""), "0:7=ab ()0-23 error 0");
    expectHeard(frame(header([7, 0, 0]), ""), "0:7= ()0-21 error 0");
    expectHeard(frame(header([8, 0, 0, 0, 0, 0, 0, 1, 0]), ""), "0:8=256/8 ()0-27 error 0");
    expectHeard(frame(header([9, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1, 2, 3, 4, 5, 6]), ""), "0:9=0/16 ()0-35 error 0");
  });

  test("keeps the beginning of a value that is longer than its reader wants", () => {
    const out = new ByteWriter();
    out.byte(0);
    out.byte(7);
    out.byte(0);
    out.byte(20);
    out.text("0123456789abcdefghij");
    const stream = frame(out.toBytes(), "");
    for (let cut = 0; cut <= stream.length; cut++)
      expect(read(stream, cut, cut, 16)).toBe("0:7=0123456789abcdef... ()0-40 error 0");
  });

  test("is told of as broken where a checksum is wrong, and nothing behind that is read", () => {
    const good = frame(header([0]), "text");
    for (let i = 0; i < good.length; i++) {
      const bad = new ByteWriter();
      for (let k = 0; k < good.length; k++) bad.byte(k == i ? good[k] ^ 0x10 : good[k]);
      bad.bytes(good, 0, good.length);
      const notes = new Notes();
      const reader = new AwsEventStreamReader(notes);
      const error = reader.feed(bad.toBytes(), 0, bad.length);
      // A name that is too long, and a type that is none, are seen before the sum is.
      const expected =
        i < 12 ? AwsStreamError.PreludeChecksum : i == 12 || i == 14 ? AwsStreamError.Headers : AwsStreamError.Checksum;
      expect(error).toBe(expected);
      expect(reader.feed(good, 0, good.length)).toBe(error);
      expect(reader.finish()).toBe(error);
      for (let k = 0; k < notes.lines.length; k++) expect(notes.lines[k].startsWith("(")).toBe(false);
    }
  });

  test("has lengths within the bounds of the format", () => {
    expectHeard(frame(NONE, "", -1), "error 2");
    expectHeard(frame(NONE, "", 0, 1), "error 2");
    expectHeard(frame(NONE, "", 0, -1), "error 2");
    expectHeard(frame(NONE, "", 24 * 1024 * 1024 + 1), "error 2");
    expectHeard(frame(NONE, "", 128 * 1024 + 1, 128 * 1024 + 1), "error 2");
    expectHeard(frame(NONE, "", 24 * 1024 * 1024), "error 5");
    expectHeard(frame(NONE, "", 128 * 1024, 128 * 1024), "error 5");
  });

  test("has headers that end with their block", () => {
    expectHeard(frame(header([7, 0, 9, 0x61]), "payload"), "error 3");
    expectHeard(frame(header([]), "payload"), "error 3");
    expectHeard(frame(header([10]), ""), "error 3");
    expectHeard(frame(header([0]), "", 0, -1), "error 3");
  });

  test("is told of as broken where it ends inside of a frame", () => {
    const whole = frame(header([0]), "text");
    for (let end = 1; end < whole.length; end++) {
      const reader = new AwsEventStreamReader(new Notes());
      expect(reader.feed(whole, 0, end)).toBe(AwsStreamError.None);
      expect(reader.finish()).toBe(AwsStreamError.Truncated);
    }
    expect(new AwsEventStreamReader(new Notes()).finish()).toBe(AwsStreamError.None);
  });
});
