import { Bytes } from "../../bytes/bytes";
import { ByteWriter } from "../../bytes/writer";
import { textAt } from "./results";

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

/** Names and values in turn, from what the host wrote at `[at, at + size)`; what does not fit in there is left out. */
export function readPairs(at: usize, size: usize): string[] {
  const texts: string[] = [];
  if (at == 0 || size < 4) return texts;
  const end = at + size;
  // Each pair needs eight bytes for its sizes and two for its zeros.
  const count = min<usize>(load<u32>(at), (size - 4) / 10);
  let text = at + 4 + count * 8;
  for (let i: usize = 0; i < count * 2; i++) {
    // Safe: `count * 8` bytes of sizes lie before `end`.
    const length = <usize>load<u32>(at + 4 + i * 4);
    if (length >= end - text) return wholePairs(texts);
    texts.push(textAt(text, length));
    text += length + 1;
  }
  return texts;
}

function wholePairs(texts: string[]): string[] {
  if (texts.length & 1) texts.pop();
  return texts;
}

function writeU32(out: ByteWriter, value: u32): void {
  out.byte(<u8>value);
  out.byte(<u8>(value >> 8));
  out.byte(<u8>(value >> 16));
  out.byte(<u8>(value >> 24));
}
