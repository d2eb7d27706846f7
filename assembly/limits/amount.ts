// Amounts: how much of a budget something takes, in millionths of a token, so that weights such as 0.1 are exact. All are i64 and at
// most `MOST`, of which four can be added without overflow.

/** One token of weight 1. */
export const TOKEN: i64 = 1000000;
/** The largest budget of a limit, in tokens. */
export const MOST_TOKENS: i64 = 1000000000000;
/** The largest amount: larger ones are cut to it. It is more than any budget, so what is cut was refused already. */
export const MOST: i64 = 2 * MOST_TOKENS * TOKEN;

/** `tokens` of weight 1 as an amount. */
export function amountOf(tokens: i64): i64 {
  return tokens <= 0 ? 0 : min(tokens, 2 * MOST_TOKENS) * TOKEN;
}

/** How many whole tokens an amount is, rounded down; 0 for what is less than nothing. */
export function wholeTokens(amount: i64): i64 {
  return max<i64>(amount, 0) / TOKEN;
}

/** Two amounts together. */
// @ts-ignore: decorator
@inline
export function plus(a: i64, b: i64): i64 {
  return min(a + b, MOST);
}

/** A count of tokens times what one of them takes. */
export function times(tokens: i64, each: i64): i64 {
  if (tokens <= 0 || each <= 0) return 0;
  return tokens > MOST / each ? MOST : tokens * each;
}

/** The remainder of the last `mulAddDiv`. */
export let remainder: i64 = 0;

/**
 * `(a * b + add) / c`, rounded down, with all bits in between; i64.MAX_VALUE if it is more. `a`, `b` and the sum are not negative, and
 * `c` is at least 1.
 */
export function mulAddDiv(a: i64, b: i64, add: i64, c: i64): i64 {
  const a0 = (<u64>a) & 0xffffffff;
  const a1 = (<u64>a) >> 32;
  const b0 = (<u64>b) & 0xffffffff;
  const b1 = (<u64>b) >> 32;
  const first = a0 * b0;
  const second = a0 * b1;
  const third = a1 * b0;
  const middle = (first >> 32) + (second & 0xffffffff) + (third & 0xffffffff);
  const product = (first & 0xffffffff) | (middle << 32);
  const low = product + <u64>add;
  let high = a1 * b1 + (second >> 32) + (third >> 32) + (middle >> 32);
  if (add >= 0 && low < product) high++;
  if (add < 0 && low > product) high--;
  return high == 0 ? divideShort(low, <u64>c) : divideLong(high, low, <u64>c);
}

// @ts-ignore: decorator
@inline
function divideShort(value: u64, by: u64): i64 {
  const quotient = value / by;
  remainder = <i64>(value - quotient * by);
  return <i64>min<u64>(quotient, i64.MAX_VALUE);
}

/** Bit by bit: only budgets of billions of tokens, or clocks that jump by years, come here. */
function divideLong(high: u64, low: u64, by: u64): i64 {
  remainder = 0;
  if (high >= by) return i64.MAX_VALUE;
  let rest = high;
  let quotient: u64 = 0;
  for (let bit: i32 = 63; bit >= 0; bit--) {
    // Safe from overflow: `rest` is below `by`, which is below 2^63.
    rest = (rest << 1) | ((low >> bit) & 1);
    quotient <<= 1;
    if (rest >= by) {
      rest -= by;
      quotient |= 1;
    }
  }
  remainder = <i64>rest;
  return <i64>min<u64>(quotient, i64.MAX_VALUE);
}

/** `(a * b + add) / c`, rounded up; as `mulAddDiv`. */
export function mulAddDivUp(a: i64, b: i64, add: i64, c: i64): i64 {
  const quotient = mulAddDiv(a, b, add, c);
  return remainder > 0 && quotient < i64.MAX_VALUE ? quotient + 1 : quotient;
}
