import { Bytes } from "../bytes/bytes";
import { WireType } from "./protobuf-writer";

/** A varint has at most so many bytes. */
const MOST_VARINT_BYTES = 10;

/**
 * Reads a protobuf message, field by field, without trusting it: what is cut off, too long or of an unknown wire type ends it, and
 * says so in `isBroken`. Groups, which proto3 does not have, are such a type.
 *
 *     while (reader.next()) {
 *       if (reader.field == 1) name = reader.text();      // what is not asked for is skipped
 *     }
 */
@final
export class ProtobufReader {
  /** Whether the bytes are no message; nothing more is read then. */
  isBroken: bool = false;
  /** The number of the field that was read last. */
  field: u32 = 0;
  private type: u32 = 0;
  private number: u64 = 0;
  private value: Bytes;
  private at: i32 = 0;

  constructor(private readonly bytes: Bytes) {
    this.value = bytes.slice(0, 0);
  }

  /** Reads the next field; false at the end, and if the bytes are broken. */
  next(): bool {
    if (this.isBroken || this.at == this.bytes.length) return false;
    const tag = this.varint();
    this.field = <u32>(tag >> 3);
    this.type = (<u32>tag) & 7;
    this.number = 0;
    if (tag >> 32 != 0 || this.field == 0) this.isBroken = true;
    else if (this.type == WireType.Varint) this.number = this.varint();
    else if (this.type == WireType.LengthDelimited) this.take(this.varint());
    else if (this.type == WireType.Fixed64) this.take(8);
    else if (this.type == WireType.Fixed32) this.take(4);
    else this.isBroken = true;
    return !this.isBroken;
  }

  /** The field as an integer; 0 if it is of another type. Negative ones are as large as they are long. */
  integer(): u64 {
    return this.number;
  }

  /** The field as a message, to be read by another reader; empty if it is of another type. */
  message(): Bytes {
    return this.type == WireType.LengthDelimited ? this.value : this.bytes.slice(0, 0);
  }

  private take(length: u64): void {
    if (this.isBroken || length > <u64>(this.bytes.length - this.at)) {
      this.isBroken = true;
      return;
    }
    const from = this.at;
    this.at += <i32>length;
    this.value = this.bytes.slice(from, this.at);
  }

  /** Bits beyond the 64th are dropped, as other readers do. */
  private varint(): u64 {
    let value: u64 = 0;
    for (let i = 0; i < MOST_VARINT_BYTES && this.at < this.bytes.length; i++) {
      const byte = <u64>this.bytes[this.at++];
      value |= (byte & 0x7f) << (7 * i);
      if (byte < 0x80) return value;
    }
    this.isBroken = true;
    return 0;
  }
}
