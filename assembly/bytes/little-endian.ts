import { Bytes } from "./bytes";
import { ByteWriter } from "./writer";

/** The four bytes from `at` on, the lowest first; `at + 4 <= bytes.length`. */
export function u32At(bytes: Bytes, at: i32): u32 {
  // Safe: the caller keeps the range within the run.
  return load<u32>(bytes.address(at));
}

/** The eight bytes from `at` on, the lowest first; `at + 8 <= bytes.length`. */
export function u64At(bytes: Bytes, at: i32): u64 {
  // Safe: the caller keeps the range within the run.
  return load<u64>(bytes.address(at));
}

/** Writes four bytes, the lowest first. */
export function writeU32(out: ByteWriter, value: u32): void {
  for (let i = 0; i < 4; i++) out.byte((value >> (i << 3)) & 0xff);
}

/** Writes eight bytes, the lowest first. */
export function writeU64(out: ByteWriter, value: u64): void {
  writeU32(out, <u32>value);
  writeU32(out, <u32>(value >> 32));
}
