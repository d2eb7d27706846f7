import { Base64Decoder } from "../../bytes/base64";
import { Bytes } from "../../bytes/bytes";
import { JsonError } from "../../wire/json-kinds";
import { JsonReader, JsonSink } from "../../wire/json-reader";
import { JsonShape, StringForm } from "../../wire/json-shape";
import { MESSAGE_TEXT, MessageEventFields, wantMessageEvent } from "../anthropic-messages/stream";
import { DeltaKind, DeltaSink, MAX_VALUE_BYTES } from "../answer";
import { Delivery, StreamedEvent } from "../event-stream";
import { StreamEnd } from "../stream-reader";
import { Usage } from "../usage";
import { UsageField } from "../usage-fields";
import { wantTokenUsage } from "./converse-answer";
import { ConverseState } from "./converse-closing";
import { FrameStreamReader, PayloadReader } from "./frames";
import { Family, writeInvokeClosing } from "./invoke-closing";

/** Behind the fields of a message's event. */
enum Field {
  NovaIndex = 64,
  NovaStart,
  NovaStop,
  NovaEnd,
  /** Texts that a model says, in the order of `Family`. */
  Said,
}

/**
 * What is read of the events of all model families: see `invoke-answer.ts`. The last event of each has metrics that Bedrock adds.
 * Source: https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters.html,
 * https://docs.aws.amazon.com/nova/latest/userguide/using-invoke-api.html
 */
function eventShape(form: StringForm): JsonShape {
  const metrics = "amazon-bedrock-invocationMetrics.";
  const shape = wantTokenUsage(wantMessageEvent(new JsonShape(), form), "metadata.usage");
  return shape
    .want(metrics + "inputTokenCount", UsageField.Input)
    .want(metrics + "outputTokenCount", UsageField.Output)
    .want(metrics + "cacheReadInputTokenCount", UsageField.CachedInput)
    .want(metrics + "cacheWriteInputTokenCount", UsageField.CacheWrite)
    .want("metadata.usage.cacheReadInputTokenCount", UsageField.CachedInput)
    .want("metadata.usage.cacheWriteInputTokenCount", UsageField.CacheWrite)
    .want("messageStart", Field.NovaStart)
    .want("contentBlockStart.contentBlockIndex", Field.NovaIndex)
    .want("contentBlockDelta.contentBlockIndex", Field.NovaIndex)
    .want("contentBlockStop", Field.NovaStop)
    .want("messageStop", Field.NovaEnd)
    .wantString("contentBlockDelta.delta.text", Field.Said + Family.Nova, form)
    .wantString("contentBlockDelta.delta.toolUse.input", MESSAGE_TEXT + DeltaKind.ToolArguments, form)
    .wantString("contentBlockDelta.delta.reasoningContent.text", MESSAGE_TEXT + DeltaKind.Reasoning, form)
    .want("inputTextTokenCount", UsageField.Input)
    .want("totalOutputTextTokenCount", UsageField.Output)
    .wantString("outputText", Field.Said + Family.Titan, form)
    .want("prompt_token_count", UsageField.Input)
    .want("generation_token_count", UsageField.Output)
    .wantString("generation", Field.Said + Family.Llama, form)
    .wantString("text", Field.Said + Family.Cohere, form)
    .wantString("outputs[].text", Field.Said + Family.Mistral, form)
    .want("usage.prompt_tokens", UsageField.Input)
    .want("usage.completion_tokens", UsageField.Output)
    .wantString("choices[].delta.content", Field.Said + Family.OpenAi, form)
    .wantString("choices[].message.content", Field.Said + Family.OpenAi, form)
    .wantString("choices[].delta.reasoning_content", MESSAGE_TEXT + DeltaKind.Reasoning, form)
    .wantString("choices[].delta.tool_calls[].function.arguments", MESSAGE_TEXT + DeltaKind.ToolArguments, form);
}

const WITH_TEXTS = eventShape(StringForm.Text);
const WITH_LENGTHS = eventShape(StringForm.Length);

/**
 * Reads a streamed answer, whose events are the model's own, in base64.
 * Source: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_InvokeModelWithResponseStream.html
 */
@final
export class InvokeStreamReader extends FrameStreamReader {
  constructor(
    deltas: DeltaSink,
    private readonly events: InvokeEventFields = new InvokeEventFields(deltas),
  ) {
    super(new Chunks(events, deltas.wantsText ? WITH_TEXTS : WITH_LENGTHS));
  }

  closing(end: StreamEnd, usage: Usage): Bytes {
    const events = this.events;
    return writeInvokeClosing(events.family, events.state, events.nova, this.facts.model, end, usage);
  }
}

const CHUNK_BYTES = 0;
/** `{"bytes":"..."}`, padding aside. */
const CHUNK = new JsonShape().wantText("bytes", CHUNK_BYTES);

/** Payloads with a JSON document in base64. */
@final
class Chunks extends PayloadReader {
  private readonly json: JsonReader;
  private readonly inside: Inside;

  constructor(events: InvokeEventFields, shape: JsonShape) {
    super(events);
    const inside = new Inside(new JsonReader(shape, events, MAX_VALUE_BYTES));
    this.inside = inside;
    this.json = new JsonReader(CHUNK, inside, MAX_VALUE_BYTES);
  }

  feed(bytes: Bytes, at: i32, end: i32): void {
    this.json.feed(bytes, at, end);
  }

  finish(): bool {
    const error = this.json.finish();
    this.json.reset();
    const isRead = this.inside.finish();
    return error == JsonError.None && isRead;
  }
}

/** Reads the documents that the base64 of chunks holds. */
@final
class Inside extends JsonSink {
  private readonly decoder: Base64Decoder = new Base64Decoder();
  private isFilled: bool = false;

  constructor(private readonly json: JsonReader) {
    super();
    json.skipSame();
  }

  onText(_field: i32, bytes: Bytes, at: i32, end: i32): void {
    const decoder = this.decoder;
    this.isFilled = true;
    for (let i = at; i < end;) {
      i = decoder.take(bytes, i, end);
      this.json.feed(decoder.bytes, 0, decoder.length);
    }
  }

  /** The chunk is complete: whether it could be read, or held nothing. */
  finish(): bool {
    const isDecoded = this.decoder.finish();
    const isRead = !this.isFilled || (isDecoded && this.json.finish() == JsonError.None);
    this.decoder.reset();
    this.json.reset();
    this.isFilled = false;
    return isRead;
  }
}

/** What an event of Nova's does to where its stream stands. */
enum NovaMove {
  None,
  Start,
  BlockStop,
  Stop,
}

/** What is read of the events of any family: those of Anthropic's messages, and others. */
@final
class InvokeEventFields extends MessageEventFields {
  /** Where a stream of Nova's stands. */
  readonly nova: ConverseState = new ConverseState();
  family: Family = Family.Unknown;
  private novaIndex: i64 = -1;
  private novaMove: NovaMove = NovaMove.None;

  constructor(deltas: DeltaSink) {
    super(deltas);
  }

  onMark(): bool {
    return this.family != Family.Nova && super.onMark();
  }

  onOpen(field: i32, reader: JsonReader): void {
    if (field < Field.NovaIndex) return super.onOpen(field, reader);
    if (field == Field.NovaStop) this.novaMove = NovaMove.BlockStop;
    else if (field == Field.NovaEnd) this.novaMove = NovaMove.Stop;
    else if (field == Field.NovaStart) this.novaMove = NovaMove.Start;
    this.family = Family.Nova;
  }

  onScalar(field: i32, reader: JsonReader): void {
    if (field < Field.NovaIndex) return super.onScalar(field, reader);
    if (field == Field.NovaIndex && reader.isInteger) this.novaIndex = reader.integer();
  }

  onText(field: i32, bytes: Bytes, at: i32, end: i32): void {
    const known = field < Field.NovaIndex ? field : MESSAGE_TEXT + DeltaKind.Content;
    super.onText(known, bytes, at, end);
  }

  onTextEnd(field: i32, _reader: JsonReader): void {
    if (field >= Field.Said) this.family = <Family>(field - Field.Said);
  }

  onEventEnd(event: StreamedEvent): void {
    super.onEventEnd(event);
    if (event.delivery == Delivery.Withheld) return;
    if (this.state.hasStarted) this.family = Family.Anthropic;
    this.advanceNova();
  }

  private advanceNova(): void {
    const nova = this.nova;
    if (this.novaIndex >= 0) nova.openBlock = this.novaIndex;
    if (this.novaMove == NovaMove.BlockStop) nova.openBlock = -1;
    else if (this.novaMove == NovaMove.Stop) nova.hasStopped = true;
    else if (this.novaMove == NovaMove.Start) nova.hasStarted = true;
    this.novaIndex = -1;
    this.novaMove = NovaMove.None;
  }
}
