import { JsonShape } from "../../wire/json-shape";
import { UsageField } from "../usage-fields";

/**
 * Adds the usage object at `path` to a shape: totals include their parts.
 * Source: https://platform.openai.com/docs/api-reference/responses/object (`usage`)
 */
export function wantResponseUsage(shape: JsonShape, path: string): JsonShape {
  return shape
    .want(path + ".input_tokens", UsageField.Input)
    .want(path + ".output_tokens", UsageField.Output)
    .want(path + ".input_tokens_details.cached_tokens", UsageField.CachedInput)
    .want(path + ".input_tokens_details.cache_write_tokens", UsageField.CacheWrite)
    .want(path + ".input_tokens_details.image_tokens", UsageField.ImageInput)
    .want(path + ".input_tokens_details.audio_tokens", UsageField.AudioInput)
    .want(path + ".output_tokens_details.reasoning_tokens", UsageField.Reasoning)
    .want(path + ".output_tokens_details.image_tokens", UsageField.ImageOutput)
    .want(path + ".output_tokens_details.audio_tokens", UsageField.AudioOutput);
}
