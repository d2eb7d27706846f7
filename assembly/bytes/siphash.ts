/**
 * SipHash-2-4 with 128 bits of output (Aumasson and Bernstein, "SipHash: a fast short-input PRF"), over words of 8 bytes.
 *
 * Without the key nobody can find two messages with one hash, or many that share some of its bits: what clients name can be a place
 * in a table.
 */
@final
export class SipHash {
  /** The first 8 bytes of the hash, after `finish`. */
  low: u64 = 0;
  /** The last 8 bytes of the hash, after `finish`. */
  high: u64 = 0;
  private v0: u64 = 0;
  private v1: u64 = 0;
  private v2: u64 = 0;
  private v3: u64 = 0;
  private words: u64 = 0;

  /** Begins a message under the key whose first 8 bytes are `k0`, and the last `k1`. */
  begin(k0: u64, k1: u64): void {
    // The constants are "somepseudorandomlygeneratedbytes"; 0xee asks for 128 bits.
    this.v0 = 0x736f6d6570736575 ^ k0;
    this.v1 = 0x646f72616e646f6d ^ k1 ^ 0xee;
    this.v2 = 0x6c7967656e657261 ^ k0;
    this.v3 = 0x7465646279746573 ^ k1;
    this.words = 0;
  }

  /** Adds 8 bytes to the message. */
  word(value: u64): void {
    this.words++;
    this.v3 ^= value;
    this.rounds(2);
    this.v0 ^= value;
  }

  /** Adds a text: its length, then its UTF-16 units, zeros behind the last. So no two lists of texts are the same message. */
  text(value: string): void {
    const units = value.length;
    const base = changetype<usize>(value);
    this.word(units);
    let i = 0;
    // Safe: four units of two bytes each are within the string.
    for (; i + 4 <= units; i += 4) this.word(load<u64>(base + ((<usize>i) << 1)));
    if (i == units) return;
    let last: u64 = 0;
    // Safe: `units - 1` is the last unit.
    for (let j = units - 1; j >= i; j--) last = (last << 16) | load<u16>(base + ((<usize>j) << 1));
    this.word(last);
  }

  /** Ends the message: `low` and `high` are its hash. */
  finish(): void {
    this.word((this.words << 3) << 56);
    this.v2 ^= 0xee;
    this.rounds(4);
    this.low = this.v0 ^ this.v1 ^ this.v2 ^ this.v3;
    this.v1 ^= 0xdd;
    this.rounds(4);
    this.high = this.v0 ^ this.v1 ^ this.v2 ^ this.v3;
  }

  private rounds(count: i32): void {
    let v0 = this.v0;
    let v1 = this.v1;
    let v2 = this.v2;
    let v3 = this.v3;
    for (; count > 0; count--) {
      v0 += v1;
      v2 += v3;
      v1 = rotl<u64>(v1, 13) ^ v0;
      v3 = rotl<u64>(v3, 16) ^ v2;
      v0 = rotl<u64>(v0, 32);
      v2 += v1;
      v0 += v3;
      v1 = rotl<u64>(v1, 17) ^ v2;
      v3 = rotl<u64>(v3, 21) ^ v0;
      v2 = rotl<u64>(v2, 32);
    }
    this.v0 = v0;
    this.v1 = v1;
    this.v2 = v2;
    this.v3 = v3;
  }
}
