import { plus, times, TOKEN } from "./amount";

/** The largest weight. */
export const MOST_WEIGHT: f64 = 1000;

/** What tokens of each kind take of a budget. */
@final
export class Weights {
  readonly input: i64;
  readonly cachedInput: i64;
  readonly output: i64;
  readonly reasoning: i64;

  /** Weights are from 0 to `MOST_WEIGHT`, and kept to a millionth. */
  constructor(input: f64, cachedInput: f64, output: f64, reasoning: f64) {
    this.input = millionths(input);
    this.cachedInput = millionths(cachedInput);
    this.output = millionths(output);
    this.reasoning = millionths(reasoning);
  }

  /**
   * What a call takes. As providers report them, cached input is part of the input, and reasoning part of the output; of a part that is
   * said to be more than the whole, the whole is taken.
   */
  amount(input: i64, cachedInput: i64, output: i64, reasoning: i64): i64 {
    const cached = min(max<i64>(cachedInput, 0), max<i64>(input, 0));
    const thought = min(max<i64>(reasoning, 0), max<i64>(output, 0));
    const read = plus(times(input - cached, this.input), times(cached, this.cachedInput));
    const written = plus(times(output - thought, this.output), times(thought, this.reasoning));
    return plus(read, written);
  }

  /** How many tokens of output, reasoning or not, an amount surely pays; `most` if they are free. */
  outputTokens(amount: i64, most: i64): i64 {
    const each = max(this.output, this.reasoning);
    return each == 0 ? most : min(max<i64>(amount, 0) / each, most);
  }
}

function millionths(weight: f64): i64 {
  // What is not a number becomes 0 here, too.
  return weight > 0 ? <i64>nearest(min(weight, MOST_WEIGHT) * <f64>TOKEN) : 0;
}
