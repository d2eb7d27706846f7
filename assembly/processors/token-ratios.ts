import { LearnedRatios, modelHash, ModelRatios } from "../counting/learned-ratios";
import { Host, NO_VALUE, SharedValue } from "../host/host";

/** The key of shared data; the number is that of the page's form. */
const KEY = "weir.token_ratios.1";
/** How old what is remembered of the shared page may be. */
const MOST_AGE_NS: i64 = 1000000000;
/** A writing that another worker comes before is tried again so often; then the lesson is lost, which costs nothing but time. */
const TRIES = 3;
/** Counts below this say more about what the provider adds to every call than about its vocabulary. */
const LEAST_TOKENS: i64 = 16;

/** The learned ratios of all models, as one worker knows them. */
export class TokenRatios {
  private readonly ratios: LearnedRatios = new LearnedRatios();
  private readAt: i64 = 0;
  private wroteAt: i64 = 0;

  /** What is known of a model; null if nothing is. */
  of(host: Host, provider: string, model: string): ModelRatios | null {
    const now = host.nowNanoseconds();
    if (now - this.readAt > MOST_AGE_NS || now < this.readAt) {
      this.readAt = now;
      this.refresh(host);
    }
    return this.ratios.find(modelHash(provider, model));
  }

  /** Takes a provider's report for what was counted; a count of 0 is no lesson. */
  learn(host: Host, provider: string, model: string, input: Lesson, output: Lesson): void {
    const now = host.nowNanoseconds();
    const hash = modelHash(provider, model);
    const known = this.ratios.find(hash);
    const isSettled = known != null && known.input.isSettled && known.output.isSettled;
    if (isSettled && now >= this.wroteAt && now - this.wroteAt < MOST_AGE_NS) return;
    this.wroteAt = now;
    for (let i = 0; i < TRIES; i++) {
      const shared = this.refresh(host);
      const slot = this.ratios.findOrForget(hash);
      slot.usedAt = <u32>(now / 1000000000);
      if (input.counted >= LEAST_TOKENS && input.reported > 0) slot.input.learn(input.reported, input.counted);
      if (output.counted >= LEAST_TOKENS && output.reported > 0) slot.output.learn(output.reported, output.counted);
      if (host.setShared(KEY, this.ratios.write(), shared ? shared.version : NO_VALUE)) return;
    }
  }

  private refresh(host: Host): SharedValue | null {
    const shared = host.shared(KEY);
    if (shared) this.ratios.read(shared.bytes);
    return shared;
  }
}

/** What was counted, and what the provider said it was. */
export class Lesson {
  constructor(
    readonly counted: i64,
    readonly reported: i64,
  ) {}
}
