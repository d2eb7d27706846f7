import { Bytes } from "./bytes";

/**
 * SHA-256 (FIPS 180-4). Constant memory, in static data: a digest is computed without leaving the function.
 *
 *     ROUND_CONSTANTS  64 x u32   first 32 bits of the fractional parts of the cube roots of the first 64 primes
 *     SCHEDULE         64 x u32   the message schedule of one block
 *     TAIL            128 x u8    the last bytes of the message with their padding: one block or two
 *     STATE             8 x u32   the running hash
 */
// prettier-ignore
const ROUND_CONSTANTS = memory.data<u32>([
  0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
  0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
  0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
  0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
  0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
  0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
  0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
  0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
]);
const SCHEDULE = memory.data(256, 8);
const TAIL = memory.data(128, 8);
const STATE = memory.data(32, 8);

const BLOCK_BYTES = 64;

/** SHA-256 of `bytes` as 64 lower-case hexadecimal digits. */
export function sha256Hex(bytes: Bytes): string {
  const length = bytes.length;
  begin();
  let at = 0;
  for (; at + BLOCK_BYTES <= length; at += BLOCK_BYTES) compress(bytes.address(at));
  const rest = length - at;
  const tail = rest + 9 <= BLOCK_BYTES ? BLOCK_BYTES : 2 * BLOCK_BYTES;
  // Safe: `rest` is below 64 and `tail` at most 128, the size of TAIL.
  memory.copy(TAIL, bytes.address(at), <usize>rest);
  memory.fill(TAIL + <usize>rest, 0, <usize>(tail - rest));
  store<u8>(TAIL + <usize>rest, 0x80);
  store<u64>(TAIL + <usize>(tail - 8), bswap<u64>((<u64>length) << 3));
  compress(TAIL);
  if (tail > BLOCK_BYTES) compress(TAIL + BLOCK_BYTES);
  const text = hex();
  // The bytes may be a credential.
  memory.fill(TAIL, 0, 128);
  memory.fill(SCHEDULE, 0, 256);
  return text;
}

/** The first 32 bits of the fractional parts of the square roots of the first 8 primes. */
function begin(): void {
  store<u32>(STATE, 0x6a09e667, 0);
  store<u32>(STATE, 0xbb67ae85, 4);
  store<u32>(STATE, 0x3c6ef372, 8);
  store<u32>(STATE, 0xa54ff53a, 12);
  store<u32>(STATE, 0x510e527f, 16);
  store<u32>(STATE, 0x9b05688c, 20);
  store<u32>(STATE, 0x1f83d9ab, 24);
  store<u32>(STATE, 0x5be0cd19, 28);
}

/** Takes in the 64 bytes at `block` (section 6.2.2). */
function compress(block: usize): void {
  // Safe: the caller has 64 bytes there; all other addresses are within the tables above.
  for (let t: usize = 0; t < 64; t += 4) store<u32>(SCHEDULE + t, bswap<u32>(load<u32>(block + t)));
  for (let t: usize = 64; t < 256; t += 4) {
    const w15 = load<u32>(SCHEDULE + t - 60);
    const w2 = load<u32>(SCHEDULE + t - 8);
    const s0 = rotr<u32>(w15, 7) ^ rotr<u32>(w15, 18) ^ (w15 >> 3);
    const s1 = rotr<u32>(w2, 17) ^ rotr<u32>(w2, 19) ^ (w2 >> 10);
    store<u32>(SCHEDULE + t, load<u32>(SCHEDULE + t - 64) + s0 + load<u32>(SCHEDULE + t - 28) + s1);
  }
  let a = load<u32>(STATE, 0);
  let b = load<u32>(STATE, 4);
  let c = load<u32>(STATE, 8);
  let d = load<u32>(STATE, 12);
  let e = load<u32>(STATE, 16);
  let f = load<u32>(STATE, 20);
  let g = load<u32>(STATE, 24);
  let h = load<u32>(STATE, 28);
  for (let t: usize = 0; t < 256; t += 4) {
    const sum1 = rotr<u32>(e, 6) ^ rotr<u32>(e, 11) ^ rotr<u32>(e, 25);
    const choice = (e & f) ^ (~e & g);
    const first = h + sum1 + choice + load<u32>(ROUND_CONSTANTS + t) + load<u32>(SCHEDULE + t);
    const sum0 = rotr<u32>(a, 2) ^ rotr<u32>(a, 13) ^ rotr<u32>(a, 22);
    const majority = (a & b) ^ (a & c) ^ (b & c);
    h = g;
    g = f;
    f = e;
    e = d + first;
    d = c;
    c = b;
    b = a;
    a = first + sum0 + majority;
  }
  store<u32>(STATE, load<u32>(STATE, 0) + a, 0);
  store<u32>(STATE, load<u32>(STATE, 4) + b, 4);
  store<u32>(STATE, load<u32>(STATE, 8) + c, 8);
  store<u32>(STATE, load<u32>(STATE, 12) + d, 12);
  store<u32>(STATE, load<u32>(STATE, 16) + e, 16);
  store<u32>(STATE, load<u32>(STATE, 20) + f, 20);
  store<u32>(STATE, load<u32>(STATE, 24) + g, 24);
  store<u32>(STATE, load<u32>(STATE, 28) + h, 28);
}

/** The running hash as digits. */
function hex(): string {
  const digits = new ArrayBuffer(64);
  for (let i: usize = 0; i < 64; i++) {
    // Safe: digit `i` stands in byte `i / 2` of the big-endian words, `i % 8`-th from their top.
    const digit = (load<u32>(STATE + ((i >> 3) << 2)) >> (28 - ((<u32>(i & 7)) << 2))) & 15;
    store<u8>(changetype<usize>(digits) + i, <u8>(digit < 10 ? 0x30 + digit : 0x57 + digit));
  }
  return String.UTF8.decode(digits);
}
