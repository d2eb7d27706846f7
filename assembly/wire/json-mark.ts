import { Bytes } from "../bytes/bytes";

/**
 * One open object or array:
 *
 *     | what encloses it: place << 8 | its closing bracket | at | keyAt | commaAt |
 */
export const FRAME_SIZE = 4;

/** Objects and arrays inside each other that a reader has room for from the start. */
export const USUAL_DEPTH = 8;

/** Longest beginning that is remembered, in bytes. */
const MAX_PREFIX = 1024;
/** Most objects and arrays that may be open at its end. */
const MAX_OPEN = 8;

/**
 * Where a reader stood before the first text of a document, and all bytes up to there.
 *
 * The chunks of a streamed answer begin alike, up to the text: another document that begins with the same bytes brings the reader
 * to the same state, since a reader depends on nothing else. So the bytes are compared instead of read: 16 at a time.
 */
export class JsonMark {
  /** How many bytes are remembered; 0 if none are. */
  length: i32 = 0;
  private readonly prefix: Bytes = Bytes.of(new ArrayBuffer(MAX_PREFIX));
  private readonly frames: StaticArray<i32> = new StaticArray<i32>(MAX_OPEN * FRAME_SIZE);
  place: i32 = 0;
  closer: u32 = 0;
  open: i32 = 0;
  next: i32 = 0;
  nameAt: i32 = 0;
  lastCommaAt: i32 = 0;

  /** Remembers the beginning `[at, end)` of a document, in which `open` objects and arrays are open; does not if that is too much. */
  set(bytes: Bytes, at: i32, end: i32, open: i32, frames: Array<i32>): void {
    this.length = 0;
    if (end - at > MAX_PREFIX || open > MAX_OPEN) return;
    this.length = end - at;
    this.prefix.take(bytes, at, end - at);
    this.open = open;
    for (let i = 0; i < open * FRAME_SIZE; i++) unchecked((this.frames[i] = frames[i]));
  }

  /** Whether `[at, end)` begins with what is remembered, and goes on. */
  begins(bytes: Bytes, at: i32, end: i32): bool {
    const length = this.length;
    return length > 0 && end - at > length && bytes.begins(at, this.prefix, length);
  }

  /** Gives the open objects and arrays back. */
  restore(frames: Array<i32>): void {
    for (let i = 0; i < this.open * FRAME_SIZE; i++) unchecked((frames[i] = this.frames[i]));
  }
}
