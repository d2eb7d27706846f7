// Static memory for what is handed to the host and read before the call returns. No host function of this layer calls back
// before it has read its arguments, so one of each is enough.

/** Units of the longest text that is encoded in place; longer ones go to the current arena. */
const SCRATCH_UNITS: i32 = 1024;

const FIRST = memory.data(SCRATCH_UNITS * 3);
const SECOND = memory.data(SCRATCH_UNITS * 3);
const RESULTS = memory.data(16);

/** Where a host function writes its first result, a 4-byte value. */
// @ts-ignore: decorator
@inline
export function resultAddress(): usize {
  return RESULTS;
}

/** Where a host function writes its second result. */
// @ts-ignore: decorator
@inline
export function resultSizeAddress(): usize {
  return RESULTS + 4;
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

/** The result as one 8-byte value. */
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
}

/** UTF-8 bytes of a text, for one host call. */
@unmanaged
export class Encoded {
  at: usize;
  size: usize;
}

const ENCODED = changetype<Encoded>(memory.data(8));
const ENCODED_TOO = changetype<Encoded>(memory.data(8));

/** `text` as UTF-8, good until the next call of this function. */
export function encode(text: string): Encoded {
  return encodeTo(ENCODED, FIRST, text);
}

/** A second text for the same host call. */
export function encodeToo(text: string): Encoded {
  return encodeTo(ENCODED_TOO, SECOND, text);
}

function encodeTo(encoded: Encoded, scratch: usize, text: string): Encoded {
  if (text.length <= SCRATCH_UNITS) {
    encoded.at = scratch;
    // Safe: a UTF-16 unit needs at most three bytes.
    encoded.size = String.UTF8.encodeUnsafe(changetype<usize>(text), text.length, scratch);
  } else {
    const buffer = String.UTF8.encode(text);
    encoded.at = changetype<usize>(buffer);
    encoded.size = buffer.byteLength;
  }
  return encoded;
}
