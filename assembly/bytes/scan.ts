/**
 * Searches over bytes, the inner loops of every reader. A position is an index from `base`, an address that `Bytes#address` gave;
 * a search looks at `[i, end)` and returns `end` when it finds
 * nothing. It is handed `lastBlock(base, end)` too.
 *
 * Each search has a scalar twin, which is its meaning. The SIMD form looks at 16 bytes at a time and may read up to 15 bytes
 * beyond `end`, never beyond the memory: what it sees there cannot move the result, which is cut to `end`.
 *
 *     base       i                    end            end of memory
 *      |---------|=====================|----------------|
 *                 [16][16][16]...   [16: masked by min]
 */

/** The byte at index `i`. */
// @ts-ignore: decorator
@inline
export function byteAt(base: usize, i: i32): u32 {
  // Safe: the caller keeps `i` within the run that `base` was taken from.
  return load<u8>(base + <usize>i);
}

/** The four bytes from index `i` on, the first in the lowest bits. */
// @ts-ignore: decorator
@inline
export function wordAt(base: usize, i: i32): u32 {
  // Safe: the caller keeps `[i, i + 4)` within the run that `base` was taken from.
  return load<u32>(base + <usize>i);
}

/**
 * The last index from which a search of `[.., end)` may read 16 bytes: below `end`, and within the memory. A loop that searches
 * often takes it once; memory never shrinks.
 */
// @ts-ignore: decorator
@inline
export function lastBlock(base: usize, end: i32): i32 {
  // A memory of 65,536 pages wraps to 0 here, and back to the right value.
  const last = ((<usize>memory.size()) << 16) - 16;
  if (base > last) return -1;
  return <i32>min<usize>(last - base, <usize>end - 1);
}

/** Where plain text of a JSON string ends: the first quote, backslash, byte below 0x20, or byte that is not ASCII. */
// @ts-ignore: decorator
@inline
export function plainEnd(base: usize, i: i32, end: i32, last: i32): i32 {
  if (ASC_FEATURE_SIMD) {
    while (i <= last) {
      // Safe: 16 bytes from here are within the memory.
      const block = v128.load(base + <usize>i);
      const found = i8x16.bitmask(
        v128.or(
          v128.or(i8x16.eq(block, i8x16.splat(0x22)), i8x16.eq(block, i8x16.splat(0x5c))),
          // As signed bytes, all that are not ASCII are below 0x20 too.
          i8x16.lt_s(block, i8x16.splat(0x20)),
        ),
      );
      if (found != 0) return min(i + ctz(found), end);
      i += 16;
    }
    if (i >= end) return end;
  }
  return plainEndScalar(base, i, end);
}

/** The scalar twin of `plainEnd`. */
export function plainEndScalar(base: usize, i: i32, end: i32): i32 {
  for (; i < end; i++) {
    const c = byteAt(base, i);
    if (c == 0x22 || c == 0x5c || c < 0x20 || c >= 0x80) return i;
  }
  return end;
}

/** Where a line ends: the first LF or CR. */
// @ts-ignore: decorator
@inline
export function lineEnd(base: usize, i: i32, end: i32, last: i32): i32 {
  if (ASC_FEATURE_SIMD) {
    while (i <= last) {
      // Safe: 16 bytes from here are within the memory.
      const block = v128.load(base + <usize>i);
      const found = i8x16.bitmask(v128.or(i8x16.eq(block, i8x16.splat(0x0a)), i8x16.eq(block, i8x16.splat(0x0d))));
      if (found != 0) return min(i + ctz(found), end);
      i += 16;
    }
    if (i >= end) return end;
  }
  return lineEndScalar(base, i, end);
}

/** The scalar twin of `lineEnd`. */
export function lineEndScalar(base: usize, i: i32, end: i32): i32 {
  for (; i < end; i++) {
    const c = byteAt(base, i);
    if (c == 0x0a || c == 0x0d) return i;
  }
  return end;
}

/** Where JSON's white space ends: the first byte that is not space, tab, LF or CR (RFC 8259, section 2). */
// @ts-ignore: decorator
@inline
export function blankEnd(base: usize, i: i32, end: i32, last: i32): i32 {
  if (ASC_FEATURE_SIMD) {
    while (i <= last) {
      // Safe: 16 bytes from here are within the memory.
      const block = v128.load(base + <usize>i);
      const blank = i8x16.bitmask(
        v128.or(
          v128.or(i8x16.eq(block, i8x16.splat(0x20)), i8x16.eq(block, i8x16.splat(0x0a))),
          v128.or(i8x16.eq(block, i8x16.splat(0x0d)), i8x16.eq(block, i8x16.splat(0x09))),
        ),
      );
      if (blank != 0xffff) return min(i + ctz(~blank), end);
      i += 16;
    }
    if (i >= end) return end;
  }
  return blankEndScalar(base, i, end);
}

/** The scalar twin of `blankEnd`. */
export function blankEndScalar(base: usize, i: i32, end: i32): i32 {
  while (i < end && isBlank(byteAt(base, i))) i++;
  return i;
}

/** Whether `c` is JSON's white space. */
// @ts-ignore: decorator
@inline
export function isBlank(c: u32): bool {
  return c == 0x20 || c == 0x0a || c == 0x0d || c == 0x09;
}

/** Whether `length` bytes from `i` of `base` are those from `j` of `other`. */
// @ts-ignore: decorator
@inline
export function sameBytes(base: usize, i: i32, other: usize, j: i32, length: i32): bool {
  return sameRange(base + <usize>i, other + <usize>j, <usize>length);
}

// Safe: reads `[0, length)` of both; the last load of each size overlaps the one before it instead of going beyond.
function sameRange(a: usize, b: usize, length: usize): bool {
  if (length >= 8) {
    const tail = length - 8;
    for (let k: usize = 0; k < tail; k += 8) if (load<u64>(a + k) != load<u64>(b + k)) return false;
    return load<u64>(a + tail) == load<u64>(b + tail);
  }
  if (length >= 4) return load<u32>(a) == load<u32>(b) && load<u32>(a + length - 4) == load<u32>(b + length - 4);
  for (let k: usize = 0; k < length; k++) if (load<u8>(a + k) != load<u8>(b + k)) return false;
  return true;
}

/**
 * Copies `length` bytes; up to 15 bytes behind them may be written too, with what stands behind the source. For short runs this is
 * several times faster than `memory.copy`, which engines do by a call.
 */
// @ts-ignore: decorator
@inline
export function copyShort(to: usize, from: usize, length: usize): void {
  if (ASC_FEATURE_SIMD && length <= 64 && from + length + 15 <= ((<usize>memory.size()) << 16) - 1) {
    // Safe: the source's last block ends within the memory; the caller has 15 bytes to spare behind the target.
    for (let k: usize = 0; k < length; k += 16) v128.store(to + k, v128.load(from + k));
  } else {
    memory.copy(to, from, length);
  }
}
