import { Bytes } from "../bytes/bytes";
import { u32At, u64At, writeU32, writeU64 } from "../bytes/little-endian";
import { ByteWriter } from "../bytes/writer";

/** Models that are remembered; of more, the one that was not used for longest is forgotten. */
export const MOST_MODELS = 128;

/** Samples after which a model's ratio is known well enough to be written rarely. */
const SETTLED_SAMPLES: u32 = 32;
/** The least weight of a sample: an estimate runs, since providers change their tokenizers under one name. */
const LEAST_WEIGHT: f64 = 1.0 / 64;
/** How far a sample pulls at most, as a natural logarithm, after the first few: one odd call does not undo a hundred. */
const MOST_PULL: f64 = 0.25;
const FREE_SAMPLES: u32 = 4;
/** Bounds of a ratio that is believed. */
const MOST_RATIO: f64 = 8;

const MAGIC: u32 = 0x31525457; // "WTR1"
const HEAD_BYTES = 8;
const SLOT_BYTES = 32;

/** A running estimate of one ratio: the mean of its logarithms. */
@final
export class Ratio {
  samples: u32 = 0;
  private log: f64 = 0;

  /** The ratio; 1 while nothing is known. */
  get value(): f64 {
    return Math.exp(this.log);
  }

  get isSettled(): bool {
    return this.samples >= SETTLED_SAMPLES;
  }

  /** Takes what the provider reported for what was counted, both above 0. */
  learn(reported: i64, counted: i64): void {
    const sample = <f64>reported / <f64>counted;
    if (sample > MOST_RATIO || sample < 1 / MOST_RATIO) return;
    this.samples++;
    const weight = max<f64>(1.0 / <f64>this.samples, LEAST_WEIGHT);
    const pull = Math.log(sample) - this.log;
    const bound = this.samples <= FREE_SAMPLES ? Infinity : MOST_PULL;
    this.log += weight * min(max(pull, -bound), bound);
  }

  forget(): void {
    this.samples = 0;
    this.log = 0;
  }

  write(out: ByteWriter): void {
    writeU32(out, this.samples);
    writeU32(out, reinterpret<u32>(<f32>this.log));
  }

  read(bytes: Bytes, at: i32): void {
    this.samples = u32At(bytes, at);
    const log = <f64>reinterpret<f32>(u32At(bytes, at + 4));
    // What others wrote is not trusted to be a number.
    this.log = Math.abs(log) < 3 ? log : 0;
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
 *     slot: hash of provider and model, u64 | used at, u32 | unused, u32 | input and output: samples, u32 | mean logarithm, f32
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

  /** The page as it is shared: at most 4 KiB. */
  write(): Bytes {
    const out = new ByteWriter(HEAD_BYTES + MOST_MODELS * SLOT_BYTES);
    writeU32(out, MAGIC);
    writeU32(out, MOST_MODELS);
    for (let i = 0; i < MOST_MODELS; i++) {
      const slot = this.slots[i];
      writeU64(out, slot.model);
      writeU32(out, slot.usedAt);
      writeU32(out, 0);
      slot.input.write(out);
      slot.output.write(out);
    }
    return out.toBytes();
  }

  /** Takes over a page; one of another form is left unread. */
  read(page: Bytes): void {
    if (page.length != HEAD_BYTES + MOST_MODELS * SLOT_BYTES || u32At(page, 0) != MAGIC) return;
    for (let i = 0; i < MOST_MODELS; i++) {
      const at = HEAD_BYTES + i * SLOT_BYTES;
      const slot = this.slots[i];
      slot.model = u64At(page, at);
      slot.usedAt = u32At(page, at + 8);
      slot.input.read(page, at + 16);
      slot.output.read(page, at + 24);
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
