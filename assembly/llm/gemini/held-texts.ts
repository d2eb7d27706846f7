import { Bytes } from "../../bytes/bytes";
import { ByteWriter } from "../../bytes/writer";
import { enterCall, leave } from "../../memory/arena";
import { DeltaKind, DeltaSink } from "../answer";

/** Most text that is held, in bytes: a part that is longer is what it seems to be. */
const MAX_HELD_BYTES = 65536;

/** When it is known which of the answers a text belongs to. */
export enum Belonging {
  /** There is one answer. */
  Known,
  /** The candidate says so, mostly behind its text. */
  Said,
}

/**
 * Texts whose kind and candidate stand behind them: `{"text": "...", "thought": true}`, `{"content": ..., "index": 1}`. They are held until both are
 * known, and then told in order.
 */
@final
export class HeldTexts {
  private readonly text: ByteWriter = new ByteWriter(0);
  /** Where each run of one kind ends in the text, and its kind. */
  private readonly ends: Array<i32> = [];
  private readonly kinds: Array<DeltaKind> = [];
  /** The first run of the running part. */
  private firstOfPart: i32 = 0;
  private isThought: bool = false;
  /** Whether the running part was too long to be held: then nothing is known of it any more. */
  private isTold: bool = false;
  /** The candidate as far as it is known. */
  choice: i32 = 0;

  constructor(
    private readonly deltas: DeltaSink,
    private readonly belonging: Belonging,
  ) {}

  beginPart(): void {
    this.firstOfPart = this.kinds.length;
    this.isThought = false;
    this.isTold = false;
  }

  /** The running part is a thought: so is its text, what was held of it and what comes. */
  setThought(): void {
    if (this.isTold) return;
    this.isThought = true;
    const kinds = this.kinds;
    for (let i = this.firstOfPart; i < kinds.length; i++)
      if (kinds[i] == DeltaKind.Content) kinds[i] = DeltaKind.Reasoning;
  }

  // @ts-ignore: decorator
  @inline
  endPart(): void {
    if (this.belonging == Belonging.Known) this.tellAll();
  }

  /** A piece of text in the running part. */
  add(kind: DeltaKind, bytes: Bytes, at: i32, end: i32): void {
    if (this.text.length + (end - at) > MAX_HELD_BYTES) {
      this.tellAll();
      this.isTold = true;
    }
    const own = this.isThought && kind == DeltaKind.Content ? DeltaKind.Reasoning : kind;
    if (this.isTold) return this.deltas.onDelta(own, this.choice, bytes, at, end);
    this.text.bytes(bytes, at, end);
    const last = this.kinds.length - 1;
    if (last >= this.firstOfPart && this.kinds[last] == own) {
      this.ends[last] = this.text.length;
    } else {
      this.kinds.push(own);
      this.ends.push(this.text.length);
    }
  }

  /** Tells all that is held: nothing more will be known of it. */
  tellAll(): void {
    if (this.ends.length == 0) return;
    const outer = enterCall();
    const bytes = this.text.toBytes();
    leave(outer);
    let at = 0;
    for (let i = 0; i < this.ends.length; i++) {
      this.deltas.onDelta(this.kinds[i], this.choice, bytes, at, this.ends[i]);
      at = this.ends[i];
    }
    this.text.clear();
    // Array#length keeps the capacity.
    this.ends.length = 0;
    this.kinds.length = 0;
    this.firstOfPart = 0;
  }
}
