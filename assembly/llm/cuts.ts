/**
 * Byte ranges of a stream that the client is not to see, in order and apart from each other: offsets from the start of the
 * body, `[starts[i], ends[i])`.
 */
export class Cuts {
  private readonly starts: Array<i64> = [];
  private readonly ends: Array<i64> = [];

  get length(): i32 {
    return this.starts.length;
  }

  /** The first byte of range `i`; `0 <= i < length`. */
  start(i: i32): i64 {
    return this.starts[i];
  }

  /** The first byte after range `i`; `0 <= i < length`. */
  end(i: i32): i64 {
    return this.ends[i];
  }

  /** Adds `[start, end)`, which comes after all others or swallows the last of them. */
  add(start: i64, end: i64): void {
    while (this.starts.length > 0 && this.starts[this.starts.length - 1] >= start) {
      this.starts.pop();
      this.ends.pop();
    }
    if (end <= start) return;
    this.starts.push(start);
    this.ends.push(end);
  }

  /** Forgets all ranges: the bytes that they lie in have been released. */
  clear(): void {
    // Array#length keeps the capacity: a stream of many chunks allocates for its first cut only.
    this.starts.length = 0;
    this.ends.length = 0;
  }
}
