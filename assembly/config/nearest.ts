/** Longest name for which a near one is looked for. */
const MAX_LENGTH = 40;

/**
 * The name in `names` that `written` was most likely meant to be; null if none is near.
 *
 * Near is a distance of one slip for every three characters, at most three, where a slip is a character too many, too few, other
 * than meant, or two neighbours swapped. Case and the hyphens and underscores of other styles count for nothing.
 */
export function nearest(written: string, names: string[]): string | null {
  if (written.length > MAX_LENGTH) return null;
  const plain = withoutStyle(written);
  let best: string | null = null;
  let bestDistance = min(3, max(1, plain.length / 3)) + 1;
  for (let i = 0; i < names.length; i++) {
    const name = withoutStyle(names[i]);
    if (name.length > MAX_LENGTH || abs(name.length - plain.length) >= bestDistance) continue;
    const distance = distanceBetween(plain, name);
    if (distance >= bestDistance) continue;
    bestDistance = distance;
    best = names[i];
  }
  return best;
}

/** `; did you mean "x"?`, or nothing. */
export function didYouMean(written: string, names: string[]): string {
  const name = nearest(written, names);
  return name ? '; did you mean "' + name + '"?' : "";
}

function withoutStyle(name: string): string {
  return name.replaceAll("_", "").replaceAll("-", "").toLowerCase();
}

/** How many slips lie between `a` and `b`: the Damerau-Levenshtein distance, where no character slips twice. */
export function distanceBetween(a: string, b: string): i32 {
  const width = b.length + 1;
  const table = new StaticArray<i32>((a.length + 1) * width);
  for (let j = 0; j < width; j++) table[j] = j;
  for (let i = 1; i <= a.length; i++) {
    table[i * width] = i;
    for (let j = 1; j < width; j++) {
      const differs = a.charCodeAt(i - 1) == b.charCodeAt(j - 1) ? 0 : 1;
      const above = (i - 1) * width + j;
      const here = i * width + j;
      let least = min(min(table[above] + 1, table[here - 1] + 1), table[above - 1] + differs);
      const areSwapped =
        i > 1 && j > 1 && a.charCodeAt(i - 1) == b.charCodeAt(j - 2) && a.charCodeAt(i - 2) == b.charCodeAt(j - 1);
      if (areSwapped) least = min(least, table[above - width - 2] + 1);
      table[here] = least;
    }
  }
  return table[a.length * width + b.length];
}
