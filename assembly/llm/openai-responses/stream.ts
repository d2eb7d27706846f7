import { Bytes } from "../../bytes/bytes";
import { JsonReader } from "../../wire/json-reader";
import { JsonShape, StringForm } from "../../wire/json-shape";
import { AnswerFacts, DeltaKind, DeltaSink } from "../answer";
import { AnswerFields, Beginnings, Delivery, EventStreamReader, StreamedEvent } from "../event-stream";
import { StreamEnd } from "../stream-reader";
import { Usage } from "../usage";
import { readUsage, UsageField } from "../usage-fields";
import { StreamState, writeClosing } from "./closing";
import { kindOfDelta, SOUND } from "./delta-types";
import { wantResponseUsage } from "./usage";

enum Field {
  Type = UsageField.End,
  SequenceNumber,
  Response,
  Id,
  CreatedAt,
  Model,
  Error,
  Delta,
}

/**
 * What is read of an event. Texts come twice, as deltas and again whole when a part of the answer is done: the deltas are read.
 */
function eventShape(form: StringForm): JsonShape {
  return wantResponseUsage(new JsonShape(), "response.usage")
    .want("type", Field.Type)
    .want("sequence_number", Field.SequenceNumber)
    .want("response", Field.Response)
    .want("response.id", Field.Id)
    .want("response.created_at", Field.CreatedAt)
    .want("response.model", Field.Model)
    .want("response.error", Field.Error)
    .want("error", Field.Error)
    .wantString("delta", Field.Delta, form);
}

const WITH_TEXTS = eventShape(StringForm.Text);
const WITH_LENGTHS = eventShape(StringForm.Length);

const ERROR = Bytes.fromString("error");
const FAILED = Bytes.fromString("response.failed");

/** Reads a streamed response: https://platform.openai.com/docs/api-reference/responses-streaming */
@final
export class ResponseStreamReader extends EventStreamReader {
  constructor(
    deltas: DeltaSink,
    private readonly fields: EventFields = new EventFields(deltas),
  ) {
    super(fields, deltas.wantsText ? WITH_TEXTS : WITH_LENGTHS, Beginnings.Compared);
  }

  closing(end: StreamEnd, usage: Usage): Bytes {
    return writeClosing(this.fields.state, this.facts.model, end, usage);
  }
}

/** What the running event tells, and what all of them have told. */
@final
class EventFields extends AnswerFields {
  readonly state: StreamState = new StreamState();
  /** A `DeltaKind`, or `SOUND`. A type that comes behind its delta comes too late: the delta is content. */
  private kind: i32 = DeltaKind.Content;
  private sequence: i64 = -1;
  private hasResponse: bool = false;
  private markedKind: i32 = DeltaKind.Content;
  private markedSequence: i64 = -1;

  constructor(
    private readonly deltas: DeltaSink,
    facts: AnswerFacts = new AnswerFacts(),
  ) {
    super(facts);
  }

  onMark(): bool {
    this.markedKind = this.kind;
    this.markedSequence = this.sequence;
    return !this.hasResponse && !this.facts.hasError;
  }

  onSame(): void {
    this.kind = this.markedKind;
    this.sequence = this.markedSequence;
  }

  onEventEnd(event: StreamedEvent): void {
    if (event.delivery == Delivery.Delivered) {
      this.state.sequence = max<i64>(this.state.sequence, this.sequence);
      if (this.hasResponse) this.state.hasStarted = true;
    }
    this.kind = DeltaKind.Content;
    this.sequence = -1;
    this.hasResponse = false;
  }

  onOpen(field: i32, _reader: JsonReader): void {
    if (field == Field.Response) this.hasResponse = true;
    else if (field == Field.Error) this.facts.hasError = true;
  }

  onScalar(field: i32, reader: JsonReader): void {
    if (field < UsageField.End) readUsage(this.facts.usage, field, reader);
    else if (field == Field.SequenceNumber) this.sequence = reader.isInteger ? reader.integer() : -1;
    else if (field == Field.Type) this.readType(reader);
    else this.readHead(field, reader);
  }

  onText(_field: i32, bytes: Bytes, at: i32, end: i32): void {
    if (this.kind == SOUND) return;
    this.facts.textBytes += end - at;
    this.deltas.onDelta(<DeltaKind>this.kind, 0, bytes, at, end);
  }

  onLength(_field: i32, bytes: i32): void {
    if (this.kind != SOUND) this.facts.textBytes += bytes;
  }

  private readType(reader: JsonReader): void {
    this.kind = kindOfDelta(reader);
    if (reader.textIs(ERROR) || reader.textIs(FAILED)) this.facts.hasError = true;
  }

  /** What several events repeat is read from the first. */
  private readHead(field: i32, reader: JsonReader): void {
    const state = this.state;
    if (field == Field.Model) {
      if (this.facts.model.length == 0) this.facts.model = reader.text();
    } else if (field == Field.Id) {
      if (state.id.length == 0) state.id = reader.text();
    } else if (field == Field.CreatedAt) {
      if (state.createdAt == 0 && reader.isInteger) state.createdAt = reader.integer();
    }
  }
}
