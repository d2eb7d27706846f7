import { Bytes } from "./bytes";

/**
 * CRC-32 as gzip, PNG and AWS event streams use it (ISO 3309; RFC 1952, section 8): polynomial 0xedb88320, bits reflected.
 *
 *     TABLES    8 x 256 x u32    TABLES[k][b]: what byte b does to the sum when k bytes come behind it
 *
 * Eight bytes are taken at a time, one from each table, so that the eight loads do not wait for each other ("slicing by 8"): 2.4 GB/s in V8
 * without Liftoff. WebAssembly has no multiplication without carries, with which native code is quicker still.
 */
const TABLES = memory.data(8 * 1024, 64);
const POLYNOMIAL: u32 = 0xedb88320;

fillTables();

/** The sum of what was summed up in `crc` (0 for nothing) and then bytes `[at, end)` of `bytes`. */
export function crc32(crc: u32, bytes: Bytes, at: i32, end: i32): u32 {
  let sum = ~crc;
  let from = bytes.address(at);
  const to = bytes.address(max(at, end));
  // Safe: reads `[at, end)` of the run; every index into a table is a byte.
  for (; to - from >= 8; from += 8) {
    const low = load<u32>(from) ^ sum;
    const high = load<u32>(from, 4);
    sum =
      lookUp(7, low & 0xff) ^
      lookUp(6, (low >> 8) & 0xff) ^
      (lookUp(5, (low >> 16) & 0xff) ^ lookUp(4, low >> 24)) ^
      (lookUp(3, high & 0xff) ^
        lookUp(2, (high >> 8) & 0xff) ^
        (lookUp(1, (high >> 16) & 0xff) ^ lookUp(0, high >> 24)));
  }
  for (; from < to; from++) sum = lookUp(0, (sum ^ load<u8>(from)) & 0xff) ^ (sum >> 8);
  return ~sum;
}

/** The sum of what was summed up in `crc` and then the four bytes of `word`, the highest first. */
export function crc32OfWord(crc: u32, word: u32): u32 {
  const low = bswap<u32>(word) ^ ~crc;
  return ~(lookUp(3, low & 0xff) ^ lookUp(2, (low >> 8) & 0xff) ^ lookUp(1, (low >> 16) & 0xff) ^ lookUp(0, low >> 24));
}

/** The scalar twin of `crc32`: one bit at a time, as the polynomial says. */
export function crc32Bitwise(crc: u32, bytes: Bytes, at: i32, end: i32): u32 {
  let sum = ~crc;
  for (let i = at; i < end; i++) sum = divideByte(sum ^ bytes[i]);
  return ~sum;
}

/** The remainder of eight bits. */
function divideByte(sum: u32): u32 {
  for (let bit = 0; bit < 8; bit++) sum = (sum >> 1) ^ (POLYNOMIAL & (0 - (sum & 1)));
  return sum;
}

// @ts-ignore: decorator
@inline
function lookUp(table: usize, byte: u32): u32 {
  // Safe: `table` is below 8 and `byte` below 256.
  return load<u32>(TABLES + (table << 10) + ((<usize>byte) << 2));
}

function fillTables(): void {
  // Safe: 8 tables of 256 words each.
  for (let byte: u32 = 0; byte < 256; byte++) {
    let sum = divideByte(byte);
    for (let table: usize = 0; table < 8; table++) {
      store<u32>(TABLES + (table << 10) + ((<usize>byte) << 2), sum);
      sum = (sum >> 8) ^ divideByte(sum & 0xff);
    }
  }
}
