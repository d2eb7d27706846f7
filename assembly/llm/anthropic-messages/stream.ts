import { Bytes } from "../../bytes/bytes";
import { JsonReader } from "../../wire/json-reader";
import { JsonShape, StringForm } from "../../wire/json-shape";
import { AnswerFacts, DeltaKind, DeltaSink } from "../answer";
import { AnswerFields, Beginnings, Delivery, EventStreamReader, StreamedEvent } from "../event-stream";
import { StreamEnd } from "../stream-reader";
import { Usage } from "../usage";
import { Apart, ApartUsage, UsageField } from "../usage-fields";
import { wantAnthropicInput } from "./answer";
import { StreamState, writeClosing } from "./closing";

enum Field {
  Message = UsageField.End,
  Model,
  Type,
  Index,
  Error,
  Block,
  Usage,
  /** Texts come last, in the order of `DeltaKind`. */
  Text,
}

/** The texts of a message's events, in the order of `DeltaKind`; who extends `MessageEventFields` has its own fields behind them. */
export const MESSAGE_TEXT: i32 = Field.Text;

/**
 * Adds what is read of an event to a shape. The output of `message_start` is what was generated when the stream began, so it is not read:
 * a stream that breaks off would be told as one of a few tokens.
 */
export function wantMessageEvent(shape: JsonShape, form: StringForm): JsonShape {
  return wantAnthropicInput(wantAnthropicInput(shape, "message.usage"), "usage")
    .want("usage", Field.Usage)
    .want("usage.output_tokens", UsageField.Output)
    .want("type", Field.Type)
    .want("index", Field.Index)
    .want("message", Field.Message)
    .want("message.model", Field.Model)
    .want("error", Field.Error)
    .want("content_block", Field.Block)
    .wantString("content_block.text", Field.Text + DeltaKind.Content, form)
    .wantString("content_block.thinking", Field.Text + DeltaKind.Reasoning, form)
    .wantString("delta.text", Field.Text + DeltaKind.Content, form)
    .wantString("delta.partial_json", Field.Text + DeltaKind.ToolArguments, form)
    .wantString("delta.thinking", Field.Text + DeltaKind.Reasoning, form);
}

const WITH_TEXTS = wantMessageEvent(new JsonShape(), StringForm.Text);
const WITH_LENGTHS = wantMessageEvent(new JsonShape(), StringForm.Length);

const BLOCK_STOP = Bytes.fromString("content_block_stop");

/** Reads a streamed message: https://docs.anthropic.com/en/docs/build-with-claude/streaming */
@final
export class MessageStreamReader extends EventStreamReader {
  constructor(
    deltas: DeltaSink,
    private readonly fields: MessageEventFields = new MessageEventFields(deltas),
  ) {
    super(fields, deltas.wantsText ? WITH_TEXTS : WITH_LENGTHS, Beginnings.Compared);
  }

  closing(end: StreamEnd, usage: Usage): Bytes {
    return writeClosing(this.fields.state, this.facts.model, end, usage);
  }
}

/** What is read of the events of a streamed message. */
export class MessageEventFields extends AnswerFields {
  readonly state: StreamState = new StreamState();
  protected readonly usage: ApartUsage;
  private index: i64 = 0;
  private isStop: bool = false;
  private opensBlock: bool = false;
  private isTold: bool = false;

  constructor(
    protected readonly deltas: DeltaSink,
    facts: AnswerFacts = new AnswerFacts(),
  ) {
    super(facts);
    this.usage = new ApartUsage(facts.usage, Apart.Cache);
  }

  /** The beginning of an event that tells more than which block its text belongs to has to be read each time. */
  onMark(): bool {
    return !this.isTold && !this.opensBlock && !this.isStop;
  }

  onEventEnd(event: StreamedEvent): void {
    if (event.delivery == Delivery.Withheld) return;
    if (this.opensBlock) this.state.openBlock = this.index;
    else if (this.isStop) this.state.openBlock = -1;
    this.index = 0;
    this.isStop = false;
    this.opensBlock = false;
    this.isTold = false;
  }

  onOpen(field: i32, _reader: JsonReader): void {
    if (field == Field.Block) this.opensBlock = true;
    else if (field == Field.Error) this.facts.hasError = true;
    else if (field == Field.Message) this.state.hasStarted = true;
    this.isTold = true;
  }

  onScalar(field: i32, reader: JsonReader): void {
    if (field < UsageField.End) this.usage.read(field, reader);
    else if (field == Field.Type) this.isStop = reader.textIs(BLOCK_STOP);
    else if (field == Field.Index) this.index = reader.isInteger ? reader.integer() : 0;
    else if (field == Field.Model) this.facts.model = reader.text();
  }

  onText(field: i32, bytes: Bytes, at: i32, end: i32): void {
    this.facts.textBytes += end - at;
    this.deltas.onDelta(<DeltaKind>(field - Field.Text), 0, bytes, at, end);
  }
}
