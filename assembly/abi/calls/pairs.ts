import { Bytes } from "../../bytes/bytes";
import { ByteWriter } from "../../bytes/writer";

// How the ABI serialises a map, all numbers little-endian:
//
//     count: 4 | (name size: 4 | value size: 4) * count | (name, 0, value, 0) * count

/** Names and values in turn, serialised; a name without a value is left out. */
export function writePairs(texts: string[]): Bytes {
  const count = texts.length & ~1;
  const out = new ByteWriter(16 * count + 64);
  writeU32(out, count >> 1);
  for (let i = 0; i < count; i++) writeU32(out, String.UTF8.byteLength(texts[i]));
  for (let i = 0; i < count; i++) {
    out.text(texts[i]);
    out.byte(0);
  }
  return out.toBytes();
}

function writeU32(out: ByteWriter, value: u32): void {
  out.byte(<u8>value);
  out.byte(<u8>(value >> 8));
  out.byte(<u8>(value >> 16));
  out.byte(<u8>(value >> 24));
}
