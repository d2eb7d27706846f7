import { Bytes } from "../../bytes/bytes";
import { ByteWriter } from "../../bytes/writer";
import { JsonReader } from "../../wire/json-reader";
import { JsonShape, StringForm } from "../../wire/json-shape";
import { AnswerFacts, AnswerReader, DeltaKind, DeltaSink } from "../answer";
import { AnswerFields, Beginnings, DocumentReader, EventStreamReader } from "../event-stream";
import { StreamEnd } from "../stream-reader";
import { Usage } from "../usage";
import { readUsage, UsageField } from "../usage-fields";

enum Field {
  Model = UsageField.End,
  Error,
  Text,
}

/**
 * What is read of an answer, or of an event of one, about images or sound: the usage, whose totals include their parts, and text.
 * Source: https://platform.openai.com/docs/api-reference/images/object, .../images-streaming, .../audio/json-object,
 * .../audio/transcript-text-done-event (`usage`; images have `input_tokens_details`, sounds `input_token_details`)
 */
function mediaShape(text: string, form: StringForm): JsonShape {
  return new JsonShape()
    .want("usage.input_tokens", UsageField.Input)
    .want("usage.output_tokens", UsageField.Output)
    .want("usage.input_tokens_details.image_tokens", UsageField.ImageInput)
    .want("usage.input_tokens_details.cached_tokens", UsageField.CachedInput)
    .want("usage.output_tokens_details.image_tokens", UsageField.ImageOutput)
    .want("usage.input_token_details.audio_tokens", UsageField.AudioInput)
    .want("model", Field.Model)
    .want("error", Field.Error)
    .wantString(text, Field.Text, form);
}

const WHOLE_WITH_TEXTS = mediaShape("text", StringForm.Text);
const WHOLE_WITH_LENGTHS = mediaShape("text", StringForm.Length);
const EVENT_WITH_TEXTS = mediaShape("delta", StringForm.Text);
const EVENT_WITH_LENGTHS = mediaShape("delta", StringForm.Length);

/** Reads a whole answer about images or sound. */
export function readMediaAnswer(deltas: DeltaSink): AnswerReader {
  return new DocumentReader(new MediaFields(deltas), deltas.wantsText ? WHOLE_WITH_TEXTS : WHOLE_WITH_LENGTHS);
}

/** Reads a streamed one: images in the making, pieces of sound, pieces of a transcript. */
@final
export class MediaStreamReader extends EventStreamReader {
  constructor(deltas: DeltaSink) {
    super(new MediaFields(deltas), deltas.wantsText ? EVENT_WITH_TEXTS : EVENT_WITH_LENGTHS, Beginnings.Read);
  }

  /** Only a transcript brings text, so only one is ended early; it is told as done, without its text, which the client has got in pieces. */
  closing(_end: StreamEnd, usage: Usage): Bytes {
    const out = new ByteWriter(256);
    const input = max<i64>(usage.inputTokens, 0);
    const output = max<i64>(usage.outputTokens, 0);
    out.text('data: {"type":"transcript.text.done","text":"","usage":{"type":"tokens","input_tokens":');
    out.integer(input);
    out.text(',"output_tokens":');
    out.integer(output);
    out.text(',"total_tokens":');
    out.integer(input + output);
    out.text("}}\n\n");
    return out.toBytes();
  }
}


@final
class MediaFields extends AnswerFields {
  constructor(
    private readonly deltas: DeltaSink,
    facts: AnswerFacts = new AnswerFacts(),
  ) {
    super(facts);
  }

  onOpen(field: i32, _reader: JsonReader): void {
    if (field == Field.Error) this.facts.hasError = true;
  }

  onScalar(field: i32, reader: JsonReader): void {
    if (field < UsageField.End) readUsage(this.facts.usage, field, reader);
    else if (field == Field.Model && this.facts.model.length == 0) this.facts.model = reader.text();
  }

  onText(_field: i32, bytes: Bytes, at: i32, end: i32): void {
    this.facts.textBytes += end - at;
    this.deltas.onDelta(DeltaKind.Content, 0, bytes, at, end);
  }
}
