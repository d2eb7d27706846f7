import { Bytes } from "../bytes/bytes";
import { ByteWriter } from "../bytes/writer";
import { Conversation, Framing, Message, MessagePart, PartForm, PartKind, Role } from "../llm/conversation";
import { enterCall, leave } from "../memory/arena";
import { Tokenizer } from "../tokenizer/tokenizer";
import { JsonText } from "../wire/json-text";
import { JsonTree } from "../wire/json-tree";
import { audioTokens } from "./audio-length";
import { Base64, imageSize, ImageSize, MOST_HEADER_BYTES } from "./image-size";
import { ModelFamily } from "./model-family";
import { writeTools } from "./tool-text";

/** Tokens about a participant's name. */
const NAME_TOKENS: i64 = 1;
/** Tokens about a call of a tool, beside its name and arguments. */
const CALL_TOKENS: i64 = 3;
/** Tokens about a piece of sound. */
const AUDIO_TOKENS: i64 = 4;

/**
 * Counts the input tokens of `conversation`, which stands in `body`, as the models of `family` are shown it: exact for texts; for tools,
 * images and sound as close as is known (docs/token-counts.md). It may stop as soon as there are more than `limit`, and return any
 * number above it.
 */
export function countPrompt(
  conversation: Conversation,
  body: Bytes,
  tokenizer: Tokenizer,
  family: ModelFamily,
  limit: i64,
): i64 {
  const outer = enterCall();
  const counter = new PromptCounter(body, tokenizer, family, limit);
  counter.addConversation(conversation);
  leave(outer);
  return counter.tokens;
}

class PromptCounter {
  tokens: i64 = 0;
  private readonly text: JsonText = new JsonText();

  constructor(
    private readonly body: Bytes,
    private readonly tokenizer: Tokenizer,
    private readonly family: ModelFamily,
    private readonly limit: i64,
  ) {}

  addConversation(conversation: Conversation): void {
    this.tokens = conversation.tokenIds;
    if (conversation.framing == Framing.None) return this.addPlain(conversation);
    this.tokens += this.family.priming;
    for (let i = 0; i < conversation.messages.length && !this.isOver; i++) this.addMessage(conversation.messages[i]);
    if (conversation.toolsEnd > conversation.toolsAt) this.addTools(conversation.toolsAt, conversation.toolsEnd);
    this.addText(this.body, conversation.schemaAt, conversation.schemaEnd);
  }

  private addPlain(conversation: Conversation): void {
    for (let i = 0; i < conversation.messages.length && !this.isOver; i++) {
      const parts = conversation.messages[i].parts;
      for (let k = 0; k < parts.length && !this.isOver; k++) this.addContent(parts[k]);
    }
  }

  private addMessage(message: Message): void {
    // A role is one token, whichever it is.
    this.tokens += this.family.perMessage + 1;
    if (message.role == Role.Assistant) this.tokens += this.family.perAssistant;
    for (let i = 0; i < message.parts.length && !this.isOver; i++) this.addPart(message.parts[i]);
  }

  private addPart(part: MessagePart): void {
    switch (part.kind) {
      case PartKind.Image:
        this.tokens += this.family.imageTokens(this.sizeOf(part), part.detail);
        break;
      case PartKind.Audio:
        this.tokens += AUDIO_TOKENS + audioTokens(new Base64(this.body, part.at, part.end));
        break;
      case PartKind.File:
        // What a document holds is the provider's to find out.
        break;
      default:
        if (part.kind == PartKind.Name) this.tokens += NAME_TOKENS;
        else if (part.kind == PartKind.ToolName) this.tokens += CALL_TOKENS;
        this.addContent(part);
    }
  }

  private addContent(part: MessagePart): void {
    if (part.form == PartForm.Value) return this.addText(this.body, part.at, part.end);
    const text = this.text;
    text.read(this.body, part.at, part.end);
    this.addText(text.bytes, text.at, text.end);
  }

  private addText(bytes: Bytes, at: i32, end: i32): void {
    if (end > at) this.tokens += this.tokenizer.countUpTo(bytes, at, end, this.limit - min(this.tokens, this.limit));
  }

  private addTools(at: i32, end: i32): void {
    const tree = JsonTree.parse(this.body.slice(at, end));
    const root = tree.root;
    if (!root || root.children.length == 0) return;
    const out = new ByteWriter(end - at);
    writeTools(root, out);
    this.tokens += this.family.perTools;
    this.addText(out.toBytes(), 0, out.length);
  }

  /** The size of an image that the request holds; of one that it names only, nobody here can tell. */
  private sizeOf(part: MessagePart): ImageSize {
    const text = this.text;
    text.read(this.body, part.at, min(part.end, part.at + MOST_HEADER_BYTES));
    const comma = dataBegin(text.bytes, text.at, text.end);
    return comma < 0 ? new ImageSize() : imageSize(new Base64(text.bytes, comma, text.end));
  }

  private get isOver(): bool {
    return this.tokens > this.limit;
  }
}

/** Where the base64 of a `data:` URL (RFC 2397) begins; -1 if `[at, end)` is no such URL. */
function dataBegin(url: Bytes, at: i32, end: i32): i32 {
  if (end - at < 5 || url[at] != 0x64 || url[at + 1] != 0x61 || url[at + 2] != 0x74 || url[at + 3] != 0x61) return -1;
  // What stands before the data is short: a media type and a few parameters.
  for (let i = at; i < end && i < at + 128; i++) if (url[i] == 0x2c) return i + 1;
  return -1;
}
