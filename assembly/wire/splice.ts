import { Bytes } from "../bytes/bytes";
import { ByteWriter } from "../bytes/writer";

const NOTHING = Bytes.of(new ArrayBuffer(0));

/**
 * Edits of a body, to be applied once: what is not edited is copied, and never parsed or built again.
 *
 * Ranges are of the body before any edit. Edits may touch but not overlap; those at the same place stay in the order in which
 * they were made, insertions before the range that begins there.
 */
export class Splice {
  private readonly starts: Array<i32> = [];
  private readonly ends: Array<i32> = [];
  private readonly pieces: Array<Bytes> = [];

  /** How many edits there are. */
  get length(): i32 {
    return this.starts.length;
  }

  /** Puts `bytes` in the place of `[at, end)`; false, and nothing is done, if that overlaps an edit or is no range. */
  replace(at: i32, end: i32, bytes: Bytes): bool {
    if (at < 0 || end < at) return false;
    const starts = this.starts;
    const ends = this.ends;
    let i = starts.length;
    // What begins after the new edit goes behind it, and so does a range that begins where the new edit inserts.
    while (i > 0 && (starts[i - 1] > at || (starts[i - 1] == at && at == end && ends[i - 1] > at))) i--;
    if (i > 0 && ends[i - 1] > at) return false;
    if (i < starts.length && starts[i] < end) return false;
    starts.push(0);
    ends.push(0);
    this.pieces.push(bytes);
    for (let k = starts.length - 1; k > i; k--) {
      starts[k] = starts[k - 1];
      ends[k] = ends[k - 1];
      this.pieces[k] = this.pieces[k - 1];
    }
    starts[i] = at;
    ends[i] = end;
    this.pieces[i] = bytes;
    return true;
  }

  /** Puts `bytes` before the byte at `at`; false if that is inside of a range that another edit replaces. */
  insert(at: i32, bytes: Bytes): bool {
    return this.replace(at, at, bytes);
  }

  /** Leaves `[at, end)` out; false if that overlaps another edit. */
  remove(at: i32, end: i32): bool {
    return this.replace(at, end, NOTHING);
  }

  /** The length of a body of `length` bytes once it is edited. */
  lengthOf(length: i32): i32 {
    for (let i = 0; i < this.starts.length; i++) length += this.pieces[i].length - (this.ends[i] - this.starts[i]);
    return length;
  }

  /** Writes the edited `body`; false, and nothing is written, if an edit lies beyond its end. */
  apply(body: Bytes, out: ByteWriter): bool {
    const count = this.starts.length;
    if (count > 0 && this.ends[count - 1] > body.length) return false;
    out.reserve(this.lengthOf(body.length));
    let at = 0;
    for (let i = 0; i < count; i++) {
      out.bytes(body, at, this.starts[i]);
      out.bytes(this.pieces[i], 0, this.pieces[i].length);
      at = this.ends[i];
    }
    out.bytes(body, at, body.length);
    return true;
  }
}
