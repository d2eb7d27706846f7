import { Bytes } from "../../bytes/bytes";
import { Captured } from "../../bytes/captured";
import { AwsEventHeaders, AwsHeader } from "../../wire/aws-event-headers";
import { AwsEventSink, AwsEventStreamReader, AwsStreamError } from "../../wire/aws-event-stream";
import { Cuts } from "../cuts";
import { AnswerFields, Delivery, StreamedEvent } from "../event-stream";
import { StreamReader } from "../stream-reader";
import { Usage } from "../usage";

/** Reads the payloads of a stream's events, one after the other. */
export abstract class PayloadReader {
  constructor(readonly fields: AnswerFields) {}

  /** An event begins that has this name. */
  begin(_name: Captured): void {}
  /** A piece `[at, end)` of its payload. */
  abstract feed(bytes: Bytes, at: i32, end: i32): void;
  /** Its payload is complete, at least one byte: whether it could be read. The next one begins anew. */
  abstract finish(): bool;
}

/** Reads a stream of Bedrock, of which the client sees all: frames of AWS, each an event or the error that ends it. */
export abstract class FrameStreamReader extends StreamReader {
  private readonly frames: Frames;
  private readonly aws: AwsEventStreamReader;

  constructor(payloads: PayloadReader) {
    super(payloads.fields.facts);
    const frames = new Frames(payloads);
    this.frames = frames;
    this.aws = new AwsEventStreamReader(frames);
  }

  get cuts(): Cuts {
    return this.frames.cuts;
  }

  get settledAt(): i64 {
    return this.frames.end;
  }

  get mayBeCut(): bool {
    return false;
  }

  get isServing(): bool {
    return this.frames.serving != Serving.None;
  }

  feed(bytes: Bytes, at: i32, end: i32): void {
    if (this.aws.feed(bytes, at, end) != AwsStreamError.None) this.frames.giveUp();
  }

  finish(): void {
    if (this.aws.finish() != AwsStreamError.None) this.frames.giveUp();
  }

  stopAfterEvent(): void {
    if (this.frames.serving == Serving.All) this.frames.serving = Serving.Last;
  }
}

/** Whether the client gets the frames that come. */
enum Serving {
  All,
  /** It gets the one that is being read, and no more. */
  Last,
  None,
}

const EVENT = Bytes.fromString("event");


@final
class Frames extends AwsEventSink {
  /** There are none: nothing comes only because Weir asked for it. */
  readonly cuts: Cuts = new Cuts();
  serving: Serving = Serving.All;
  /** Stream offset after the last complete frame that the client gets. */
  end: i64 = 0;
  private readonly event: StreamedEvent = new StreamedEvent();
  private isError: bool = false;
  private hasPayload: bool = false;
  private isLost: bool = false;
  /** What was known at the end of the last whole frame. */
  private model: string = "";
  private hadError: bool = false;

  constructor(private readonly payloads: PayloadReader) {
    super();
  }

  onHeader(headers: AwsEventHeaders): void {
    if (headers.header == AwsHeader.MessageType) this.isError = !headers.value.equals(EVENT);
    else if (headers.header == AwsHeader.EventType) this.payloads.begin(headers.value);
  }

  onPayload(bytes: Bytes, at: i32, end: i32): void {
    this.hasPayload = true;
    if (!this.isError) this.payloads.feed(bytes, at, end);
  }

  onFrame(_startAt: i64, endAt: i64): void {
    const fields = this.payloads.fields;
    if (this.isError) fields.facts.hasError = true;
    else if (this.hasPayload && !this.payloads.finish()) fields.facts.isBroken = true;
    this.event.delivery = this.serving == Serving.None ? Delivery.Withheld : Delivery.Delivered;
    fields.onEventEnd(this.event);
    this.model = fields.facts.model;
    this.hadError = fields.facts.hasError;
    this.isError = false;
    this.hasPayload = false;
    if (this.serving != Serving.None) this.end = endAt;
    if (this.serving == Serving.Last) this.serving = Serving.None;
  }

  /** Nothing more can be read. What a frame said whose checksum is wrong is not believed, and its client does not believe it either. */
  giveUp(): void {
    if (this.isLost) return;
    this.isLost = true;
    const facts = this.payloads.fields.facts;
    facts.isBroken = true;
    facts.usage.copy(new Usage());
    facts.model = this.model;
    facts.hasError = this.hadError;
    // The end goes where the last whole frame ends.
    if (this.serving == Serving.Last) this.serving = Serving.None;
  }
}
