import { PartKind, Role } from "../conversation";
import { ConversationShape } from "../conversation-shape";
import { RequestShape } from "../request-shape";

/** What is read of a request: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html */
export const CONVERSE = converseTexts(new RequestShape()).maxOutputIn("inferenceConfig", "maxTokens", "messages");

/** What a request says. */
export const CONVERSE_SAID = saidToConverse(new ConversationShape()).tools("toolConfig.tools");

/**
 * What is read of a request that is the model's own: of all families, for the path need not say which. A body has the members of one.
 * Source: https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters.html
 */
export const INVOKE = converseTexts(new RequestShape())
  .maxOutput("max_tokens")
  .maxOutput("max_tokens_to_sample")
  .maxOutput("max_completion_tokens")
  .maxOutput("max_gen_len")
  .maxOutput("maxTokens")
  .maxOutput("textGenerationConfig.maxTokenCount")
  .maxOutput("inferenceConfig.maxTokens")
  .maxOutput("inferenceConfig.max_new_tokens")
  .text("prompt")
  .text("system")
  .text("messages[].content")
  .text("messages[].content[].thinking")
  .text("messages[].content[].content")
  .text("messages[].content[].content[].text")
  .text("inputText")
  .text("message")
  .text("chat_history[].message")
  .text("texts[]");

/** What such a request says. */
export const INVOKE_SAID = saidToConverse(new ConversationShape())
  .alone("system", Role.System)
  .part("messages[].content", PartKind.Text)
  .part("messages[].content[].thinking", PartKind.Reasoning)
  .part("messages[].content[].source.data", PartKind.Image)
  .part("messages[].content[].name", PartKind.ToolName)
  .value("messages[].content[].input", PartKind.ToolArguments)
  .part("messages[].content[].content", PartKind.Text)
  .part("messages[].content[].content[].text", PartKind.Text)
  .alone("prompt", Role.User)
  .alone("inputText", Role.User)
  .alone("texts[]", Role.User)
  .message("chat_history[]")
  .role("chat_history[].role")
  .part("chat_history[].message", PartKind.Text)
  .alone("message", Role.User)
  .tools("tools");

/** The texts of Converse, which Nova's own requests have too. */
function converseTexts(shape: RequestShape): RequestShape {
  return shape
    .text("system[].text")
    .text("messages[].content[].text")
    .text("messages[].content[].guardContent.text.text")
    .text("messages[].content[].reasoningContent.reasoningText.text")
    .text("messages[].content[].toolResult.content[].text");
}

function saidToConverse(said: ConversationShape): ConversationShape {
  return said
    .message("system[]", Role.System)
    .part("system[].text", PartKind.Text)
    .message("messages[]")
    .role("messages[].role")
    .part("messages[].content[].text", PartKind.Text)
    .part("messages[].content[].guardContent.text.text", PartKind.Text)
    .part("messages[].content[].reasoningContent.reasoningText.text", PartKind.Reasoning)
    .part("messages[].content[].image.source.bytes", PartKind.Image)
    .part("messages[].content[].document.source.bytes", PartKind.File)
    .part("messages[].content[].toolUse.name", PartKind.ToolName)
    .value("messages[].content[].toolUse.input", PartKind.ToolArguments)
    .part("messages[].content[].toolResult.content[].text", PartKind.Text)
    .value("messages[].content[].toolResult.content[].json", PartKind.ToolArguments)
    .part("messages[].content[].toolResult.content[].image.source.bytes", PartKind.Image);
}
