// Static memory for what is handed to the host and read before the call returns. No host function of this layer calls back
// before it has read its arguments, so one of each is enough.

/** Units of the longest text that is encoded in place; longer ones go to the current arena. */
const SCRATCH_UNITS: i32 = 1024;
/** Bytes of such a text: a UTF-16 unit needs at most three. */
const SCRATCH_BYTES: i32 = SCRATCH_UNITS * 3;

const FIRST = memory.data(SCRATCH_BYTES);
const SECOND = memory.data(SCRATCH_BYTES);
const THIRD = memory.data(SCRATCH_BYTES);

// ---- results -----------------------------------------------------------------------------------------------------------------

/** What a host function writes, by way of addresses. */
const RESULTS = memory.data(16);

/** Where a host function writes its first result, of 4 or 8 bytes. */
// @ts-ignore: decorator
@inline
export function resultAddress(): usize {
  return RESULTS;
}

/** Where a host function writes its second result, of 4 bytes. */
// @ts-ignore: decorator
@inline
export function resultSizeAddress(): usize {
  return RESULTS + 4;
}

/** Where a host function writes its third result, of 4 bytes. */
// @ts-ignore: decorator
@inline
export function resultThirdAddress(): usize {
  return RESULTS + 8;
}

/** The first result. */
// @ts-ignore: decorator
@inline
export function result(): u32 {
  return load<u32>(RESULTS);
}

/** The second result. */
// @ts-ignore: decorator
@inline
export function resultSize(): u32 {
  return load<u32>(RESULTS, 4);
}

/** The third result. */
// @ts-ignore: decorator
@inline
export function resultThird(): u32 {
  return load<u32>(RESULTS, 8);
}

/** The first result as one 8-byte value. */
// @ts-ignore: decorator
@inline
export function result64(): u64 {
  return load<u64>(RESULTS);
}

/** Forgets the results: what the host does not write is 0. */
// @ts-ignore: decorator
@inline
export function clearResults(): void {
  store<u64>(RESULTS, 0);
  store<u64>(RESULTS, 0, 8);
}

// ---- arguments ---------------------------------------------------------------------------------------------------------------

/** UTF-8 bytes of a text, for one host call. */
@unmanaged
export class Encoded {
  at: usize;
  size: usize;
}

const ENCODED = changetype<Encoded>(memory.data(8));
const ENCODED_SECOND = changetype<Encoded>(memory.data(8));
const ENCODED_THIRD = changetype<Encoded>(memory.data(8));

/** `text` as UTF-8, good until the next call of this function or of `encodePath`. */
export function encode(text: string): Encoded {
  return encodeTo(ENCODED, FIRST, text);
}

/** A second text for the same host call. */
export function encodeSecond(text: string): Encoded {
  return encodeTo(ENCODED_SECOND, SECOND, text);
}

/** A third text for the same host call. */
export function encodeThird(text: string): Encoded {
  return encodeTo(ENCODED_THIRD, THIRD, text);
}

/** The parts of a path joined by U+0000, as UTF-8, good as `encode` is. */
export function encodePath(parts: string[]): Encoded {
  let units = parts.length;
  for (let i = 0; i < parts.length; i++) units += parts[i].length;
  if (units > SCRATCH_UNITS) return encode(parts.join("\0"));
  let at = FIRST;
  for (let i = 0; i < parts.length; i++) {
    if (i > 0) store<u8>(at++, 0);
    // Safe: all parts and what joins them are `units` long together.
    at += String.UTF8.encodeUnsafe(changetype<usize>(parts[i]), parts[i].length, at);
  }
  ENCODED.at = FIRST;
  ENCODED.size = at - FIRST;
  used = max(used, ENCODED.size);
  return ENCODED;
}

/** Bytes at the start of each scratch that hold texts. */
let used: usize = 0;

/** Wipes the texts of the host calls so far: a key that was set as a header does not stay. No host call may be under way. */
export function wipe(): void {
  if (used == 0) return;
  memory.fill(FIRST, 0, used);
  memory.fill(SECOND, 0, used);
  memory.fill(THIRD, 0, used);
  used = 0;
}

function encodeTo(encoded: Encoded, scratch: usize, text: string): Encoded {
  if (text.length <= SCRATCH_UNITS) {
    encoded.at = scratch;
    // Safe: see SCRATCH_BYTES.
    encoded.size = String.UTF8.encodeUnsafe(changetype<usize>(text), text.length, scratch);
    used = max(used, encoded.size);
  } else {
    // The object lives as long as its arena, and nothing is collected inside of a callback.
    const buffer = String.UTF8.encode(text);
    encoded.at = changetype<usize>(buffer);
    encoded.size = buffer.byteLength;
  }
  return encoded;
}
