import {
  amountOf,
  MOST,
  MOST_TOKENS,
  mulAddDiv,
  mulAddDivUp,
  plus,
  remainder,
  times,
  TOKEN,
  wholeTokens,
} from "../../../assembly/limits/amount";
import { Weights } from "../../../assembly/limits/weights";

describe("amounts", () => {
  it("are millionths of a token, and never more than the most", () => {
    expect(amountOf(1)).toBe(1000000);
    expect(amountOf(-1)).toBe(0);
    expect(amountOf(i64.MAX_VALUE)).toBe(MOST);
    expect(wholeTokens(1999999)).toBe(1);
    expect(wholeTokens(-1)).toBe(0);
    expect(plus(MOST, MOST)).toBe(MOST);
    expect(MOST * 4 > MOST).toBeTruthy();
    expect(times(i64.MAX_VALUE, 1)).toBe(MOST);
    expect(times(MOST, i64.MAX_VALUE)).toBe(MOST);
    expect(times(-5, 3)).toBe(0);
    expect(times(5, 3)).toBe(15);
  });

  it("are multiplied and divided with all bits in between", () => {
    expect(mulAddDiv(7, 3, 0, 4)).toBe(5);
    expect(remainder).toBe(1);
    expect(mulAddDiv(7, 3, -1, 4)).toBe(5);
    expect(remainder).toBe(0);
    expect(mulAddDivUp(7, 3, 0, 4)).toBe(6);
    expect(mulAddDivUp(8, 3, 0, 4)).toBe(6);
    // 2^62 * 2^40 / 2^41 needs 102 bits.
    expect(mulAddDiv(1 << 62, 1 << 40, 0, 1 << 41)).toBe(1 << 61);
    expect(remainder).toBe(0);
    expect(mulAddDiv(1 << 62, 1 << 40, -1, 1 << 41)).toBe((1 << 61) - 1);
    expect(remainder).toBe((1 << 41) - 1);
    expect(mulAddDiv(1 << 62, 1 << 40, 5, 1 << 41)).toBe(1 << 61);
    expect(remainder).toBe(5);
    // Python: divmod((2**63 - 1) * (2**62 + 12345) + 999999999999, 2**62 + 99999)
    expect(mulAddDiv(i64.MAX_VALUE, ((<i64>1) << 62) + 12345, 999999999999, ((<i64>1) << 62) + 99999)).toBe(
      9223372036854600499,
    );
    expect(remainder).toBe(1017530712345);
  });

  it("are the largest number where the quotient is larger", () => {
    expect(mulAddDiv(i64.MAX_VALUE, i64.MAX_VALUE, 0, 1)).toBe(i64.MAX_VALUE);
    expect(mulAddDivUp(i64.MAX_VALUE, i64.MAX_VALUE, 0, 7)).toBe(i64.MAX_VALUE);
    expect(mulAddDiv(i64.MAX_VALUE, 3, 0, 2)).toBe(i64.MAX_VALUE);
  });
});

describe("weights", () => {
  it("weigh cached input as part of the input, and reasoning as part of the output", () => {
    const weights = new Weights(1, 0.1, 4, 2);
    expect(weights.amount(100, 0, 0, 0)).toBe(100 * TOKEN);
    expect(weights.amount(100, 40, 0, 0)).toBe(64 * TOKEN);
    expect(weights.amount(100, 40, 10, 5)).toBe((64 + 20 + 10) * TOKEN);
  });

  it("keep parts within the whole, and amounts within their bound", () => {
    const weights = new Weights(1, 0.5, 4, 2);
    expect(weights.amount(10, 40, 0, 0)).toBe(5 * TOKEN);
    expect(weights.amount(10, -40, 0, 0)).toBe(10 * TOKEN);
    expect(weights.amount(-10, 5, -1, 7)).toBe(0);
    expect(weights.amount(i64.MAX_VALUE, 0, i64.MAX_VALUE, 0)).toBe(MOST);
  });

  it("are kept to a millionth, and are never negative", () => {
    expect(new Weights(0.1, 0, 0, 0).input).toBe(100000);
    expect(new Weights(0.0000015, 0, 0, 0).input).toBe(2);
    expect(new Weights(-1, f64.NaN, Infinity, 1e300).input).toBe(0);
    expect(new Weights(-1, f64.NaN, Infinity, 1e300).cachedInput).toBe(0);
    expect(new Weights(-1, f64.NaN, Infinity, 1e300).output).toBe(1000 * TOKEN);
  });

  it("say how many tokens of output an amount surely pays", () => {
    expect(new Weights(1, 1, 4, 2).outputTokens(10 * TOKEN, 100)).toBe(2);
    expect(new Weights(1, 1, 0, 8).outputTokens(17 * TOKEN, 100)).toBe(2);
    expect(new Weights(1, 1, 0, 0).outputTokens(0, 100)).toBe(100);
    expect(new Weights(1, 1, 1, 1).outputTokens(-5, 100)).toBe(0);
  });

  it("have budgets that fit with them", () => {
    expect(new Weights(1000, 0, 0, 0).amount(MOST_TOKENS, 0, 0, 0)).toBe(MOST);
  });
});
