import { Bytes } from "../../bytes/bytes";
import { JsonKind } from "../../wire/json-kinds";
import { JsonReader } from "../../wire/json-reader";
import { JsonShape, StringForm } from "../../wire/json-shape";
import { AnswerFacts, DeltaKind, DeltaSink } from "../answer";
import { AnswerFields, StreamedEvent } from "../event-stream";
import { readUsage, UsageField } from "../usage-fields";
import { NO_TEXT, TextNames, wantTexts } from "./texts";
import { wantUsage } from "./usage";

enum Field {
  Usage = UsageField.End,
  Id,
  Created,
  Model,
  Error,
  Choices,
  Choice,
  Index,
  /** Texts come last, as `TextNames` tells them apart. */
  Text,
}

/** What is read of a chunk: https://platform.openai.com/docs/api-reference/chat/streaming */
function chunkShape(form: StringForm): JsonShape {
  const shape = wantUsage(new JsonShape())
    .want("usage", Field.Usage)
    .want("id", Field.Id)
    .want("created", Field.Created)
    .want("model", Field.Model)
    .want("error", Field.Error)
    .want("choices", Field.Choices)
    .want("choices[]", Field.Choice)
    .want("choices[].index", Field.Index);
  // Completions that are no chats have their text in the choice itself.
  shape.wantString("choices[].text", Field.Text + DeltaKind.Content, form);
  return wantTexts(shape, "choices[].delta", Field.Text, form);
}

/** The shape of a chunk whose texts somebody listens to, and of one whose texts are measured only. */
export const CHUNK_WITH_TEXTS = chunkShape(StringForm.Text);
export const CHUNK_WITH_LENGTHS = chunkShape(StringForm.Length);

/**
 * The members of one chunk that matter, and what all chunks of a stream have told. Cuts out what came only because Weir asked for usage: the
 * `"usage": null` that the provider then adds to every chunk, and the extra chunk without choices that holds the report.
 */
@final
export class ChunkFields extends AnswerFields {
  id: string = "";
  created: i64 = 0;
  /** The document range of `,"usage": null`, the comma with it; -1 where there is none, or no comma before it. */
  private nullUsageAt: i32 = -1;
  private nullUsageEnd: i32 = -1;
  private hasChoices: bool = false;
  private hasChoice: bool = false;
  private hasUsage: bool = false;
  private readonly names: TextNames = new TextNames();
  private choice: i32 = 0;
  private markedChoice: i32 = 0;

  constructor(
    private readonly deltas: DeltaSink,
    private readonly hidesUsage: bool,
    facts: AnswerFacts = new AnswerFacts(),
  ) {
    super(facts);
  }

  get hidesParts(): bool {
    return this.hidesUsage;
  }

  onEventEnd(event: StreamedEvent): void {
    if (this.hidesUsage && event.isWhole) {
      if (this.isUsageOnly) event.cut();
      else if (this.nullUsageAt >= 0) event.cutRange(this.nullUsageAt, this.nullUsageEnd);
    }
    this.nullUsageAt = -1;
    this.hasChoices = false;
    this.hasChoice = false;
    this.hasUsage = false;
    this.choice = 0;
  }

  /** A beginning with usage or an error in it has to be read each time: a later report replaces an earlier one. */
  onMark(): bool {
    this.markedChoice = this.choice;
    return !this.hasUsage && this.nullUsageAt < 0 && !this.facts.hasError;
  }

  onSame(): void {
    // The text is inside of a choice.
    this.hasChoices = true;
    this.hasChoice = true;
    this.choice = this.markedChoice;
  }

  onOpen(field: i32, reader: JsonReader): void {
    if (field == Field.Choices) this.hasChoices = reader.kind == JsonKind.Array;
    else if (field == Field.Choice) this.hasChoice = true;
    else if (field == Field.Usage) this.hasUsage = reader.kind == JsonKind.Object;
    else if (field == Field.Error) this.facts.hasError = true;
  }

  onScalar(field: i32, reader: JsonReader): void {
    if (field < UsageField.End) readUsage(this.facts.usage, field, reader);
    else if (field == Field.Index) this.choice = reader.isInteger ? <i32>reader.integer() : 0;
    else if (field == Field.Usage) this.markNullUsage(reader);
    else if (field == Field.Choice) this.hasChoice = true;
    else this.readHead(field, reader);
  }

  onText(field: i32, bytes: Bytes, at: i32, end: i32): void {
    const kind = this.names.kindOf(field - Field.Text);
    if (kind == NO_TEXT) return;
    this.facts.textBytes += end - at;
    this.deltas.onDelta(<DeltaKind>kind, this.choice, bytes, at, end);
  }

  onLength(field: i32, bytes: i32): void {
    if (bytes > 0 && this.names.kindOf(field - Field.Text) != NO_TEXT) this.facts.textBytes += bytes;
  }

  /** Whether the chunk holds a report of usage and an empty list of choices: it came only because it was asked for. */
  private get isUsageOnly(): bool {
    return this.hasUsage && this.hasChoices && !this.hasChoice;
  }

  /** What every chunk repeats is read from the first that has it: a stream of 1,000 chunks allocates for one. */
  private readHead(field: i32, reader: JsonReader): void {
    if (field == Field.Model) {
      if (this.facts.model.length == 0) this.facts.model = reader.text();
    } else if (field == Field.Id) {
      if (this.id.length == 0) this.id = reader.text();
    } else if (field == Field.Created) {
      if (this.created == 0 && reader.isInteger) this.created = reader.integer();
    }
  }

  private markNullUsage(reader: JsonReader): void {
    if (reader.kind != JsonKind.Null || reader.commaAt < 0) return;
    this.nullUsageAt = reader.commaAt;
    this.nullUsageEnd = reader.end;
  }
}
