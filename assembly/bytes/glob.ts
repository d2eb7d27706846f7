const STAR: i32 = 0x2a;

/**
 * Whether `pattern` matches all of `text`, where `*` in the pattern stands for any run of characters, also none.
 *
 * Each star takes the leftmost place where what follows it matches, which decides it for good: time is bounded by the product of
 * the lengths, and no input makes it worse.
 */
export function matches(pattern: string, text: string): bool {
  let p = 0;
  let t = 0;
  let star = -1;
  let resume = 0;
  while (t < text.length) {
    const c = p < pattern.length ? pattern.charCodeAt(p) : -1;
    if (c == STAR) {
      star = p++;
      resume = t;
    } else if (c == text.charCodeAt(t)) {
      p++;
      t++;
    } else if (star >= 0) {
      p = star + 1;
      t = ++resume;
    } else {
      return false;
    }
  }
  while (p < pattern.length && pattern.charCodeAt(p) == STAR) p++;
  return p == pattern.length;
}

/** Whether one of `patterns` matches all of `text`. */
export function matchesAny(patterns: Array<string>, text: string): bool {
  for (let i = 0; i < patterns.length; i++) if (matches(patterns[i], text)) return true;
  return false;
}
