import { Bytes } from "../bytes/bytes";
import { putU32, putU64, u32At, u64At } from "../bytes/fixed";

/** Models that are remembered; of more, the one that was not used for longest is forgotten. */
export const MOST_MODELS = 128;

/** Samples after which a model's ratio is known well enough to be written rarely. */
const SETTLED_SAMPLES: u32 = 32;
/** What is left of the sums at each sample: an estimate runs, since providers change their tokenizers under one name. */
const KEPT: f64 = 1 - 1.0 / 64;
/** How far a sample may be from the estimate, as a factor, after the first few; one that is farther off counts as if it were so far. */
const MOST_FACTOR: f64 = 2;
const FREE_SAMPLES: u32 = 4;
/** How much a call may count for: so many tokens, and such a part of all calls before it. */
const MOST_TOKENS: f64 = 4096;
const MOST_PART: f64 = 1.0 / 8;
/** Bounds of a ratio that is believed. */
const MOST_RATIO: f64 = 8;

const MAGIC: u32 = 0x31525457; // "WTR1"
const HEAD_BYTES = 8;
const SLOT_BYTES = 40;
const PAGE_BYTES = HEAD_BYTES + MOST_MODELS * SLOT_BYTES;

/**
 * A running estimate of one ratio: the tokens that were reported in all, by those that were counted in all, of the last hundred calls or so. So
 * the sum over many calls is right, whichever languages they are in, although a single call may be off.
 */
@final
export class Ratio {
  samples: u32 = 0;
  private counted: f64 = 0;
  private reported: f64 = 0;

  /** The ratio; 1 while nothing is known. */
  get value(): f64 {
    return this.counted > 0 ? this.reported / this.counted : 1;
  }

  get isSettled(): bool {
    return this.samples >= SETTLED_SAMPLES;
  }

  /** Takes what the provider reported for what was counted, both above 0. */
  learn(reported: i64, counted: i64): void {
    const told = <f64>reported / <f64>counted;
    if (told > MOST_RATIO || told < 1 / MOST_RATIO) return;
    const known = this.value;
    const isNew = this.samples < FREE_SAMPLES;
    const ratio = isNew ? told : min(max(told, known / MOST_FACTOR), known * MOST_FACTOR);
    const weight = min(min<f64>(<f64>counted, MOST_TOKENS), isNew ? MOST_TOKENS : this.counted * MOST_PART);
    this.counted = this.counted * KEPT + weight;
    this.reported = this.reported * KEPT + weight * ratio;
    this.samples++;
  }

  forget(): void {
    this.samples = 0;
    this.counted = 0;
    this.reported = 0;
  }

  write(page: Bytes, at: i32): void {
    putU32(page, at, this.samples);
    putU32(page, at + 4, reinterpret<u32>(<f32>this.counted));
    putU32(page, at + 8, reinterpret<u32>(<f32>this.reported));
  }

  read(bytes: Bytes, at: i32): void {
    this.samples = u32At(bytes, at);
    this.counted = <f64>reinterpret<f32>(u32At(bytes, at + 4));
    this.reported = <f64>reinterpret<f32>(u32At(bytes, at + 8));
    // What others wrote is not trusted to be a ratio.
    const ratio = this.value;
    if (!(ratio <= MOST_RATIO && ratio >= 1 / MOST_RATIO)) this.forget();
  }
}

/** What is known of one model. */
@final
export class ModelRatios {
  readonly input: Ratio = new Ratio();
  readonly output: Ratio = new Ratio();
  /** A hash of provider and model; 0 is nobody. */
  model: u64 = 0;
  /** Unix time in seconds of its last lesson. */
  usedAt: u32 = 0;
}

/**
 * How many tokens providers report for each token of our own count, by model: learned from their reports, shared by all workers.
 *
 *     "WTR1" | slots: u32 | slot ...
 *     slot: hash of provider and model, u64 | used at, u32 | unused, u32 | input and output: samples, u32 | counted, f32 | reported, f32
 */
@final
export class LearnedRatios {
  private readonly slots: Array<ModelRatios> = [];

  constructor() {
    for (let i = 0; i < MOST_MODELS; i++) this.slots.push(new ModelRatios());
  }

  /** What is known of a model; null if nothing is. */
  find(model: u64): ModelRatios | null {
    for (let i = 0; i < MOST_MODELS; i++) if (this.slots[i].model == model) return this.slots[i];
    return null;
  }

  /** What is known of a model, or the place of the one that was not used for longest, emptied. */
  findOrForget(model: u64): ModelRatios {
    const known = this.find(model);
    if (known) return known;
    let oldest = 0;
    for (let i = 1; i < MOST_MODELS; i++) if (this.slots[i].usedAt < this.slots[oldest].usedAt) oldest = i;
    const slot = this.slots[oldest];
    slot.model = model;
    slot.input.forget();
    slot.output.forget();
    return slot;
  }

  /** The page as it is shared: 5 KiB. */
  write(): Bytes {
    const page = Bytes.of(new ArrayBuffer(PAGE_BYTES));
    putU32(page, 0, MAGIC);
    putU32(page, 4, MOST_MODELS);
    for (let i = 0; i < MOST_MODELS; i++) {
      const at = HEAD_BYTES + i * SLOT_BYTES;
      const slot = this.slots[i];
      putU64(page, at, slot.model);
      putU32(page, at + 8, slot.usedAt);
      slot.input.write(page, at + 16);
      slot.output.write(page, at + 28);
    }
    return page;
  }

  /** Takes over a page; one of another form is left unread. */
  read(page: Bytes): void {
    if (page.length != PAGE_BYTES || u32At(page, 0) != MAGIC) return;
    for (let i = 0; i < MOST_MODELS; i++) {
      const at = HEAD_BYTES + i * SLOT_BYTES;
      const slot = this.slots[i];
      slot.model = u64At(page, at);
      slot.usedAt = u32At(page, at + 8);
      slot.input.read(page, at + 16);
      slot.output.read(page, at + 28);
    }
  }
}

/** A hash of a provider and a model: FNV-1a over UTF-16 units, never 0. */
export function modelHash(provider: string, model: string): u64 {
  let hash: u64 = 0xcbf29ce484222325;
  for (let i = 0; i < provider.length; i++) hash = (hash ^ (<u64>provider.charCodeAt(i))) * 0x100000001b3;
  hash = (hash ^ 0xffff) * 0x100000001b3;
  for (let i = 0; i < model.length; i++) hash = (hash ^ (<u64>model.charCodeAt(i))) * 0x100000001b3;
  return hash | 1;
}
