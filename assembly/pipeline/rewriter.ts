import { Bytes } from "../bytes/bytes";
import { ByteWriter } from "../bytes/writer";
import { Direction, Host } from "../host/host";
import { StreamReader } from "../llm/stream-reader";
import { enterCall, leave } from "../memory/arena";

/** An event beyond this is no report of usage, whose chunks are below 2 KB: it is not held back. */
const MAX_HELD_BYTES = 65536;

/**
 * Decides what the client sees of a streamed answer: all of it, but for the parts that it did not ask for, up to where the stream
 * is ended early.
 *
 * Bytes of an event that is not complete are held back only while the event could turn out to be such a part. A client cannot
 * use half an event (WHATWG HTML, 9.2.6: an event is dispatched at its blank line, an incomplete one at the end is discarded), so
 * nothing comes later than it otherwise would.
 */
export class Rewriter {
  /** The stream's bytes from `releasedAt` to the end of the chunk before. */
  private readonly held: ByteWriter = new ByteWriter(0);
  /** The stream offset up to which the client has been served. */
  private releasedAt: i64 = 0;

  constructor(
    private readonly host: Host,
    private readonly reader: StreamReader,
  ) {}

  /** Whether the stream can be ended here: not while the client has been given half an event. */
  get canClose(): bool {
    return this.reader.settledAt >= this.releasedAt;
  }

  /** The reader was fed `chunk`, which begins at `chunkAt` of the stream: gives the client what it is to see of it. */
  release(chunk: Bytes, chunkAt: i64, isLast: bool): void {
    const end = chunkAt + chunk.length;
    const holds = this.reader.mayBeCut && this.held.length + chunk.length <= MAX_HELD_BYTES;
    const to = isLast || !holds ? end : max(this.reader.settledAt, this.releasedAt);
    if (this.held.length > 0 || this.reader.cuts.length > 0 || to != end) this.replace(chunk, chunkAt, to, null);
    if (to > chunkAt) this.held.clear();
    this.held.bytes(chunk, <i32>(max(to, chunkAt) - chunkAt), chunk.length);
    this.releasedAt = to;
    this.reader.cuts.clear();
  }

  /** A chunk came that could not be fetched: what is held goes before it, and nothing can be cut any more. */
  giveUp(): void {
    if (this.held.length > 0) this.host.prependToBody(Direction.Response, this.held.toBytes());
    this.held.clear();
  }

  /** As `release`, but up to the last complete event only, then `closing`, then nothing any more. */
  close(chunk: Bytes, chunkAt: i64, closing: Bytes): void {
    this.replace(chunk, chunkAt, this.reader.settledAt, closing);
    this.held.clear();
    this.releasedAt = chunkAt + chunk.length;
  }

  /** Gives the client the stream's bytes `[releasedAt, to)` without the cuts, and then `closing`. */
  private replace(chunk: Bytes, chunkAt: i64, to: i64, closing: Bytes | null): void {
    const outer = enterCall();
    const out = new ByteWriter(this.held.length + chunk.length);
    const cuts = this.reader.cuts;
    let from = this.releasedAt;
    for (let i = 0; i < cuts.length && cuts.start(i) < to; i++) {
      this.write(out, chunk, chunkAt, from, cuts.start(i));
      from = cuts.end(i);
    }
    this.write(out, chunk, chunkAt, from, to);
    if (closing) out.bytes(closing, 0, closing.length);
    this.host.replaceBody(Direction.Response, out.toBytes());
    leave(outer);
  }

  /** Writes the stream's bytes `[from, to)`, which lie in what is held and in the chunk. */
  private write(out: ByteWriter, chunk: Bytes, chunkAt: i64, from: i64, to: i64): void {
    if (from < chunkAt) {
      const heldAt = chunkAt - this.held.length;
      out.bytes(this.held.toBytes(), <i32>(from - heldAt), <i32>(min(to, chunkAt) - heldAt));
    }
    if (to > chunkAt) out.bytes(chunk, <i32>(max(from, chunkAt) - chunkAt), <i32>(to - chunkAt));
  }
}
