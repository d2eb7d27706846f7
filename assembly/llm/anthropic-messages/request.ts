import { PartKind, Role } from "../conversation";
import { ConversationShape } from "../conversation-shape";
import { RequestShape } from "../request-shape";

/** What is read of a request: https://docs.anthropic.com/en/api/messages */
export const REQUEST = new RequestShape()
  .model("model")
  .stream("stream")
  .maxOutput("max_tokens")
  .text("system")
  .text("system[].text")
  .text("messages[].content")
  .text("messages[].content[].text")
  .text("messages[].content[].thinking")
  .text("messages[].content[].content")
  .text("messages[].content[].content[].text");

/** What a request says. A document is not told from an image: both are `source`. */
export const SAID = new ConversationShape()
  .alone("system", Role.System)
  .message("system[]", Role.System)
  .part("system[].text", PartKind.Text)
  .message("messages[]")
  .role("messages[].role")
  .part("messages[].content", PartKind.Text)
  .part("messages[].content[].text", PartKind.Text)
  .part("messages[].content[].thinking", PartKind.Reasoning)
  .part("messages[].content[].source.data", PartKind.Image)
  .part("messages[].content[].source.url", PartKind.Image)
  .part("messages[].content[].name", PartKind.ToolName)
  .value("messages[].content[].input", PartKind.ToolArguments)
  .part("messages[].content[].content", PartKind.Text)
  .part("messages[].content[].content[].text", PartKind.Text)
  .part("messages[].content[].content[].source.data", PartKind.Image)
  .tools("tools");
