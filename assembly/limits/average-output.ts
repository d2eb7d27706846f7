/** Places for averages; what shares one takes it from the other. A power of two. */
const PLACES = 2048;
/** The weight of a call, once there are as many as it takes to have this one. */
const LEAST_WEIGHT: f64 = 1.0 / 16;
/** What is kept in reserve beyond the average, as a part of it. */
const SPARE: f64 = 0.5;

/**
 * How long the answers of a consumer and a model are, on the average of the last ones: what is reserved for the next. Each worker learns by
 * itself. 40 KB, whatever comes.
 */
@final
export class AverageOutput {
  private readonly owners: StaticArray<u64> = new StaticArray<u64>(PLACES);
  private readonly means: StaticArray<f32> = new StaticArray<f32>(PLACES);
  private readonly calls: StaticArray<u32> = new StaticArray<u32>(PLACES);

  /** `byDefault` tokens are expected of those of whom nothing is known. */
  constructor(private readonly byDefault: i64) {}

  /** Tokens to reserve for an answer. */
  expected(owner: u64): i64 {
    const place = placeOf(owner);
    if (unchecked(this.owners[place]) != owner) return this.byDefault;
    return <i64>ceil(<f64>unchecked(this.means[place]) * (1 + SPARE));
  }

  /** An answer had so many tokens. */
  learn(owner: u64, tokens: i64): void {
    const place = placeOf(owner);
    if (unchecked(this.owners[place]) != owner) {
      unchecked((this.owners[place] = owner));
      unchecked((this.calls[place] = 0));
      unchecked((this.means[place] = 0));
    }
    const calls = unchecked(this.calls[place]) + 1;
    const mean = <f64>unchecked(this.means[place]);
    unchecked((this.calls[place] = min<u32>(calls, 1 << 20)));
    unchecked((this.means[place] = <f32>(mean + (<f64>tokens - mean) * max<f64>(1.0 / <f64>calls, LEAST_WEIGHT))));
  }
}

// @ts-ignore: decorator
@inline
function placeOf(owner: u64): i32 {
  return <i32>((owner ^ (owner >> 32)) & (PLACES - 1));
}
