/** A median with the quartiles around it. */
export interface Spread {
  low: number;
  median: number;
  high: number;
}

/** The quartiles of `values`, interpolated linearly; NaN if there are none. */
export function spreadOf(values: number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (part: number): number => {
    const position = (sorted.length - 1) * part;
    const below = sorted[Math.floor(position)] ?? NaN;
    const above = sorted[Math.ceil(position)] ?? NaN;
    return below + (above - below) * (position - Math.floor(position));
  };
  return { low: at(0.25), median: at(0.5), high: at(0.75) };
}

export function median(values: number[]): number {
  return spreadOf(values).median;
}
