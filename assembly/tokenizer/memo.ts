import { lastBlock } from "../bytes/scan";

/**
 * The counts of pieces that were merged before: a text uses its own words again and again, and those that are no token take longest.
 *
 *     entry   | bytes 0-15 | bytes 16-31 | key: vocabulary + 1, length, u32 | count u32 | unused u64 |    48 bytes
 *
 * Bytes behind the end of the piece are zero. Each piece has one place; the later one stays. The key holds the length, so that all of
 * the entry is what is compared. 0 is no key, so an entry that was never written fits nothing.
 */
const PLACES = 4096;
const ENTRY = 48;
const MEMO = memory.data(PLACES * ENTRY, 64);

/** The longest piece that is remembered. */
export const MOST_MEMO_BYTES = 32;

// 16 bytes from `16 - n` on are a mask of n bytes.
// prettier-ignore
const MASK = memory.data<u64>([0xffffffffffffffff, 0xffffffffffffffff, 0, 0]);

let first: v128 = i64x2.splat(0);
let second: v128 = i64x2.splat(0);
let key: u32 = 0;
let entry: usize = 0;

/**
 * The count of a piece of 1 to 32 bytes, or 0 if it is not known; `remember` may then be told. Needs SIMD.
 */
// @ts-ignore: decorator
@inline
export function recall(vocabulary: i32, base: usize, at: i32, length: i32): i32 {
  // Safe: `mayRecall` has seen to it that 32 bytes can be read.
  const from = base + <usize>at;
  first = v128.and(v128.load(from), maskOf(min(length, 16)));
  second = v128.and(v128.load(from, 16), maskOf(max(length - 16, 0)));
  key = ((<u32>(vocabulary + 1)) << 8) | (<u32>length);
  // Safe: the highest 12 bits of the product are one of the table's places.
  entry = MEMO + <usize>((mix(first, second, key) * 0x9e3779b97f4a7c15) >> 52) * ENTRY;
  if (load<u32>(entry, 32) != key) return 0;
  const differs = v128.or(v128.xor(v128.load(entry), first), v128.xor(v128.load(entry, 16), second));
  return v128.any_true(differs) ? 0 : load<i32>(entry, 36);
}

/** Keeps the count of the piece that `recall` did not know. */
// @ts-ignore: decorator
@inline
export function remember(count: i32): void {
  v128.store(entry, first);
  v128.store(entry, second, 16);
  store<u32>(entry, key, 32);
  store<i32>(entry, count, 36);
}

/** Whether `recall` may look at a piece: it has 1 to 32 bytes, and 32 can be read there. */
// @ts-ignore: decorator
@inline
export function mayRecall(base: usize, at: i32, length: i32): bool {
  return ASC_FEATURE_SIMD && length <= MOST_MEMO_BYTES && at + 16 <= lastBlock(base, at + 32);
}

// @ts-ignore: decorator
@inline
function maskOf(length: i32): v128 {
  return v128.load(MASK + <usize>(16 - length));
}

/** A number from all bits of a piece. Lanes are signed until they are cast, and a signed number shifts its sign in. */
// @ts-ignore: decorator
@inline
function mix(a: v128, b: v128, key: u32): u64 {
  const mixed: u64 =
    ((<u64>i64x2.extract_lane(a, 0)) ^ (<u64>key)) * 0x9e3779b97f4a7c15 +
    rotl<u64>(<u64>i64x2.extract_lane(a, 1) * 0xff51afd7ed558ccd, 31) +
    rotl<u64>(<u64>i64x2.extract_lane(b, 0) * 0xc4ceb9fe1a85ec53, 17) +
    <u64>i64x2.extract_lane(b, 1) * 0x9fb21c651e98df25;
  return mixed ^ (mixed >> 32);
}
