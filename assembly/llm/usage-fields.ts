import { JsonKind } from "../wire/json-kinds";
import { JsonReader } from "../wire/json-reader";
import { UNKNOWN, Usage } from "./usage";

/** The numbers of a report of usage, whatever a dialect calls them; other fields of its shape are numbered from `UsageField.End` on. */
export enum UsageField {
  Input,
  Output,
  CachedInput,
  CacheWrite,
  AudioInput,
  ImageInput,
  Reasoning,
  AudioOutput,
  ImageOutput,
  /** Input that a dialect counts beside its other input; for `ApartUsage`. */
  ExtraInput,
  End,
}

/**
 * Takes one number over, of a dialect whose totals include their parts. What is not a whole number of tokens, zero or above, was not
 * told.
 */
export function readUsage(usage: Usage, field: i32, reader: JsonReader): void {
  const tokens = tokensOf(reader);
  if (tokens == UNKNOWN) return;
  switch (field) {
    case UsageField.Input:
      usage.inputTokens = tokens;
      break;
    case UsageField.Output:
      usage.outputTokens = tokens;
      break;
    default:
      tellPart(usage, field, tokens);
      break;
  }
}

/** The value as a number of tokens; `UNKNOWN` if it is none. */
export function tokensOf(reader: JsonReader): i64 {
  if (reader.kind != JsonKind.Number || !reader.isInteger) return UNKNOWN;
  return max<i64>(reader.integer(), UNKNOWN);
}

function tellPart(usage: Usage, field: i32, tokens: i64): void {
  switch (field) {
    case UsageField.CachedInput:
      usage.cachedInputTokens = tokens;
      break;
    case UsageField.CacheWrite:
      usage.cacheWriteTokens = tokens;
      break;
    case UsageField.AudioInput:
      usage.audioInputTokens = tokens;
      break;
    case UsageField.ImageInput:
      usage.imageInputTokens = tokens;
      break;
    case UsageField.Reasoning:
      usage.reasoningTokens = tokens;
      break;
    case UsageField.AudioOutput:
      usage.audioOutputTokens = tokens;
      break;
    case UsageField.ImageOutput:
      usage.imageOutputTokens = tokens;
      break;
    default:
      break;
  }
}

/** Which parts a dialect counts beside its totals instead of within them. */
export enum Apart {
  /** Tokens read from a cache and written to one are no part of the input. */
  Cache,
  /** Reasoning is no part of the output. */
  Reasoning,
}

/**
 * A report of usage whose totals leave parts out: adds them up, so that `usage` is as its convention says after every number.
 */
@final
export class ApartUsage {
  private input: i64 = UNKNOWN;
  private extraInput: i64 = 0;
  private output: i64 = UNKNOWN;

  constructor(
    private readonly usage: Usage,
    private readonly apart: Apart,
  ) {}

  /** Takes one number over; what is no number of tokens was not told. */
  read(field: i32, reader: JsonReader): void {
    this.tell(field, tokensOf(reader));
  }

  /** Takes one number over; `UNKNOWN` was not told. */
  tell(field: i32, tokens: i64): void {
    if (tokens == UNKNOWN) return;
    if (field == UsageField.Input) this.input = tokens;
    else if (field == UsageField.ExtraInput) this.extraInput = tokens;
    else if (field == UsageField.Output) this.output = tokens;
    else tellPart(this.usage, field, tokens);
    this.addUp();
  }

  private addUp(): void {
    const usage = this.usage;
    const isCache = this.apart == Apart.Cache;
    if (this.input != UNKNOWN) {
      const cache = isCache ? known(usage.cachedInputTokens) + known(usage.cacheWriteTokens) : 0;
      usage.inputTokens = this.input + this.extraInput + cache;
    }
    if (this.output != UNKNOWN) usage.outputTokens = this.output + (isCache ? 0 : known(usage.reasoningTokens));
  }
}

function known(tokens: i64): i64 {
  return max<i64>(tokens, 0);
}
