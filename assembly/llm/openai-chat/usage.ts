import { JsonShape } from "../../wire/json-shape";
import { UsageField } from "../usage-fields";

/**
 * Adds the members of a chat completion's usage to a shape: totals include their parts.
 *
 * Source: https://platform.openai.com/docs/api-reference/chat/object (`usage`). `cache_write_tokens` is OpenRouter's
 * (https://openrouter.ai/docs/use-cases/usage-accounting), `prompt_cache_hit_tokens` DeepSeek's
 * (https://api-docs.deepseek.com/api/create-chat-completion); Groq has the usage of a stream in `x_groq`
 * (https://console.groq.com/docs/api-reference).
 */
export function wantUsage(shape: JsonShape): JsonShape {
  return wantUsageAt(wantUsageAt(shape, "usage"), "x_groq.usage");
}

function wantUsageAt(shape: JsonShape, path: string): JsonShape {
  return shape
    .want(path + ".prompt_tokens", UsageField.Input)
    .want(path + ".completion_tokens", UsageField.Output)
    .want(path + ".prompt_tokens_details.cached_tokens", UsageField.CachedInput)
    .want(path + ".prompt_tokens_details.cache_write_tokens", UsageField.CacheWrite)
    .want(path + ".prompt_tokens_details.audio_tokens", UsageField.AudioInput)
    .want(path + ".prompt_tokens_details.image_tokens", UsageField.ImageInput)
    .want(path + ".prompt_cache_hit_tokens", UsageField.CachedInput)
    .want(path + ".completion_tokens_details.reasoning_tokens", UsageField.Reasoning)
    .want(path + ".completion_tokens_details.audio_tokens", UsageField.AudioOutput)
    .want(path + ".completion_tokens_details.image_tokens", UsageField.ImageOutput);
}
