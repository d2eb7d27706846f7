/**
 * A JSON number (RFC 8259, section 6) taken apart as `mantissa * 10^exponent`, where the mantissa does not end in 0.
 *
 * In that form a number is whole exactly if its exponent is not negative, however it was written: `1e3`, `1000.0`, `10000e-1`.
 */
@final
export class Decimal {
  /** Whether the number is whole and fits i64; `-0` is, as 0. */
  isInteger: bool = false;
  /** The number where `isInteger`, else 0. */
  integer: i64 = 0;
  private isNegative: bool = false;
  private mantissa: u64 = 0;
  /** Whether the mantissa has more than 19 digits, and `mantissa` is only the beginning of it. */
  private isLong: bool = false;
  private exponent: i32 = 0;
  private at: usize = 0;
  private end: usize = 0;

  /** Reads the number at addresses `[at, end)`: a valid JSON number of at most `MAX_DIGITS` bytes. */
  read(at: usize, end: usize): void {
    this.at = at;
    this.end = end;
    let mantissa: u64 = 0;
    let digits = 0;
    let zeros = 0;
    let exponent = 0;
    let isFraction = false;
    let isLong = false;
    // Safe: every load is below `end`.
    let p = at;
    const isNegative = load<u8>(p) == 0x2d;
    if (isNegative) p++;
    for (; p < end; p++) {
      const c = <u32>load<u8>(p);
      if (c == 0x2e) {
        isFraction = true;
        continue;
      }
      const digit = c - 0x30;
      if (digit > 9) break;
      if (isFraction) exponent--;
      if (digit == 0) {
        if (digits > 0) zeros++;
        continue;
      }
      digits += zeros + 1;
      if (digits > 19) isLong = true;
      else {
        for (; zeros > 0; zeros--) mantissa *= 10;
        mantissa = mantissa * 10 + digit;
      }
      zeros = 0;
    }
    exponent += zeros;
    if (p < end) exponent += readExponent(p + 1, end);
    this.isNegative = isNegative;
    this.mantissa = mantissa;
    this.isLong = isLong;
    this.exponent = exponent;
    this.findInteger();
  }

  /** The nearest f64, ties to even, as `JSON.parse` gives it; infinite where the number is too large. */
  toNumber(): f64 {
    const exponent = this.exponent;
    let magnitude: f64;
    // Both operands are exact here, so the one rounding is that of the result (Clinger, "How to Read Floating Point Numbers").
    if (this.mantissa == 0) magnitude = 0;
    else if (!this.isLong && this.mantissa <= (<u64>1) << 53 && exponent >= -22 && exponent <= 22) {
      const power = powerOfTen(abs(exponent));
      magnitude = exponent < 0 ? <f64>this.mantissa / power : <f64>this.mantissa * power;
    } else magnitude = roundDecimal(this.at, this.end);
    return this.isNegative ? -magnitude : magnitude;
  }

  private findInteger(): void {
    this.integer = 0;
    this.isInteger = this.mantissa == 0;
    if (this.isInteger || this.isLong || this.exponent < 0 || this.exponent > 18) return;
    let magnitude = this.mantissa;
    const limit: u64 = this.isNegative ? (<u64>1) << 63 : <u64>i64.MAX_VALUE;
    for (let i = this.exponent; i > 0; i--) {
      if (magnitude > limit / 10) return;
      magnitude *= 10;
    }
    if (magnitude > limit) return;
    this.isInteger = true;
    this.integer = this.isNegative ? <i64>(0 - magnitude) : <i64>magnitude;
  }
}

/** Longest number that `Decimal` reads, in bytes. */
export const MAX_DIGITS: i32 = 1024;

/** Exponents are cut here: with at most `MAX_DIGITS` digits the number is 0 or infinite long before. */
const MAX_EXPONENT: i32 = 100000;

function readExponent(p: usize, end: usize): i32 {
  const sign = load<u8>(p);
  if (sign == 0x2d || sign == 0x2b) p++;
  let value = 0;
  for (; p < end; p++) value = min(value * 10 + (<i32>load<u8>(p) - 0x30), MAX_EXPONENT);
  return sign == 0x2d ? -value : value;
}

/** 10^n, exactly; `0 <= n <= 22`. */
function powerOfTen(n: i32): f64 {
  let power: f64 = 1;
  for (; n > 0; n--) power *= 10;
  return power;
}

/**
 * Words of the number below: 1,024 digits and 10^1350 stay under 4,600 bits.
 *
 *     WORDS: | lowest u32 | ... | highest u32 |
 */
const MAX_WORDS: i32 = 160;
const WORDS: usize = memory.data(MAX_WORDS << 2, 8);
let count: i32 = 0;

/**
 * The magnitude of the number at `[p, end)`, not zero, rounded to the nearest f64, by exact arithmetic on big integers: the slow
 * road for what the quick one cannot round.
 */
function roundDecimal(p: usize, end: usize): f64 {
  let exponent = 0;
  let digits = 0;
  let isFraction = false;
  count = 0;
  if (load<u8>(p) == 0x2d) p++;
  for (; p < end; p++) {
    const c = <u32>load<u8>(p);
    if (c == 0x2e) {
      isFraction = true;
      continue;
    }
    if (c - 0x30 > 9) break;
    if (isFraction) exponent--;
    multiply(10, c - 0x30);
    if (count > 0) digits++;
  }
  if (p < end) exponent += readExponent(p + 1, end);
  // Below 10^-326 all is nearer to 0 than to the least f64; from 10^310 on all is infinite.
  if (digits + exponent < -326) return 0;
  if (digits + exponent > 310) return Infinity;
  for (; exponent > 0; exponent--) multiply(10, 0);
  if (exponent == 0) return roundWords(0, false);
  // 10 < 2^(107/32): with the words that 10^-exponent takes and three more, the quotient has more than 64 bits.
  const shift = max(((-exponent * 107) >> 10) + 4 - count, 0);
  // Safe: `count + shift` is below MAX_WORDS.
  memory.copy(WORDS + ((<usize>shift) << 2), WORDS, (<usize>count) << 2);
  memory.fill(WORDS, 0, (<usize>shift) << 2);
  count += shift;
  // Dividing step by step leaves the same quotient as dividing at once, and any remainder means that there is one.
  let isInexact = false;
  for (; exponent <= -9; exponent += 9) if (divide(1000000000) != 0) isInexact = true;
  for (; exponent < 0; exponent++) if (divide(10) != 0) isInexact = true;
  return roundWords(shift << 5, isInexact);
}

/** The words times 2^-`shift`, as the nearest f64; `isInexact` says that the true value is a little more. */
function roundWords(shift: i32, isInexact: bool): f64 {
  const leading = clz(word(count - 1));
  const exponent = (count << 5) - leading - 1 - shift;
  if (exponent > 1023) return Infinity;
  // The highest 64 bits, the first of them set.
  let top = (((<u64>word(count - 1)) << 32) | word(count - 2)) << leading;
  if (leading > 0) top |= word(count - 3) >> (32 - leading);
  let isMore = isInexact || (leading > 0 ? word(count - 3) << leading : word(count - 3)) != 0;
  for (let i = count - 4; i >= 0 && !isMore; i--) isMore = word(i) != 0;
  const precision = exponent >= -1022 ? 53 : 53 + 1022 + exponent;
  if (precision < 0) return 0;
  const dropped = 64 - precision;
  let mantissa: u64 = dropped == 64 ? 0 : top >> dropped;
  const half: u64 = (<u64>1) << (dropped - 1);
  const rest = dropped == 64 ? top : top & ((half << 1) - 1);
  if (rest > half || (rest == half && (isMore || (mantissa & 1) != 0))) mantissa++;
  // A mantissa that rounds up to the next power of two carries into the exponent, as it should.
  return reinterpret<f64>(exponent >= -1022 ? ((<u64>(exponent + 1022)) << 52) + mantissa : mantissa);
}

/** Word `i`, 0 below the lowest. */
function word(i: i32): u32 {
  // Safe: `i` is below `count`.
  return i < 0 ? 0 : load<u32>(WORDS + ((<usize>i) << 2));
}

/** words = words * factor + carry */
function multiply(factor: u32, carry: u32): void {
  let rest: u64 = carry;
  for (let i = 0; i < count; i++) {
    const product = <u64>word(i) * factor + rest;
    store<u32>(WORDS + ((<usize>i) << 2), <u32>product);
    rest = product >> 32;
  }
  if (rest == 0) return;
  // Safe: `roundDecimal` bounds the digits and the exponent so that MAX_WORDS is enough.
  store<u32>(WORDS + ((<usize>count) << 2), <u32>rest);
  count++;
}

/** words = words / divisor; returns the remainder. */
function divide(divisor: u32): u32 {
  let rest: u64 = 0;
  for (let i = count - 1; i >= 0; i--) {
    const part = (rest << 32) | word(i);
    store<u32>(WORDS + ((<usize>i) << 2), <u32>(part / divisor));
    rest = part % divisor;
  }
  while (count > 0 && word(count - 1) == 0) count--;
  return <u32>rest;
}
