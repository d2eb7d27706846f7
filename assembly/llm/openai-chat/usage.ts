import { JsonShape } from "../../wire/json-shape";
import { UsageField } from "../usage-fields";

/**
 * Adds the members of a chat completion's usage to a shape: totals include their parts.
 * Source: https://platform.openai.com/docs/api-reference/chat/object (`usage`); `cache_write_tokens` is OpenRouter's
 * (https://openrouter.ai/docs/use-cases/usage-accounting).
 */
export function wantUsage(shape: JsonShape): JsonShape {
  return shape
    .want("usage.prompt_tokens", UsageField.Input)
    .want("usage.completion_tokens", UsageField.Output)
    .want("usage.prompt_tokens_details.cached_tokens", UsageField.CachedInput)
    .want("usage.prompt_tokens_details.cache_write_tokens", UsageField.CacheWrite)
    .want("usage.prompt_tokens_details.audio_tokens", UsageField.AudioInput)
    .want("usage.prompt_tokens_details.image_tokens", UsageField.ImageInput)
    .want("usage.completion_tokens_details.reasoning_tokens", UsageField.Reasoning)
    .want("usage.completion_tokens_details.audio_tokens", UsageField.AudioOutput)
    .want("usage.completion_tokens_details.image_tokens", UsageField.ImageOutput);
}
