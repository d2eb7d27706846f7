import { Bytes } from "../../bytes/bytes";
import { JsonReader } from "../../wire/json-reader";
import { JsonShape, StringForm } from "../../wire/json-shape";
import { AnswerFacts, AnswerReader, DeltaKind, DeltaSink } from "../answer";
import { AnswerFields, DocumentReader } from "../event-stream";
import { readUsage, UsageField } from "../usage-fields";
import { NO_TEXT, TextNames, wantTexts } from "./texts";
import { wantUsage } from "./usage";

enum Field {
  Model = UsageField.End,
  Error,
  Index,
  /** Texts come last, as `TextNames` tells them apart. */
  Text,
}

function answerShape(form: StringForm): JsonShape {
  const shape = wantUsage(new JsonShape())
    .want("model", Field.Model)
    .want("error", Field.Error)
    .want("choices[].index", Field.Index);
  // Completions that are no chats have their text in the choice itself.
  shape.wantString("choices[].text", Field.Text + DeltaKind.Content, form);
  return wantTexts(shape, "choices[].message", Field.Text, form);
}

const WITH_TEXTS = answerShape(StringForm.Text);
const WITH_LENGTHS = answerShape(StringForm.Length);

/** Reads a whole chat completion: https://platform.openai.com/docs/api-reference/chat/object */
export function readChatAnswer(deltas: DeltaSink): AnswerReader {
  return new DocumentReader(new CompletionFields(deltas), deltas.wantsText ? WITH_TEXTS : WITH_LENGTHS);
}


@final
class CompletionFields extends AnswerFields {
  private readonly names: TextNames = new TextNames();
  private choice: i32 = 0;

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
    else if (field == Field.Index && reader.isInteger) this.choice = <i32>reader.integer();
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
}
