import { Bytes } from "./bytes";

// Numbers of fixed width, the lowest byte first unless they say otherwise, within a run of bytes: for layouts that are read and written in place.

/** The 8 bytes from `at` on as one number; `[at, at + 8)` is within `bytes`. */
// @ts-ignore: decorator
@inline
export function u64At(bytes: Bytes, at: i32): u64 {
  // Safe: the caller keeps the range within the run.
  return load<u64>(bytes.address(at));
}

/** The 4 bytes from `at` on as one number; `[at, at + 4)` is within `bytes`. */
// @ts-ignore: decorator
@inline
export function u32At(bytes: Bytes, at: i32): u32 {
  // Safe: the caller keeps the range within the run.
  return load<u32>(bytes.address(at));
}

/** The 4 bytes from `at` on as one number, the highest byte first; `[at, at + 4)` is within `bytes`. */
// @ts-ignore: decorator
@inline
export function bigEndianU32At(bytes: Bytes, at: i32): u32 {
  // Safe: the caller keeps the range within the run.
  return bswap<u32>(load<u32>(bytes.address(at)));
}

/** Writes 8 bytes from `at` on; `[at, at + 8)` is within `bytes`. */
// @ts-ignore: decorator
@inline
export function putU64(bytes: Bytes, at: i32, value: u64): void {
  // Safe: the caller keeps the range within the run.
  store<u64>(bytes.address(at), value);
}

/** Writes 4 bytes from `at` on; `[at, at + 4)` is within `bytes`. */
// @ts-ignore: decorator
@inline
export function putU32(bytes: Bytes, at: i32, value: u32): void {
  // Safe: the caller keeps the range within the run.
  store<u32>(bytes.address(at), value);
}
