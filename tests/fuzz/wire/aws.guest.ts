/** Event streams of AWS for harness.ts: what is read of them, as lines. */
import { Bytes } from "../../../assembly/bytes/bytes";
import { Captured } from "../../../assembly/bytes/captured";
import { crc32, crc32Bitwise } from "../../../assembly/bytes/crc32";
import { ByteWriter } from "../../../assembly/bytes/writer";
import { AwsEventHeaders } from "../../../assembly/wire/aws-event-headers";
import { AwsEventSink, AwsEventStreamReader, AwsStreamError } from "../../../assembly/wire/aws-event-stream";

/** Writes what it hears as lines, bytes in hexadecimal. */
export class AwsTrace extends AwsEventSink {
  private isInPayload: bool = false;

  constructor(private readonly out: ByteWriter) {
    super();
  }

  reset(): void {
    this.isInPayload = false;
  }

  onHeader(headers: AwsEventHeaders): void {
    this.out.text("header ");
    this.captured(headers.name);
    this.out.byte(0x20);
    this.out.integer(headers.type);
    this.out.byte(0x20);
    this.captured(headers.value);
    this.out.byte(0x20);
    this.out.integer(headers.integer());
    this.out.byte(0x0a);
  }

  onPayload(bytes: Bytes, at: i32, end: i32): void {
    if (!this.isInPayload) this.out.text("payload ");
    this.isInPayload = true;
    this.hex(bytes, at, end);
  }

  onFrame(startAt: i64, endAt: i64): void {
    if (this.isInPayload) this.out.byte(0x0a);
    this.isInPayload = false;
    this.out.text("frame ");
    this.out.integer(startAt);
    this.out.byte(0x20);
    this.out.integer(endAt);
    this.out.byte(0x0a);
  }

  private captured(value: Captured): void {
    for (let i = 0; i < value.length; i++) {
      this.digit(value.byte(i) >> 4);
      this.digit(value.byte(i) & 15);
    }
  }

  private hex(bytes: Bytes, at: i32, end: i32): void {
    for (let i = at; i < end; i++) {
      this.digit(bytes[i] >> 4);
      this.digit(bytes[i] & 15);
    }
  }

  private digit(value: u32): void {
    this.out.byte(value < 10 ? 0x30 + value : 0x57 + value);
  }
}

class Count extends AwsEventSink {
  bytes: i32 = 0;

  onPayload(_bytes: Bytes, at: i32, end: i32): void {
    this.bytes += end - at;
  }
}

/** Reads bytes `[0, length)` of `input` `times` times over, in pieces of at most `piece` bytes; returns the error. */
export function awsRead(input: Bytes, length: i32, piece: i32, times: i32): AwsStreamError {
  const reader = new AwsEventStreamReader(new Count());
  for (let i = 0; i < times; i++)
    for (let at = 0; at < length; at += piece) reader.feed(input, at, min(at + piece, length));
  return reader.finish();
}

/** Sums bytes `[0, length)` of `input` up `times` times over. */
export function crc32Loop(input: Bytes, length: i32, times: i32): u32 {
  let sum: u32 = 0;
  for (let i = 0; i < times; i++) sum = crc32(sum, input, 0, length);
  return sum;
}

/** The sum of bytes `[at, end)` in two pieces; 0 and a trace if its twin has another. */
export function crc32Checked(input: Bytes, at: i32, cut: i32, end: i32): u32 {
  const sum = crc32(crc32(0, input, at, cut), input, cut, end);
  return sum == crc32Bitwise(0, input, at, end) ? sum : ~sum;
}
