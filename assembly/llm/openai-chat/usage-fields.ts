import { JsonKind } from "../../wire/json-kinds";
import { JsonReader } from "../../wire/json-reader";
import { JsonShape } from "../../wire/json-shape";
import { Usage } from "../usage";

/** Members of an OpenAI usage object; other fields of a shape that holds one are numbered from `UsageField.End` on. */
export enum UsageField {
  Input,
  Output,
  CachedInput,
  AudioInput,
  Reasoning,
  AudioOutput,
  End,
}

/**
 * Adds the members of the usage object at `usage` to a shape.
 * Source: https://platform.openai.com/docs/api-reference/chat/object (`usage`)
 */
export function wantUsage(shape: JsonShape): JsonShape {
  return shape
    .want("usage.prompt_tokens", UsageField.Input)
    .want("usage.completion_tokens", UsageField.Output)
    .want("usage.prompt_tokens_details.cached_tokens", UsageField.CachedInput)
    .want("usage.prompt_tokens_details.audio_tokens", UsageField.AudioInput)
    .want("usage.completion_tokens_details.reasoning_tokens", UsageField.Reasoning)
    .want("usage.completion_tokens_details.audio_tokens", UsageField.AudioOutput);
}

/** Takes one member over. What is not a whole number of tokens, zero or above, was not told. */
export function readUsage(usage: Usage, field: i32, reader: JsonReader): void {
  if (reader.kind != JsonKind.Number || !reader.isInteger) return;
  const tokens = reader.integer();
  if (tokens < 0) return;
  switch (field) {
    case UsageField.Input:
      usage.inputTokens = tokens;
      break;
    case UsageField.Output:
      usage.outputTokens = tokens;
      break;
    case UsageField.CachedInput:
      usage.cachedInputTokens = tokens;
      break;
    case UsageField.AudioInput:
      usage.audioInputTokens = tokens;
      break;
    case UsageField.Reasoning:
      usage.reasoningTokens = tokens;
      break;
    case UsageField.AudioOutput:
      usage.audioOutputTokens = tokens;
      break;
    default:
      break;
  }
}
