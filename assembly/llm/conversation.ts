/** Who speaks. */
export enum Role {
  /** The operator of the application: `system`, or `developer` in newer APIs. */
  System,
  User,
  Assistant,
  /** The result of a tool, or of a function. */
  Tool,
  /** A role that the dialect does not know. */
  Unknown,
}

/** How what is said reaches the model. */
export enum Framing {
  /** As messages, with tokens about each. */
  Chat,
  /** As it stands. */
  None,
}

/** What a part of a message is. */
export enum PartKind {
  // Texts first; what is no text from `Image` on.
  /** Text that is said. */
  Text,
  /** The name of who speaks. */
  Name,
  /** The name of a tool that the assistant calls. */
  ToolName,
  /** The arguments of such a call: JSON, as text or as a value. */
  ToolArguments,
  /** Reasoning that is handed back to the model. */
  Reasoning,
  /** The model's own refusal, handed back to it. */
  Refusal,
  /** The URL of an image, which may hold the image itself (`data:`), or its base64 alone. */
  Image,
  /** Sound in base64. */
  Audio,
  /** A document: base64, a URL, or a reference to one. */
  File,
}

/** How a part stands in the body. */
export enum PartForm {
  /** A JSON string: `[at, end)` is what stands between its quotes, escapes and all. */
  String,
  /** Any other JSON value, `[at, end)` all of it. */
  Value,
}

/** How closely a model is to look at an image, where the API lets its clients say so. */
export enum ImageDetail {
  Auto,
  Low,
  High,
}

/** One part of a message: where it stands in the body of the request. */
@final
export class MessagePart {
  /** Of an image. */
  detail: ImageDetail = ImageDetail.Auto;

  constructor(
    public kind: PartKind,
    readonly form: PartForm,
    readonly at: i32,
    readonly end: i32,
  ) {}
}

/** One message, in the order of the body. */
@final
export class Message {
  role: Role = Role.Unknown;
  readonly parts: MessagePart[] = [];
}

/**
 * What a request says to a model: messages, and the tools that it offers, as places in its body. Nothing is decoded or copied.
 *
 * It is for whoever looks at what is said: counting, inspection, caching and routing by meaning.
 */
@final
export class Conversation {
  framing: Framing = Framing.Chat;
  readonly messages: Message[] = [];
  /** Tokens that are given as ids. */
  tokenIds: i64 = 0;
  /** The JSON value that defines the tools; empty if there is none. */
  toolsAt: i32 = 0;
  toolsEnd: i32 = 0;
  /** The JSON value of the schema that the answer has to follow; empty if there is none. */
  schemaAt: i32 = 0;
  schemaEnd: i32 = 0;

  /** Whether nothing but text is said: no images, sounds or documents, no tools, no schema. */
  get isTextOnly(): bool {
    if (this.toolsEnd > this.toolsAt || this.schemaEnd > this.schemaAt) return false;
    for (let i = 0; i < this.messages.length; i++) {
      const parts = this.messages[i].parts;
      for (let k = 0; k < parts.length; k++) if (parts[k].kind >= PartKind.Image) return false;
    }
    return true;
  }
}
