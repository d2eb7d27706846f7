/** Every way to cut bytes in two: at 0 and at the end, one of the pieces is empty. */
export function everyCut(bytes: Uint8Array | string): number[][] {
  const { length } = Buffer.from(bytes);
  return Array.from({ length: length + 1 }, (_, at) => [at]);
}

/** Every way to cut bytes in three. */
export function everyPair(bytes: Uint8Array | string): number[][] {
  const { length } = Buffer.from(bytes);
  const pairs: number[][] = [];
  for (let a = 0; a <= length; a++) for (let b = a; b <= length; b++) pairs.push([a, b]);
  return pairs;
}

/** One piece per byte. */
export function everyByte(bytes: Uint8Array | string): number[] {
  return Array.from({ length: Buffer.from(bytes).length - 1 }, (_, at) => at + 1);
}

/** The pieces between the cuts. */
export function pieces(bytes: Uint8Array | string, cuts: readonly number[]): Buffer[] {
  const all = Buffer.from(bytes);
  const ends = [...cuts, all.length];
  return ends.map((end, i) => all.subarray(i === 0 ? 0 : ends[i - 1], end));
}
