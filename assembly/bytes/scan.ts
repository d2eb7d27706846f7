/**
 * Searches over bytes, the inner loops of every reader. A position is an index from `base`, an address that `Bytes#address` gave;
 * a search looks at `[i, end)` and returns `end` when it finds nothing.
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

/** The last address from which 16 bytes can be read. */
// @ts-ignore: decorator
@inline
function lastBlock(): usize {
  // A memory of 65,536 pages wraps to 0 here, and back to the right value.
  return ((<usize>memory.size()) << 16) - 16;
}

/** Where plain text of a JSON string ends: the first quote, backslash, byte below 0x20, or byte that is not ASCII. */
// @ts-ignore: decorator
@inline
export function plainEnd(base: usize, i: i32, end: i32): i32 {
  if (ASC_FEATURE_SIMD) {
    const last = lastBlock();
    while (i < end && base + <usize>i <= last) {
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
export function lineEnd(base: usize, i: i32, end: i32): i32 {
  if (ASC_FEATURE_SIMD) {
    const last = lastBlock();
    while (i < end && base + <usize>i <= last) {
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
export function blankEnd(base: usize, i: i32, end: i32): i32 {
  if (ASC_FEATURE_SIMD) {
    const last = lastBlock();
    while (i < end && base + <usize>i <= last) {
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
export function sameBytes(base: usize, i: i32, other: usize, j: i32, length: i32): bool {
  let a = base + <usize>i;
  let b = other + <usize>j;
  // Safe: reads `[0, length)` of both, eight at a time while eight are left.
  while (length >= 8) {
    if (load<u64>(a) != load<u64>(b)) return false;
    a += 8;
    b += 8;
    length -= 8;
  }
  while (length > 0) {
    if (load<u8>(a) != load<u8>(b)) return false;
    a++;
    b++;
    length--;
  }
  return true;
}
