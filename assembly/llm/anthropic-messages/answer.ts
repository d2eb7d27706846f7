import { Bytes } from "../../bytes/bytes";
import { JsonReader } from "../../wire/json-reader";
import { JsonShape, StringForm } from "../../wire/json-shape";
import { AnswerFacts, DeltaKind, DeltaSink } from "../answer";
import { AnswerFields } from "../event-stream";
import { ValueText } from "../value-text";
import { Apart, ApartUsage, UsageField } from "../usage-fields";

enum Field {
  Model = UsageField.End,
  Error,
  /** The arguments of a tool call, an object. */
  Input,
  /** Texts come last, in the order of `DeltaKind`. */
  Text,
}

/**
 * Adds the usage object at `path` to a shape. Its input leaves out what was read from the cache and written to it: the
 * whole input is the sum of the three.
 * Source: https://docs.anthropic.com/en/api/messages (`usage`)
 */
export function wantAnthropicInput(shape: JsonShape, path: string): JsonShape {
  return shape
    .want(path + ".input_tokens", UsageField.Input)
    .want(path + ".cache_read_input_tokens", UsageField.CachedInput)
    .want(path + ".cache_creation_input_tokens", UsageField.CacheWrite);
}

function messageShape(form: StringForm): JsonShape {
  return wantAnthropicInput(new JsonShape(), "usage")
    .want("usage.output_tokens", UsageField.Output)
    .want("model", Field.Model)
    .want("error", Field.Error)
    .want("content[].input", Field.Input)
    .wantString("content[].text", Field.Text + DeltaKind.Content, form)
    .wantString("content[].thinking", Field.Text + DeltaKind.Reasoning, form);
}

/** The shape of a message whose texts somebody listens to, and of one whose texts are measured only. */
export const MESSAGE_WITH_TEXTS = messageShape(StringForm.Text);
export const MESSAGE_WITH_LENGTHS = messageShape(StringForm.Length);

/** What is read of a whole message: https://docs.anthropic.com/en/api/messages */
@final
export class MessageFields extends AnswerFields {
  private readonly usage: ApartUsage;
  /** The arguments of tools, which whole messages have as objects. */
  readonly values: ValueText;

  constructor(
    private readonly deltas: DeltaSink,
    facts: AnswerFacts = new AnswerFacts(),
  ) {
    super(facts);
    this.values = new ValueText(deltas, DeltaKind.ToolArguments);
    this.usage = new ApartUsage(facts.usage, Apart.Cache);
  }

  onOpen(field: i32, reader: JsonReader): void {
    if (field == Field.Error) this.facts.hasError = true;
    else if (field == Field.Input) this.values.begin(reader.at);
  }

  onClose(field: i32, reader: JsonReader): void {
    if (field != Field.Input) return;
    this.facts.textBytes += reader.end - reader.at;
    this.values.end(reader.end);
  }

  onScalar(field: i32, reader: JsonReader): void {
    if (field < UsageField.End) this.usage.read(field, reader);
    else if (field == Field.Model) this.facts.model = reader.text();
  }

  onText(field: i32, bytes: Bytes, at: i32, end: i32): void {
    this.facts.textBytes += end - at;
    this.deltas.onDelta(<DeltaKind>(field - Field.Text), 0, bytes, at, end);
  }
}
