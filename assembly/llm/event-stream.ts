import { Bytes } from "../bytes/bytes";
import { JsonError } from "../wire/json-kinds";
import { JsonReader, JsonSink } from "../wire/json-reader";
import { JsonShape } from "../wire/json-shape";
import { SseReader, SseSink } from "../wire/sse";
import { AnswerFacts, AnswerReader, MAX_VALUE_BYTES } from "./answer";
import { Cuts } from "./cuts";
import { StreamReader } from "./stream-reader";
import { ValueText } from "./value-text";

/** What a dialect reads of each event of a stream, or of a whole answer: its wanted fields, as they come. */
export abstract class AnswerFields extends JsonSink {
  constructor(readonly facts: AnswerFacts) {
    super();
  }

  /** Whether events may hold what came only because Weir asked for it, and the client is not to see. */
  get hidesParts(): bool {
    return false;
  }

  /**
   * The event is read to its end, and the next one begins. What the end of a stream depends on is what the client gets of it; what it is not
   * to see is cut out of `event` now.
   */
  onEventEnd(_event: StreamedEvent): void {}

  onLength(_field: i32, bytes: i32): void {
    this.facts.textBytes += bytes;
  }
}

/** Whether the client gets an event. */
export enum Delivery {
  Delivered,
  /** It comes behind the one after which the stream is ended. */
  Withheld,
}

/** An event that is read to its end, of which parts may be cut out. */
@final
export class StreamedEvent {
  readonly cuts: Cuts = new Cuts();
  delivery: Delivery = Delivery.Delivered;
  /** Whether its data were a whole JSON document: what is left of a broken one is not believed. */
  isWhole: bool = true;
  /** Stream offsets of the event, with its end of line, and of its data. */
  at: i64 = 0;
  end: i64 = 0;
  dataAt: i64 = 0;
  /** Whether document offsets and stream offsets run alike in it: they do not after a second data line. */
  isOneLine: bool = true;

  /** The client is not to see it. */
  cut(): void {
    this.cuts.add(this.at, this.end);
  }

  /** The client is not to see `[at, end)` of its document; false, and nothing is cut, where the document lies on several lines. */
  cutRange(at: i32, end: i32): bool {
    if (this.isOneLine) this.cuts.add(this.dataAt + at, this.dataAt + end);
    return this.isOneLine;
  }
}

/** Reads an answer that is one JSON document. */
@final
export class DocumentReader extends AnswerReader {
  private readonly json: JsonReader;

  private fed: i32 = 0;

  /** `values` tells of the values that `fields` begins and ends with it. */
  constructor(
    fields: AnswerFields,
    shape: JsonShape,
    private readonly values: ValueText | null = null,
  ) {
    super(fields.facts);
    this.json = new JsonReader(shape, fields, MAX_VALUE_BYTES);
  }

  feed(bytes: Bytes, at: i32, end: i32): void {
    if (this.facts.isBroken) return;
    const fed = this.fed;
    this.fed += end - at;
    if (this.json.feed(bytes, at, end) != JsonError.None) this.facts.isBroken = true;
    const values = this.values;
    if (values && !this.facts.isBroken) values.tellPiece(bytes, at, fed, this.fed);
  }

  finish(): void {
    if (this.json.finish() != JsonError.None) this.facts.isBroken = true;
  }
}

/** What is read of the beginning of an event that is like the one before. */
export enum Beginnings {
  /** All of it, each time. */
  Read,
  /** It is compared: `AnswerFields` has `onMark` and `onSame`. */
  Compared,
}

/** Reads a stream of Server-Sent Events whose data are JSON documents. A dialect says how to end it, and `values` as `DocumentReader` does. */
export abstract class EventStreamReader extends StreamReader {
  private readonly events: EventFrames;
  private readonly sse: SseReader;

  constructor(fields: AnswerFields, shape: JsonShape, beginnings: Beginnings, values: ValueText | null = null) {
    super(fields.facts);
    const json = new JsonReader(shape, fields, MAX_VALUE_BYTES);
    if (beginnings == Beginnings.Compared) json.skipSame();
    const events = new EventFrames(fields, json, values);
    this.events = events;
    this.sse = new SseReader(events);
  }

  get cuts(): Cuts {
    return this.events.event.cuts;
  }

  get settledAt(): i64 {
    return this.events.end;
  }

  get mayBeCut(): bool {
    return this.events.mayBeCut;
  }

  get isServing(): bool {
    return this.events.serving != Serving.None;
  }

  feed(bytes: Bytes, at: i32, end: i32): void {
    this.sse.feed(bytes, at, end);
  }

  finish(): void {
    this.sse.finish();
  }

  stopAfterEvent(): void {
    if (this.events.serving == Serving.All) this.events.serving = Serving.Last;
  }
}

/** Whether the client gets the events that come. */
enum Serving {
  All,
  /** It gets the one that is being read, and no more. */
  Last,
  None,
}

/** What the data of an event turns out to be at its first byte. */
enum EventData {
  None,
  Document,
  /** `[DONE]`, or nothing that any dialect knows. */
  Other,
}


@final
class EventFrames extends SseSink {
  readonly event: StreamedEvent = new StreamedEvent();
  serving: Serving = Serving.All;
  /** Stream offset after the last complete event that the client gets. */
  end: i64 = 0;
  private data: EventData = EventData.None;
  private documentLength: i32 = 0;

  constructor(
    private readonly fields: AnswerFields,
    private readonly json: JsonReader,
    private readonly values: ValueText | null,
  ) {
    super();
  }

  /** Whether the event that goes on could still hold something to be cut. */
  get mayBeCut(): bool {
    return this.fields.hidesParts && this.data != EventData.Other;
  }

  onData(bytes: Bytes, at: i32, end: i32, streamAt: i64): void {
    if (at == end) return;
    if (this.data == EventData.None)
      this.begin(bytes[at] == 0x7b /* { */ ? EventData.Document : EventData.Other, streamAt);
    if (this.data != EventData.Document) return;
    if (streamAt != this.event.dataAt + this.documentLength) this.event.isOneLine = false;
    const documentAt = this.documentLength;
    this.documentLength += end - at;
    const isValid = this.json.feed(bytes, at, end) == JsonError.None;
    const values = this.values;
    if (values && isValid) values.tellPiece(bytes, at, documentAt, this.documentLength);
  }

  onEvent(startAt: i64, endAt: i64): void {
    if (this.data == EventData.Document) this.endDocument(startAt, endAt);
    this.data = EventData.None;
    if (this.serving != Serving.None) this.end = endAt;
    if (this.serving == Serving.Last) this.serving = Serving.None;
  }

  private begin(data: EventData, streamAt: i64): void {
    this.data = data;
    this.documentLength = 0;
    this.event.dataAt = streamAt;
    this.event.isOneLine = true;
  }

  private endDocument(startAt: i64, endAt: i64): void {
    const isWhole = this.json.finish() == JsonError.None;
    if (!isWhole) this.giveUp();
    this.json.reset();
    const event = this.event;
    event.at = startAt;
    event.end = endAt;
    event.isWhole = isWhole;
    event.delivery = this.serving == Serving.None ? Delivery.Withheld : Delivery.Delivered;
    this.fields.onEventEnd(event);
  }
  private giveUp(): void {
    this.fields.facts.isBroken = true;
    const values = this.values;
    if (values) values.drop();
  }
}
