import { Bytes } from "../../bytes/bytes";
import { JsonReader } from "../../wire/json-reader";
import { JsonShape, StringForm } from "../../wire/json-shape";
import { AnswerFacts, DeltaKind, DeltaSink } from "../answer";
import { AnswerFields } from "../event-stream";
import { readUsage, UsageField } from "../usage-fields";
import { wantResponseUsage } from "./usage";

enum Field {
  Model = UsageField.End,
  Error,
  ItemType,
  /** Texts come last, in the order of `DeltaKind`. */
  Text,
}

function responseShape(form: StringForm): JsonShape {
  return (
    wantResponseUsage(new JsonShape(), "usage")
      .want("model", Field.Model)
      .want("error", Field.Error)
      .want("output[].type", Field.ItemType)
      .wantString("output[].content[].text", Field.Text + DeltaKind.Content, form)
      .wantString("output[].content[].transcript", Field.Text + DeltaKind.Content, form)
      .wantString("output[].content[].refusal", Field.Text + DeltaKind.Refusal, form)
      .wantString("output[].summary[].text", Field.Text + DeltaKind.Reasoning, form)
      .wantString("output[].arguments", Field.Text + DeltaKind.ToolArguments, form)
      // What a tool with a grammar of its own, and the interpreter of code, are given.
      .wantString("output[].input", Field.Text + DeltaKind.ToolArguments, form)
      .wantString("output[].code", Field.Text + DeltaKind.ToolArguments, form)
      .wantString("output[].operation.diff", Field.Text + DeltaKind.ToolArguments, form)
      .wantString("output[].action.commands[]", Field.Text + DeltaKind.ToolArguments, form)
  );
}

/** The shape of a response whose texts somebody listens to, and of one whose texts are measured only. */
export const RESPONSE_WITH_TEXTS = responseShape(StringForm.Text);
export const RESPONSE_WITH_LENGTHS = responseShape(StringForm.Length);

const REASONING = Bytes.fromString("reasoning");

/** What is read of a whole response: https://platform.openai.com/docs/api-reference/responses/object */
@final
export class ResponseFields extends AnswerFields {
  /** Whether the item is reasoning: a server that shows it in full does so where others have what is said. */
  private isReasoning: bool = false;

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
    else if (field == Field.Model) this.facts.model = reader.text();
    else if (field == Field.ItemType) this.isReasoning = reader.textIs(REASONING);
  }

  onText(field: i32, bytes: Bytes, at: i32, end: i32): void {
    this.facts.textBytes += end - at;
    const kind = <DeltaKind>(field - Field.Text);
    const isShown = kind == DeltaKind.Content && this.isReasoning;
    this.deltas.onDelta(isShown ? DeltaKind.Reasoning : kind, 0, bytes, at, end);
  }
}
