/** Somebody's own count of the tokens of a call, beside what its provider reports. It may be asked at any time. */
export abstract class TokenCounts {
  /** Tokens of the request. */
  abstract get inputTokens(): i64;
  /** Tokens of the answer, as much of it as has come. */
  abstract get outputTokens(): i64;
  /** Whether the counts are those of the model's own tokenizer, and not of another one's. */
  abstract get isExact(): bool;
  /** What the counts of the model's output were multiplied by, since it was learned that its provider reports so much more; 1 if exact. */
  abstract get outputRatio(): f64;
  /** The same for the input. */
  abstract get inputRatio(): f64;
}
