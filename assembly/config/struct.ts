import { Bytes } from "../bytes/bytes";
import { ByteWriter } from "../bytes/writer";
import { JsonTree } from "../wire/json-tree";

/** How deep objects and lists may be nested; protobuf's own parsers stop at 100 messages, which is 50 of these. */
const MAX_DEPTH = 50;

/** Wire types of protobuf: https://protobuf.dev/programming-guides/encoding/#structure */
enum WireType {
  Varint = 0,
  Fixed64 = 1,
  Length = 2,
}

/** Fields of google.protobuf.Value: https://protobuf.dev/reference/protobuf/google.protobuf/#value */
enum ValueField {
  Null = 1,
  Number = 2,
  String = 3,
  Boolean = 4,
  Struct = 5,
  List = 6,
}

/**
 * A configuration as JSON, whichever way the proxy hands it over.
 *
 * Envoy gives a plugin the text of a `google.protobuf.StringValue`; a `google.protobuf.Struct`, which is how operators write YAML, it
 * gives in protobuf's binary form (seen with Envoy 1.40). What is neither is returned as it is, for the decoder to complain about.
 */
export function toJson(configuration: Bytes): Bytes {
  // A Struct begins with 0x0a, which is whitespace in JSON, so JSON has to be tried first.
  if (configuration.length == 0 || configuration[0] != 0x0a || JsonTree.parse(configuration).root) return configuration;
  const out = new ByteWriter(configuration.length * 2);
  return new StructReader(configuration, out).struct(0, configuration.length, 0) ? out.toBytes() : configuration;
}

/** Writes protobuf messages as JSON. Its methods read bytes `[at, end)` and return whether they could. */
class StructReader {
  /** What the last varint was, and where reading goes on. */
  private value: u64 = 0;
  private next: i32 = 0;

  constructor(
    private readonly bytes: Bytes,
    private readonly out: ByteWriter,
  ) {}

  /** A google.protobuf.Struct: `map<string, Value> fields = 1`. */
  struct(at: i32, end: i32, depth: i32): bool {
    if (depth > MAX_DEPTH) return false;
    this.out.byte(0x7b); // {
    for (let i = 0; at < end; i++) {
      if (!this.tag(at, end, 1, WireType.Length)) return false;
      const from = this.next;
      at = from + <i32>this.value;
      if (i > 0) this.out.byte(0x2c); // ,
      if (!this.entry(from, at, depth)) return false;
    }
    this.out.byte(0x7d); // }
    return true;
  }

  /** An entry of the map: `string key = 1; Value value = 2`. */
  private entry(at: i32, end: i32, depth: i32): bool {
    if (!this.tag(at, end, 1, WireType.Length)) return false;
    const key = this.next;
    const keyEnd = key + <i32>this.value;
    this.out.jsonBytes(this.bytes, key, keyEnd);
    this.out.byte(0x3a); // :
    if (!this.tag(keyEnd, end, 2, WireType.Length)) return false;
    const value = this.next;
    return value + <i32>this.value == end && this.readValue(value, end, depth);
  }

  private readValue(at: i32, end: i32, depth: i32): bool {
    // A Value with nothing set is what a client that knows no null writes.
    if (at == end) return this.word("null");
    if (!this.varint(at, end)) return false;
    const field = <i32>(this.value >> 3);
    switch (field) {
      case ValueField.Number:
        return this.tag(at, end, field, WireType.Fixed64) && this.next + 8 == end && this.number(this.next);
      case ValueField.Null:
        return this.tag(at, end, field, WireType.Varint) && this.next == end && this.word("null");
      case ValueField.Boolean:
        return (
          this.tag(at, end, field, WireType.Varint) && this.next == end && this.word(this.value ? "true" : "false")
        );
      default:
        if (!this.tag(at, end, field, WireType.Length) || this.next + <i32>this.value != end) return false;
        return this.nested(field, this.next, end, depth);
    }
  }

  private nested(field: i32, at: i32, end: i32, depth: i32): bool {
    if (field == ValueField.Struct) return this.struct(at, end, depth + 1);
    if (field == ValueField.List) return this.list(at, end, depth + 1);
    if (field != ValueField.String) return false;
    this.out.jsonBytes(this.bytes, at, end);
    return true;
  }

  /** A google.protobuf.ListValue: `repeated Value values = 1`. */
  private list(at: i32, end: i32, depth: i32): bool {
    if (depth > MAX_DEPTH) return false;
    this.out.byte(0x5b); // [
    for (let i = 0; at < end; i++) {
      if (!this.tag(at, end, 1, WireType.Length)) return false;
      const from = this.next;
      at = from + <i32>this.value;
      if (i > 0) this.out.byte(0x2c); // ,
      if (!this.readValue(from, at, depth)) return false;
    }
    this.out.byte(0x5d); // ]
    return true;
  }

  /** Reads a tag that must be of this field and type, and the varint after it unless a fixed number follows: `value` and `next`. */
  private tag(at: i32, end: i32, field: i32, type: WireType): bool {
    if (!this.varint(at, end) || this.value != <u64>((field << 3) | type)) return false;
    if (type == WireType.Fixed64) return end - this.next >= 8;
    if (!this.varint(this.next, end)) return false;
    return type == WireType.Varint || this.value <= <u64>(end - this.next);
  }

  private varint(at: i32, end: i32): bool {
    let value: u64 = 0;
    for (let shift = 0; at < end && shift < 64; shift += 7) {
      const byte = <u64>this.bytes[at++];
      value |= (byte & 0x7f) << shift;
      if (byte >= 0x80) continue;
      this.value = value;
      this.next = at;
      return true;
    }
    return false;
  }

  /** A double, little-endian. */
  private number(at: i32): bool {
    let bits: u64 = 0;
    for (let i = 7; i >= 0; i--) bits = (bits << 8) | this.bytes[at + i];
    const value = reinterpret<f64>(bits);
    if (!isFinite(value)) return false;
    // Whole numbers that a double holds exactly are written as such.
    if (Math.abs(value) < 9007199254740992 && Math.floor(value) == value) this.out.integer(<i64>value);
    else this.out.text(value.toString());
    return true;
  }

  private word(text: string): bool {
    this.out.text(text);
    return true;
  }
}
