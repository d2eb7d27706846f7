import { Bytes } from "../../bytes/bytes";
import { Captured } from "../../bytes/captured";
import { JsonError } from "../../wire/json-kinds";
import { JsonReader } from "../../wire/json-reader";
import { JsonShape, StringForm } from "../../wire/json-shape";
import { AnswerFacts, DeltaKind, DeltaSink, MAX_VALUE_BYTES } from "../answer";
import { AnswerFields, Delivery, StreamedEvent } from "../event-stream";
import { StreamEnd } from "../stream-reader";
import { Usage } from "../usage";
import { Apart, ApartUsage, UsageField } from "../usage-fields";
import { wantTokenUsage } from "./converse-answer";
import { ConverseState, writeConverseClosing } from "./converse-closing";
import { FrameStreamReader, PayloadReader } from "./frames";

enum Field {
  Index = UsageField.End,
  /** Texts come last, in the order of `DeltaKind`. */
  Text,
}

function eventShape(form: StringForm): JsonShape {
  return wantTokenUsage(new JsonShape(), "usage")
    .want("contentBlockIndex", Field.Index)
    .wantString("delta.text", Field.Text + DeltaKind.Content, form)
    .wantString("delta.toolUse.input", Field.Text + DeltaKind.ToolArguments, form)
    .wantString("delta.reasoningContent.text", Field.Text + DeltaKind.Reasoning, form);
}

const WITH_TEXTS = eventShape(StringForm.Text);
const WITH_LENGTHS = eventShape(StringForm.Length);

/** Reads a streamed answer: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStream.html */
@final
export class ConverseStreamReader extends FrameStreamReader {
  constructor(
    deltas: DeltaSink,
    private readonly events: EventFields = new EventFields(deltas),
  ) {
    super(new Payloads(events, deltas.wantsText ? WITH_TEXTS : WITH_LENGTHS));
  }

  closing(end: StreamEnd, usage: Usage): Bytes {
    return writeConverseClosing(this.events.state, end, usage);
  }
}

/** Payloads that are JSON documents, whose meaning is in the name of their event. */
@final
class Payloads extends PayloadReader {
  private readonly json: JsonReader;

  constructor(
    private readonly events: EventFields,
    shape: JsonShape,
  ) {
    super(events);
    this.json = new JsonReader(shape, events, MAX_VALUE_BYTES);
    this.json.skipSame();
  }

  begin(name: Captured): void {
    this.events.event = eventOf(name);
  }

  feed(bytes: Bytes, at: i32, end: i32): void {
    this.json.feed(bytes, at, end);
  }

  finish(): bool {
    const error = this.json.finish();
    this.json.reset();
    return error == JsonError.None;
  }
}

enum Event {
  Other,
  MessageStart,
  BlockStart,
  BlockDelta,
  BlockStop,
  MessageStop,
}

const MESSAGE_START = Bytes.fromString("messageStart");
const BLOCK_START = Bytes.fromString("contentBlockStart");
const BLOCK_DELTA = Bytes.fromString("contentBlockDelta");
const BLOCK_STOP = Bytes.fromString("contentBlockStop");
const MESSAGE_STOP = Bytes.fromString("messageStop");

function eventOf(name: Captured): Event {
  if (name.equals(BLOCK_DELTA)) return Event.BlockDelta;
  if (name.equals(BLOCK_START)) return Event.BlockStart;
  if (name.equals(BLOCK_STOP)) return Event.BlockStop;
  if (name.equals(MESSAGE_START)) return Event.MessageStart;
  return name.equals(MESSAGE_STOP) ? Event.MessageStop : Event.Other;
}


@final
class EventFields extends AnswerFields {
  readonly state: ConverseState = new ConverseState();
  event: Event = Event.Other;
  private readonly usage: ApartUsage;
  private index: i64 = 0;
  /** The index that the beginning said which is compared. */
  private markedIndex: i64 = 0;

  constructor(
    private readonly deltas: DeltaSink,
    facts: AnswerFacts = new AnswerFacts(),
  ) {
    super(facts);
    this.usage = new ApartUsage(facts.usage, Apart.Cache);
  }

  onMark(): bool {
    this.markedIndex = this.index;
    return this.event == Event.BlockDelta;
  }

  onSame(): void {
    this.index = this.markedIndex;
  }

  onEventEnd(event: StreamedEvent): void {
    if (event.delivery == Delivery.Delivered) this.move();
    this.event = Event.Other;
    this.index = 0;
  }

  onScalar(field: i32, reader: JsonReader): void {
    if (field < UsageField.End) this.usage.read(field, reader);
    else if (field == Field.Index) this.index = reader.isInteger ? reader.integer() : 0;
  }

  onText(field: i32, bytes: Bytes, at: i32, end: i32): void {
    this.facts.textBytes += end - at;
    this.deltas.onDelta(<DeltaKind>(field - Field.Text), 0, bytes, at, end);
  }

  private move(): void {
    const state = this.state;
    switch (this.event) {
      case Event.MessageStart:
        state.hasStarted = true;
        break;
      // A text has no start of its own: its first piece opens the block.
      case Event.BlockStart:
      case Event.BlockDelta:
        state.openBlock = this.index;
        break;
      case Event.BlockStop:
        state.openBlock = -1;
        break;
      case Event.MessageStop:
        state.hasStopped = true;
        break;
      default:
        break;
    }
  }
}
