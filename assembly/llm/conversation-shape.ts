import { Bytes } from "../bytes/bytes";
import { enterCall, leave } from "../memory/arena";
import { JsonError, JsonKind } from "../wire/json-kinds";
import { JsonReader, JsonSink } from "../wire/json-reader";
import { JsonShape } from "../wire/json-shape";
import { Conversation, ImageDetail, Message, MessagePart, PartForm, PartKind, Role } from "./conversation";

/** What a place of a shape means for a conversation. */
enum Meaning {
  /** A message begins. */
  Message,
  Role,
  /** A string that is a part of the running message. */
  Part,
  /** Any value that is a part of it. */
  Value,
  /** A string that is a message of its own. */
  Alone,
  /** An image and its detail, in any order, begin. */
  ImageBegin,
  Image,
  Detail,
  /** An object begins that says of what kind its parts are, and says it. */
  KindBegin,
  Kind,
  /** The same, by a media type. */
  MediaType,
  Tools,
  Schema,
}

/** Longest role or detail that is known, in bytes. */
const MAX_WORD = 32;

/**
 * Where a dialect has what a request says: a dialect says it once, and then reads with it.
 *
 *     const SAID = new ConversationShape()
 *       .message("messages[]")
 *       .role("messages[].role")
 *       .part("messages[].content", PartKind.Text);
 *
 * Paths are those of `JsonShape`.
 */
@final
export class ConversationShape {
  private readonly shape: JsonShape = new JsonShape();
  readonly meanings: Meaning[] = [];
  readonly kinds: PartKind[] = [];
  readonly roles: Role[] = [];
  /** The words that name kinds; empty for all else. */
  readonly words: Bytes[] = [];

  /** Each object at `path` is a message, by `role` unless it says so itself. Returns this, as all of them do. */
  message(path: string, role: Role = Role.Unknown): ConversationShape {
    this.shape.want(path, this.add(Meaning.Message, PartKind.Text, role));
    return this;
  }

  /** The string at `path` is the role of the message. */
  role(path: string): ConversationShape {
    this.shape.want(path, this.add(Meaning.Role, PartKind.Text, Role.Unknown));
    return this;
  }

  /** The string at `path` is a part of the message, which is by `role` if it has named none. */
  part(path: string, kind: PartKind, role: Role = Role.Unknown): ConversationShape {
    this.shape.wantLength(path, this.add(Meaning.Part, kind, role));
    return this;
  }

  /** The value at `path`, whatever its type, is a part of the message, which is by `role` if it has named none. */
  value(path: string, kind: PartKind, role: Role = Role.Unknown): ConversationShape {
    this.shape.want(path, this.add(Meaning.Value, kind, role));
    return this;
  }

  /** The string at `path` is a message of its own, by `role`. */
  alone(path: string, role: Role): ConversationShape {
    this.shape.wantLength(path, this.add(Meaning.Alone, PartKind.Text, role));
    return this;
  }

  /** Each object at `path` holds an image, as the string `data`, and how closely the model looks at it, as the string `detail`, in any order. */
  image(path: string, data: string, detail: string): ConversationShape {
    this.shape.want(path, this.add(Meaning.ImageBegin, PartKind.Image, Role.Unknown));
    this.shape.wantLength(path + "." + data, this.add(Meaning.Image, PartKind.Image, Role.Unknown));
    this.shape.want(path + "." + detail, this.add(Meaning.Detail, PartKind.Image, Role.Unknown));
    return this;
  }

  /**
   * In each object at `path`, parts that are no text are of `kind` if its string `member` is `word`, in whichever order they stand; `Text` goes
   * before other kinds.
   */
  kindBy(path: string, member: string, word: string, kind: PartKind): ConversationShape {
    this.shape.want(path, this.add(Meaning.KindBegin, kind, Role.Unknown));
    this.shape.want(path + "." + member, this.add(Meaning.Kind, kind, Role.Unknown, word));
    return this;
  }

  /** In each object at `path`, parts that are no text are of the kind that its string `member`, a media type, says, in whichever order they stand. */
  mediaType(path: string, member: string): ConversationShape {
    this.shape.want(path, this.add(Meaning.KindBegin, PartKind.Image, Role.Unknown));
    this.shape.want(path + "." + member, this.add(Meaning.MediaType, PartKind.Image, Role.Unknown));
    return this;
  }

  /** The object or list at `path` defines the tools. */
  tools(path: string): ConversationShape {
    this.shape.want(path, this.add(Meaning.Tools, PartKind.Text, Role.Unknown));
    return this;
  }

  /** The object at `path` is the schema that the answer has to follow. */
  schema(path: string): ConversationShape {
    this.shape.want(path, this.add(Meaning.Schema, PartKind.Text, Role.Unknown));
    return this;
  }

  /** Finds what a body says; null if it is no JSON. It is scratch: it lives until the callback ends. */
  read(body: Bytes): Conversation | null {
    const outer = enterCall();
    const finder = new Finder(this);
    const reader = new JsonReader(this.shape, finder, MAX_WORD);
    const isWhole = reader.feed(body, 0, body.length) == JsonError.None && reader.finish() == JsonError.None;
    leave(outer);
    return isWhole ? finder.conversation : null;
  }

  private add(meaning: Meaning, kind: PartKind, role: Role, word: string = ""): i32 {
    this.meanings.push(meaning);
    this.kinds.push(kind);
    this.roles.push(role);
    this.words.push(Bytes.fromString(word));
    return this.meanings.length - 1;
  }
}


@final
class Finder extends JsonSink {
  readonly conversation: Conversation = new Conversation();
  private message: Message = new Message();
  /** The image whose detail may still come, and a detail whose image may. */
  private image: MessagePart | null = null;
  private detail: ImageDetail = ImageDetail.Auto;
  /** The first part of the object that says of what kind its parts are, and what it says: `Image` until it says something. */
  private firstOfKind: i32 = 0;
  private kind: PartKind = PartKind.Image;

  constructor(private readonly said: ConversationShape) {
    super();
  }

  onOpen(field: i32, reader: JsonReader): void {
    const meaning = this.said.meanings[field];
    if (meaning == Meaning.Message) {
      if (reader.kind == JsonKind.Object) this.begin(this.said.roles[field]);
    } else if (meaning == Meaning.ImageBegin) {
      this.image = null;
      this.detail = ImageDetail.Auto;
    } else if (meaning == Meaning.KindBegin) {
      this.beginKind();
    }
  }

  onClose(field: i32, reader: JsonReader): void {
    const conversation = this.conversation;
    switch (this.said.meanings[field]) {
      case Meaning.Value:
        this.addValue(field, reader);
        break;
      case Meaning.Tools:
        conversation.toolsAt = reader.at;
        conversation.toolsEnd = reader.end;
        break;
      case Meaning.Schema:
        conversation.schemaAt = reader.at;
        conversation.schemaEnd = reader.end;
        break;
      case Meaning.KindBegin:
        this.beginKind();
        break;
      default:
        break;
    }
  }

  onScalar(field: i32, reader: JsonReader): void {
    const meaning = this.said.meanings[field];
    if (meaning == Meaning.Value) this.addValue(field, reader);
    else if (reader.kind == JsonKind.String) this.onWord(meaning, field, reader);
  }

  private onWord(meaning: Meaning, field: i32, reader: JsonReader): void {
    if (meaning == Meaning.Role) this.message.role = roleOf(reader.text());
    else if (meaning == Meaning.Detail) this.setDetail(detailOf(reader.text()));
    else if (meaning == Meaning.MediaType) this.setKind(kindOfMedia(reader.text()));
    else if (meaning == Meaning.Kind && reader.textIs(this.said.words[field])) this.setKind(this.said.kinds[field]);
  }

  onTextEnd(field: i32, reader: JsonReader): void {
    const meaning = this.said.meanings[field];
    if (meaning == Meaning.Alone) this.begin(this.said.roles[field]);
    const part = new MessagePart(this.said.kinds[field], PartForm.String, reader.at + 1, reader.end - 1);
    this.add(field, part);
    if (meaning == Meaning.Image) this.setImage(part);
    // What follows is no part of it.
    if (meaning == Meaning.Alone) this.message = new Message();
  }

  private begin(role: Role): void {
    this.message = new Message();
    this.message.role = role;
    this.conversation.messages.push(this.message);
  }

  private addValue(field: i32, reader: JsonReader): void {
    this.add(field, new MessagePart(this.said.kinds[field], PartForm.Value, reader.at, reader.end));
  }

  private add(field: i32, part: MessagePart): void {
    if (this.message.role == Role.Unknown) this.message.role = this.said.roles[field];
    this.message.parts.push(part);
    if (this.kind != PartKind.Image && part.kind >= PartKind.Image) part.kind = this.kind;
  }

  private beginKind(): void {
    this.firstOfKind = this.message.parts.length;
    this.kind = PartKind.Image;
  }

  private setKind(kind: PartKind): void {
    if (this.kind == PartKind.Text) return;
    this.kind = kind;
    const parts = this.message.parts;
    for (let i = this.firstOfKind; i < parts.length; i++) if (parts[i].kind >= PartKind.Image) parts[i].kind = kind;
  }

  private setImage(part: MessagePart): void {
    part.detail = this.detail;
    this.image = part;
  }

  private setDetail(detail: ImageDetail): void {
    this.detail = detail;
    const image = this.image;
    if (image) image.detail = detail;
  }
}

function roleOf(text: string): Role {
  if (text == "user") return Role.User;
  if (text == "assistant" || text == "model" || text == "chatbot") return Role.Assistant;
  if (text == "system" || text == "developer") return Role.System;
  return text == "tool" || text == "function" ? Role.Tool : Role.Unknown;
}

/** What a part of a media type is: a document, if it is no image and no sound. */
function kindOfMedia(type: string): PartKind {
  const lower = type.toLowerCase();
  if (lower.startsWith("image/")) return PartKind.Image;
  return lower.startsWith("audio/") ? PartKind.Audio : PartKind.File;
}

function detailOf(text: string): ImageDetail {
  if (text == "low") return ImageDetail.Low;
  return text == "high" ? ImageDetail.High : ImageDetail.Auto;
}
