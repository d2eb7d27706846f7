import { PartKind } from "../conversation";
import { ConversationShape } from "../conversation-shape";

/** What a request says: https://platform.openai.com/docs/api-reference/chat/create (`messages`, `tools`) */
export const SAID = new ConversationShape()
  .message("messages[]")
  .role("messages[].role")
  .part("messages[].content", PartKind.Text)
  .part("messages[].content[].text", PartKind.Text)
  .part("messages[].content[].refusal", PartKind.Refusal)
  .image("messages[].content[].image_url", "url", "detail")
  .part("messages[].content[].input_audio.data", PartKind.Audio)
  .part("messages[].content[].file.file_data", PartKind.File)
  .part("messages[].name", PartKind.Name)
  .part("messages[].refusal", PartKind.Refusal)
  .part("messages[].reasoning_content", PartKind.Reasoning)
  .part("messages[].tool_calls[].function.name", PartKind.ToolName)
  .part("messages[].tool_calls[].function.arguments", PartKind.ToolArguments)
  .part("messages[].function_call.name", PartKind.ToolName)
  .part("messages[].function_call.arguments", PartKind.ToolArguments)
  .tools("tools")
  .tools("functions")
  .schema("response_format.json_schema.schema");
