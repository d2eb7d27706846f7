import { Bytes } from "../../bytes/bytes";
import { JsonReader } from "../../wire/json-reader";
import { DeltaKind } from "../answer";

/** What the `delta` of an event is, beyond the kinds of text: sound in base64, which is no text. */
export const SOUND: i32 = -1;

const OUTPUT_TEXT = Bytes.fromString("response.output_text.delta");
const AUDIO = Bytes.fromString("response.audio.delta");
const REFUSAL = Bytes.fromString("response.refusal.delta");

const REASONING: Bytes[] = [
  Bytes.fromString("response.reasoning_summary_text.delta"),
  Bytes.fromString("response.reasoning_text.delta"),
  Bytes.fromString("response.reasoning_summary.delta"),
  Bytes.fromString("response.reasoning.delta"),
];

const ARGUMENTS: Bytes[] = [
  Bytes.fromString("response.function_call_arguments.delta"),
  Bytes.fromString("response.custom_tool_call_input.delta"),
  Bytes.fromString("response.mcp_call_arguments.delta"),
  Bytes.fromString("response.mcp_call.arguments.delta"),
  Bytes.fromString("response.code_interpreter_call_code.delta"),
  Bytes.fromString("response.code_interpreter_call.code.delta"),
  Bytes.fromString("response.shell_call_command.delta"),
  Bytes.fromString("response.apply_patch_call_operation_diff.delta"),
];

/**
 * What the `delta` of an event holds whose type `reader` tells: a `DeltaKind`, or `SOUND`. A type that nobody knows may hold text that a
 * client shows, so it is taken for content. Source: https://platform.openai.com/docs/api-reference/responses-streaming
 */
export function kindOfDelta(reader: JsonReader): i32 {
  if (reader.textIs(OUTPUT_TEXT)) return DeltaKind.Content;
  if (isOneOf(ARGUMENTS, reader)) return DeltaKind.ToolArguments;
  if (isOneOf(REASONING, reader)) return DeltaKind.Reasoning;
  if (reader.textIs(REFUSAL)) return DeltaKind.Refusal;
  return reader.textIs(AUDIO) ? SOUND : DeltaKind.Content;
}

function isOneOf(types: Bytes[], reader: JsonReader): bool {
  for (let i = 0; i < types.length; i++) if (reader.textIs(unchecked(types[i]))) return true;
  return false;
}
