import { Bytes } from "../bytes/bytes";
import { enterCall, leave } from "../memory/arena";
import { JsonError, JsonKind } from "../wire/json-kinds";
import { JsonReader, JsonSink } from "../wire/json-reader";
import { JsonShape } from "../wire/json-shape";
import { Conversation, Framing, Message, MessagePart, PartForm, PartKind, Role } from "./conversation";
import { RequestField } from "./openai-chat/request";

/**
 * Adds an input to a shape as OpenAI's older APIs take it: a text, a list of texts, a list of token ids, or a list of such lists.
 * Source: https://platform.openai.com/docs/api-reference/completions/create (`prompt`), .../embeddings/create (`input`)
 */
export function wantInputs(shape: JsonShape, name: string): JsonShape {
  return shape
    .wantLength(name, RequestField.Text)
    .wantLength(name + "[]", RequestField.Item)
    .want(name + "[][]", RequestField.TokenId);
}

/** Finds the inputs of a body that `shape` reads, as scratch: each text is a message of its own, without a frame. */
export function findInputs(body: Bytes, shape: JsonShape): Conversation | null {
  const outer = enterCall();
  const finder = new InputFinder();
  const reader = new JsonReader(shape, finder, 0);
  const isWhole = reader.feed(body, 0, body.length) == JsonError.None && reader.finish() == JsonError.None;
  leave(outer);
  return isWhole ? finder.conversation : null;
}

class InputFinder extends JsonSink {
  readonly conversation: Conversation = new Conversation();

  constructor() {
    super();
    this.conversation.framing = Framing.None;
  }

  onScalar(field: i32, reader: JsonReader): void {
    const isId = field == RequestField.Item || field == RequestField.TokenId;
    if (isId && reader.kind == JsonKind.Number) this.conversation.tokenIds++;
  }

  onTextEnd(field: i32, reader: JsonReader): void {
    if (field < RequestField.Text) return;
    const message = new Message();
    message.role = Role.User;
    message.parts.push(new MessagePart(PartKind.Text, PartForm.String, reader.at + 1, reader.end - 1));
    this.conversation.messages.push(message);
  }
}
