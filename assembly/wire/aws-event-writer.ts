import { Bytes } from "../bytes/bytes";
import { crc32 } from "../bytes/crc32";
import { ByteWriter } from "../bytes/writer";
import { AwsHeaderType } from "./aws-event-headers";
import { AWS_FRAME_OVERHEAD } from "./aws-event-stream";

/** Writes `payload`, a JSON document, as the event `type`: what a modelled event of AWS looks like, checksums and all. */
export function writeAwsEvent(out: ByteWriter, type: string, payload: Bytes): void {
  writeFrame(out, "event", ":event-type", type, payload);
}

/** Writes `payload`, a JSON document, as the exception `type`, which ends a stream: a client throws it. */
export function writeAwsException(out: ByteWriter, type: string, payload: Bytes): void {
  writeFrame(out, "exception", ":exception-type", type, payload);
}

function writeFrame(out: ByteWriter, messageType: string, typeName: string, type: string, payload: Bytes): void {
  const headers = new ByteWriter(128);
  writeHeader(headers, typeName, type);
  writeHeader(headers, ":content-type", "application/json");
  writeHeader(headers, ":message-type", messageType);
  const at = out.length;
  writeU32(out, headers.length + payload.length + AWS_FRAME_OVERHEAD);
  writeU32(out, headers.length);
  writeU32(out, crc32(0, out.toBytes(), at, out.length));
  out.bytes(headers.toBytes(), 0, headers.length);
  out.bytes(payload, 0, payload.length);
  writeU32(out, crc32(0, out.toBytes(), at, out.length));
}

/** A header that is a string. Both its parts are Weir's own, and short. */
function writeHeader(out: ByteWriter, name: string, value: string): void {
  out.byte(name.length);
  out.text(name);
  out.byte(AwsHeaderType.String);
  out.byte(value.length >> 8);
  out.byte(value.length & 0xff);
  out.text(value);
}

/** The highest byte first. */
function writeU32(out: ByteWriter, value: u32): void {
  for (let shift = 24; shift >= 0; shift -= 8) out.byte((value >> shift) & 0xff);
}
