import { PartKind, Role } from "../conversation";
import { ConversationShape } from "../conversation-shape";
import { RequestShape } from "../request-shape";

/** The lowest bound that the API takes: it answers a lower one with 400. */
export const LEAST_OUTPUT_TOKENS: i64 = 16;

/** What is read of a request: https://platform.openai.com/docs/api-reference/responses/create */
export const REQUEST = new RequestShape()
  .model("model")
  .stream("stream")
  .maxOutput("max_output_tokens")
  .text("instructions")
  .text("input")
  .text("input[].content")
  .text("input[].content[].text")
  .text("input[].content[].refusal")
  .text("input[].arguments")
  .text("input[].input")
  .text("input[].code")
  .text("input[].output")
  .text("input[].output[].text")
  .text("input[].output[].stdout")
  .text("input[].output[].stderr")
  .text("input[].outputs[].logs")
  .text("input[].summary[].text")
  .text("input[].results[].text")
  .text("input[].operation.diff");

/**
 * What a request says. The items of a list of inputs are messages, calls of tools, their results, and reasoning that is handed back; what
 * is encrypted stays unread. What an earlier answer holds that the request names only (`previous_response_id`, `conversation`) is not in it.
 */
export const SAID = new ConversationShape()
  .alone("instructions", Role.System)
  .alone("input", Role.User)
  .message("input[]")
  .role("input[].role")
  .part("input[].content", PartKind.Text)
  .part("input[].content[].text", PartKind.Text)
  .part("input[].content[].refusal", PartKind.Refusal)
  .part("input[].content[].image_url", PartKind.Image)
  .part("input[].content[].input_audio.data", PartKind.Audio)
  .part("input[].content[].file_data", PartKind.File)
  .part("input[].content[].file_url", PartKind.File)
  .part("input[].content[].file_id", PartKind.File)
  // Calls of tools.
  .part("input[].name", PartKind.ToolName, Role.Assistant)
  .part("input[].arguments", PartKind.ToolArguments, Role.Assistant)
  .part("input[].input", PartKind.ToolArguments, Role.Assistant)
  .part("input[].code", PartKind.ToolArguments, Role.Assistant)
  .value("input[].action", PartKind.ToolArguments, Role.Assistant)
  .part("input[].operation.diff", PartKind.ToolArguments, Role.Assistant)
  // Their results.
  .part("input[].output", PartKind.Text, Role.Tool)
  .part("input[].output[].text", PartKind.Text, Role.Tool)
  .part("input[].output[].stdout", PartKind.Text, Role.Tool)
  .part("input[].output[].stderr", PartKind.Text, Role.Tool)
  .part("input[].output[].image_url", PartKind.Image, Role.Tool)
  .part("input[].output[].file_data", PartKind.File, Role.Tool)
  .part("input[].output.image_url", PartKind.Image, Role.Tool)
  .part("input[].outputs[].logs", PartKind.Text, Role.Tool)
  .part("input[].results[].text", PartKind.Text, Role.Tool)
  // Reasoning.
  .part("input[].summary[].text", PartKind.Reasoning, Role.Assistant)
  // What is filled into a prompt that the provider keeps.
  .message("prompt", Role.User)
  .value("prompt.variables", PartKind.Text, Role.User)
  .tools("tools")
  .schema("text.format.schema");
