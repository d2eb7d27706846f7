import { Bytes } from "../bytes/bytes";
import { OutputCounter } from "../counting/output-counter";
import { DeltaKind } from "../llm/answer";
import { Tokenizer } from "../tokenizer/tokenizer";
import { TokenCounts } from "./token-counts";

/** The counts of one call, by the model's own tokenizer or by another one and a ratio. */
@final
export class CallCounts extends TokenCounts {
  /** What the tokenizer counted, before any ratio. */
  countedInput: i64 = 0;
  private readonly output: OutputCounter;
  private input_: f64 = 1;
  private output_: f64 = 1;

  constructor(
    readonly tokenizer: Tokenizer,
    private readonly exact: bool,
  ) {
    super();
    this.output = new OutputCounter(tokenizer);
  }

  /** What counts are multiplied by from now on. */
  setRatios(input: f64, output: f64): void {
    this.input_ = input;
    this.output_ = output;
  }

  get countedOutput(): i64 {
    return this.output.total;
  }

  get inputTokens(): i64 {
    return times(this.countedInput, this.input_);
  }

  get outputTokens(): i64 {
    return times(this.output.total, this.output_);
  }

  get isExact(): bool {
    return this.exact;
  }

  get inputRatio(): f64 {
    return this.input_;
  }

  get outputRatio(): f64 {
    return this.output_;
  }

  append(kind: DeltaKind, choice: i32, bytes: Bytes, at: i32, end: i32): void {
    this.output.append(kind, choice, bytes, at, end);
  }
}

function times(count: i64, ratio: f64): i64 {
  // Exact counts stay exact; a ratio is at most 20, and a count of tokens far from 2^53.
  return ratio == 1 ? count : <i64>Math.round(<f64>count * ratio);
}
