import { Bytes } from "../bytes/bytes";
import { ByteWriter } from "../bytes/writer";

/** How the value of a field is encoded (protobuf.dev/programming-guides/encoding). */
export enum WireType {
  Varint = 0,
  Fixed64 = 1,
  LengthDelimited = 2,
  Fixed32 = 5,
}

/** Writes a protobuf message, field by field, in the order of the calls. Fields with the default of proto3 are left out, as it wants. */
@final
export class ProtobufWriter {
  private readonly out: ByteWriter = new ByteWriter();

  /** What was written so far: good until the next write. */
  toBytes(): Bytes {
    return this.out.toBytes();
  }

  /** Forgets what was written and keeps the room. */
  clear(): void {
    this.out.clear();
  }

  /** A field of type uint32, uint64, bool or an enum; 0 is left out. */
  integer(field: u32, value: u64): void {
    if (value == 0) return;
    this.tag(field, WireType.Varint);
    this.varint(value);
  }

  /** A field of type string; "" is left out. */
  text(field: u32, value: string): void {
    if (value.length > 0) this.message(field, Bytes.fromString(value));
  }

  /** A field that is a message, written before. It is there even if it is empty. */
  message(field: u32, message: Bytes): void {
    this.tag(field, WireType.LengthDelimited);
    this.varint(message.length);
    this.out.bytes(message, 0, message.length);
  }

  private tag(field: u32, type: WireType): void {
    this.varint((field << 3) | type);
  }

  private varint(value: u64): void {
    for (; value >= 0x80; value >>= 7) this.out.byte((<u32>(value & 0x7f)) | 0x80);
    this.out.byte(<u32>value);
  }
}
