import { JsonShape, StringForm } from "../../wire/json-shape";
import { DeltaKind } from "../answer";

/** The second name of reasoning, behind the kinds of `DeltaKind`. */
const OTHER_REASONING: i32 = DeltaKind.Refusal + 1;

/** What is no text that counts. */
export const NO_TEXT: i32 = -1;

/**
 * Adds the generated texts of a message, or of a piece of one, at `path` to a shape, as `form` wants them; their fields are `firstField` and
 * those behind it, and `TextNames` tells what they are.
 *
 * Source: https://platform.openai.com/docs/api-reference/chat/object (`choices`). Reasoning is what servers beside OpenAI show:
 * `reasoning_content` of DeepSeek (https://api-docs.deepseek.com/guides/reasoning_model), llama.cpp and older vLLM, `reasoning` of OpenRouter,
 * Groq, Ollama and newer vLLM, parts of the content of Mistral (https://docs.mistral.ai/capabilities/reasoning).
 */
export function wantTexts(shape: JsonShape, path: string, firstField: i32, form: StringForm): JsonShape {
  return shape
    .wantString(path + ".content", firstField + DeltaKind.Content, form)
    .wantString(path + ".content[].text", firstField + DeltaKind.Content, form)
    .wantString(path + ".content[].thinking[].text", firstField + DeltaKind.Reasoning, form)
    .wantString(path + ".audio.transcript", firstField + DeltaKind.Content, form)
    .wantString(path + ".tool_calls[].function.arguments", firstField + DeltaKind.ToolArguments, form)
    .wantString(path + ".tool_calls[].custom.input", firstField + DeltaKind.ToolArguments, form)
    .wantString(path + ".function_call.arguments", firstField + DeltaKind.ToolArguments, form)
    .wantString(path + ".reasoning_content", firstField + DeltaKind.Reasoning, form)
    .wantString(path + ".reasoning", firstField + OTHER_REASONING, form)
    .wantString(path + ".refusal", firstField + DeltaKind.Refusal, form);
}

/** Which name of reasoning an answer has: a server that knows both sends the same text twice, of which the first counts. */
@final
export class TextNames {
  private reasoning: i32 = NO_TEXT;

  /** What the text of a field is, counted from the first field of the texts: a `DeltaKind`, or `NO_TEXT`. */
  kindOf(field: i32): i32 {
    if (field != DeltaKind.Reasoning && field != OTHER_REASONING) return field;
    if (this.reasoning == NO_TEXT) this.reasoning = field;
    return field == this.reasoning ? DeltaKind.Reasoning : NO_TEXT;
  }
}
