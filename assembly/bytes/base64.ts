import { Bytes } from "./bytes";
import { ByteWriter } from "./writer";

/** Bytes that are decoded at a time: 256 groups of four characters. */
const ROOM = 768;

/** What is no character of base64. */
const NO_DIGIT: u32 = 0x80;
/** 256 bytes: the value of each character, `NO_DIGIT` for the others. Both alphabets of RFC 4648 (sections 4 and 5) are known. */
const VALUES = memory.data(256, 16);
/** The 64 characters by their value. */
const DIGITS = memory.data(64, 16);

fillTables();

/** Decodes base64 (RFC 4648) that comes in pieces, cut anywhere, into a buffer of fixed size. */
@final
export class Base64Decoder {
  /** What the last `take` decoded: bytes `[0, length)`. */
  readonly bytes: Bytes = Bytes.of(new ArrayBuffer(ROOM + 4));
  length: i32 = 0;
  /** Whether something else than base64 came, which ended it. */
  isBroken: bool = false;
  /** The bits of the group that has begun, and how many characters it has. */
  private bits: u32 = 0;
  private digits: i32 = 0;
  private isPadded: bool = false;

  /** A new run begins. */
  reset(): void {
    this.length = 0;
    this.isBroken = false;
    this.bits = 0;
    this.digits = 0;
    this.isPadded = false;
  }

  /** Decodes what there is room for of characters `[at, end)`, and returns the index behind: less than `end` calls for another turn. */
  take(text: Bytes, at: i32, end: i32): i32 {
    this.length = 0;
    let i = at;
    while (i < end && this.length + 3 <= ROOM) {
      if (this.digits == 0 && !this.isPadded) i = this.takeGroups(text, i, end);
      if (i == end || this.length + 3 > ROOM) break;
      this.takeDigit(text[i++]);
    }
    return this.isBroken ? end : i;
  }

  /** The run is complete: whether it was base64, with its padding or without. */
  finish(): bool {
    return !this.isBroken && this.digits != 1;
  }

  /** Decodes whole groups of four characters, which nearly all are. */
  private takeGroups(text: Bytes, at: i32, end: i32): i32 {
    let i = at;
    let from = text.address(at);
    let to = this.bytes.address(this.length);
    // Safe: four characters are within `[at, end)`, and three bytes fit; the fourth that is written is spare.
    for (; i + 4 <= end && this.length + 3 <= ROOM; i += 4) {
      const a = valueOf(load<u8>(from));
      const b = valueOf(load<u8>(from, 1));
      const c = valueOf(load<u8>(from, 2));
      const d = valueOf(load<u8>(from, 3));
      if (((a | b | c | d) & NO_DIGIT) != 0) break;
      store<u32>(to, bswap<u32>((a << 26) | (b << 20) | (c << 14) | (d << 8)));
      from += 4;
      to += 3;
      this.length += 3;
    }
    return i;
  }

  private takeDigit(character: u32): void {
    if (this.isBroken) return;
    if (character == 0x3d /* = */) {
      this.isPadded = true;
      return;
    }
    const value = valueOf(character);
    if (this.isPadded || value == NO_DIGIT) {
      this.isBroken = true;
      return;
    }
    this.bits = (this.bits << 6) | value;
    this.digits = (this.digits + 1) & 3;
    if (this.digits == 1) return;
    const spare = this.digits == 0 ? 0 : 6 - 2 * (this.digits - 1);
    // Safe: `take` keeps room for three bytes.
    store<u8>(this.bytes.address(this.length++), <u8>(this.bits >> spare));
    if (this.digits == 0) this.bits = 0;
  }
}

/** Writes bytes `[at, end)` of `bytes` as base64 with padding. */
export function writeBase64(out: ByteWriter, bytes: Bytes, at: i32, end: i32): void {
  for (let i = at; i < end; i += 3) {
    const left = end - i;
    const group =
      ((<u32>bytes[i]) << 16) | (left > 1 ? (<u32>bytes[i + 1]) << 8 : 0) | (left > 2 ? <u32>bytes[i + 2] : 0);
    out.byte(digitOf(group >> 18));
    out.byte(digitOf((group >> 12) & 63));
    out.byte(left > 1 ? digitOf((group >> 6) & 63) : 0x3d);
    out.byte(left > 2 ? digitOf(group & 63) : 0x3d);
  }
}

// @ts-ignore: decorator
@inline
function valueOf(character: u32): u32 {
  // Safe: `character` is a byte.
  return load<u8>(VALUES + <usize>character);
}

function digitOf(value: u32): u32 {
  // Safe: `value` is below 64.
  return load<u8>(DIGITS + <usize>value);
}

function fillTables(): void {
  // Safe: 256 bytes, and 64.
  memory.fill(VALUES, <u8>NO_DIGIT, 256);
  for (let value: u32 = 0; value < 64; value++) {
    const digit =
      value < 26 ? 0x41 + value : value < 52 ? 0x47 + value : value < 62 ? value - 4 : value == 62 ? 0x2b : 0x2f;
    store<u8>(DIGITS + <usize>value, <u8>digit);
    store<u8>(VALUES + <usize>digit, <u8>value);
  }
  store<u8>(VALUES + 0x2d, 62);
  store<u8>(VALUES + 0x5f, 63);
}
