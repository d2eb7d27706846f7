import { Bytes } from "../../bytes/bytes";
import { JsonError, JsonKind } from "../../wire/json-kinds";
import { JsonReader, JsonSink } from "../../wire/json-reader";
import { JsonShape } from "../../wire/json-shape";
import { Conversation, ImageDetail, Message, MessagePart, PartForm, PartKind, Role } from "../conversation";

enum Field {
  Message,
  Role,
  Content,
  PartText,
  PartRefusal,
  Image,
  ImageUrl,
  ImageDetail,
  Audio,
  File,
  Name,
  Refusal,
  Reasoning,
  ToolName,
  ToolArguments,
  Tools,
  Functions,
  Schema,
}

const SHAPE = new JsonShape()
  .want("messages[]", Field.Message)
  .want("messages[].role", Field.Role)
  .wantLength("messages[].content", Field.Content)
  .wantLength("messages[].content[].text", Field.PartText)
  .wantLength("messages[].content[].refusal", Field.PartRefusal)
  .want("messages[].content[].image_url", Field.Image)
  .wantLength("messages[].content[].image_url.url", Field.ImageUrl)
  .want("messages[].content[].image_url.detail", Field.ImageDetail)
  .wantLength("messages[].content[].input_audio.data", Field.Audio)
  .wantLength("messages[].content[].file.file_data", Field.File)
  .wantLength("messages[].name", Field.Name)
  .wantLength("messages[].refusal", Field.Refusal)
  .wantLength("messages[].reasoning_content", Field.Reasoning)
  .wantLength("messages[].tool_calls[].function.name", Field.ToolName)
  .wantLength("messages[].tool_calls[].function.arguments", Field.ToolArguments)
  .wantLength("messages[].function_call.name", Field.ToolName)
  .wantLength("messages[].function_call.arguments", Field.ToolArguments)
  .want("tools", Field.Tools)
  .want("functions", Field.Functions)
  .want("response_format.json_schema.schema", Field.Schema);

/** Longest role or detail that is known, in bytes. */
const MAX_WORD = 32;

/**
 * Finds what a chat completion request says: https://platform.openai.com/docs/api-reference/chat/create (`messages`, `tools`).
 * `body` has been read as a request, so it is valid. Everything lies in the current arena.
 */
export function readChatConversation(body: Bytes): Conversation | null {
  const finder = new ConversationFinder();
  const reader = new JsonReader(SHAPE, finder, MAX_WORD);
  if (reader.feed(body, 0, body.length) != JsonError.None || reader.finish() != JsonError.None) return null;
  return finder.conversation;
}

class ConversationFinder extends JsonSink {
  readonly conversation: Conversation = new Conversation();
  private message: Message = new Message();
  /** The image whose detail may still come, and a detail whose image may: they stand in any order. */
  private image: MessagePart | null = null;
  private detail: ImageDetail = ImageDetail.Auto;

  onOpen(field: i32, _reader: JsonReader): void {
    if (field == Field.Message) {
      this.message = new Message();
      this.conversation.messages.push(this.message);
    } else if (field == Field.Image) {
      this.image = null;
      this.detail = ImageDetail.Auto;
    }
  }

  onClose(field: i32, reader: JsonReader): void {
    const conversation = this.conversation;
    if (field == Field.Tools || field == Field.Functions) {
      conversation.toolsAt = reader.at;
      conversation.toolsEnd = reader.end;
    } else if (field == Field.Schema) {
      conversation.schemaAt = reader.at;
      conversation.schemaEnd = reader.end;
    }
  }

  onScalar(field: i32, reader: JsonReader): void {
    if (field == Field.Role && reader.kind == JsonKind.String) this.message.role = roleOf(reader.text());
    else if (field == Field.ImageDetail && reader.kind == JsonKind.String) this.setDetail(detailOf(reader.text()));
  }

  onTextEnd(field: i32, reader: JsonReader): void {
    const part = new MessagePart(kindOf(field), PartForm.String, reader.at + 1, reader.end - 1);
    this.message.parts.push(part);
    if (field != Field.ImageUrl) return;
    part.detail = this.detail;
    this.image = part;
  }

  private setDetail(detail: ImageDetail): void {
    const image = this.image;
    if (image) image.detail = detail;
    else this.detail = detail;
  }
}

function kindOf(field: i32): PartKind {
  switch (field) {
    case Field.ImageUrl:
      return PartKind.Image;
    case Field.Audio:
      return PartKind.Audio;
    case Field.File:
      return PartKind.File;
    case Field.Name:
      return PartKind.Name;
    case Field.Refusal:
    case Field.PartRefusal:
      return PartKind.Refusal;
    case Field.Reasoning:
      return PartKind.Reasoning;
    case Field.ToolName:
      return PartKind.ToolName;
    case Field.ToolArguments:
      return PartKind.ToolArguments;
    default:
      return PartKind.Text;
  }
}

function roleOf(text: string): Role {
  if (text == "user") return Role.User;
  if (text == "assistant") return Role.Assistant;
  if (text == "system" || text == "developer") return Role.System;
  return text == "tool" || text == "function" ? Role.Tool : Role.Unknown;
}

function detailOf(text: string): ImageDetail {
  if (text == "low") return ImageDetail.Low;
  return text == "high" ? ImageDetail.High : ImageDetail.Auto;
}
