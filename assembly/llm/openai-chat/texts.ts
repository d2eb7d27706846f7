import { JsonShape, StringForm } from "../../wire/json-shape";
import { DeltaKind } from "../answer";

/**
 * Adds the generated texts of a message, or of a piece of one, at `path` to a shape, as `form` wants them; their fields are
 * `firstField` and those behind it, in the order of `DeltaKind`.
 * Source: https://platform.openai.com/docs/api-reference/chat/object (`choices`); `reasoning_content` is what servers beside OpenAI
 * show (https://api-docs.deepseek.com/guides/reasoning_model).
 */
export function wantTexts(shape: JsonShape, path: string, firstField: i32, form: StringForm): JsonShape {
  return shape
    .wantString(path + ".content", firstField + DeltaKind.Content, form)
    .wantString(path + ".tool_calls[].function.arguments", firstField + DeltaKind.ToolArguments, form)
    .wantString(path + ".reasoning_content", firstField + DeltaKind.Reasoning, form)
    .wantString(path + ".refusal", firstField + DeltaKind.Refusal, form);
}
