/** A token count that nobody has told us. Zero is a count; this is none. */
export const UNKNOWN: i64 = -1;

/** Where the token counts of a call come from, the best source first. */
export enum UsageSource {
  /** Nobody can say yet, or the call used no tokens: it was refused, or the provider answered with an error. */
  None,
  /** The provider said so in its answer. */
  Reported,
  /** Weir counted the text with the model's own tokenizer. */
  Counted,
  /** Worked out from the length of the text that passed. */
  Estimated,
}

/** The public name of a source, as `weir.usage.source` shows it. */
export function usageSourceName(source: UsageSource): string {
  switch (source) {
    case UsageSource.Reported:
      return "reported";
    case UsageSource.Counted:
      return "counted";
    case UsageSource.Estimated:
      return "estimated";
    default:
      return "";
  }
}

/**
 * What one call used, in tokens; each number is `UNKNOWN` until somebody tells it.
 *
 * The convention is OpenAI's: `inputTokens` includes the cached, the cache-writing, the audio and the image ones, `outputTokens`
 * includes the reasoning, the audio and the image ones. Each dialect brings its provider's convention to this one
 * (`usage-fields.ts`; docs/dialects.md has the table with sources). A later report replaces an earlier one, since providers that report more than once report running totals.
 */
export class Usage {
  inputTokens: i64 = UNKNOWN;
  outputTokens: i64 = UNKNOWN;
  /** Input that was read from the provider's cache of prompts. */
  cachedInputTokens: i64 = UNKNOWN;
  /** Input that was written to that cache, where the provider tells and bills it. */
  cacheWriteTokens: i64 = UNKNOWN;
  reasoningTokens: i64 = UNKNOWN;
  audioInputTokens: i64 = UNKNOWN;
  audioOutputTokens: i64 = UNKNOWN;
  imageInputTokens: i64 = UNKNOWN;
  imageOutputTokens: i64 = UNKNOWN;

  /** Takes over all that `other` knows. */
  copy(other: Usage): void {
    this.inputTokens = other.inputTokens;
    this.outputTokens = other.outputTokens;
    this.cachedInputTokens = other.cachedInputTokens;
    this.cacheWriteTokens = other.cacheWriteTokens;
    this.reasoningTokens = other.reasoningTokens;
    this.audioInputTokens = other.audioInputTokens;
    this.audioOutputTokens = other.audioOutputTokens;
    this.imageInputTokens = other.imageInputTokens;
    this.imageOutputTokens = other.imageOutputTokens;
  }

  /** Whether the provider told both totals: then nothing is left to estimate. */
  get isComplete(): bool {
    return this.inputTokens != UNKNOWN && this.outputTokens != UNKNOWN;
  }
}

/** Bytes of text that one token stands for, in the long run of English prose; what an estimate divides by. */
const BYTES_PER_TOKEN: i64 = 4;

/**
 * Tokens that `bytes` of text are worth when neither the provider nor a tokenizer has counted them.
 *
 * English prose averages about 4.4 bytes a token and code about 3.5 with o200k_base; other scripts vary more. An estimate is
 * always marked as one (`UsageSource.Estimated`), and is never zero for a text that is not empty.
 */
export function estimateTokens(bytes: i64): i64 {
  return (bytes + BYTES_PER_TOKEN - 1) / BYTES_PER_TOKEN;
}
