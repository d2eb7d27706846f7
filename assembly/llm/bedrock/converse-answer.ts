import { Bytes } from "../../bytes/bytes";
import { JsonReader } from "../../wire/json-reader";
import { JsonShape, StringForm } from "../../wire/json-shape";
import { AnswerFacts, DeltaKind, DeltaSink } from "../answer";
import { AnswerFields } from "../event-stream";
import { ValueText } from "../value-text";
import { Apart, ApartUsage, UsageField } from "../usage-fields";

enum Field {
  /** The arguments of a tool call, an object. */
  Input = UsageField.End,
  /** Texts come last, in the order of `DeltaKind`. */
  Text,
}

/**
 * Adds the usage object at `path` to a shape. Its input leaves out what was read from the cache and written to it: "the inputTokens
 * field represents only the non-cached input tokens".
 * Source: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_TokenUsage.html,
 * https://docs.aws.amazon.com/bedrock/latest/userguide/prompt-caching.html
 */
export function wantTokenUsage(shape: JsonShape, path: string): JsonShape {
  return shape
    .want(path + ".inputTokens", UsageField.Input)
    .want(path + ".outputTokens", UsageField.Output)
    .want(path + ".cacheReadInputTokens", UsageField.CachedInput)
    .want(path + ".cacheWriteInputTokens", UsageField.CacheWrite);
}

function answerShape(form: StringForm): JsonShape {
  const content = "output.message.content[]";
  return wantTokenUsage(new JsonShape(), "usage")
    .want(content + ".toolUse.input", Field.Input)
    .wantString(content + ".text", Field.Text + DeltaKind.Content, form)
    .wantString(content + ".citationsContent.content[].text", Field.Text + DeltaKind.Content, form)
    .wantString(content + ".reasoningContent.reasoningText.text", Field.Text + DeltaKind.Reasoning, form);
}

/** The shape of an answer whose texts somebody listens to, and of one whose texts are measured only. */
export const CONVERSE_WITH_TEXTS = answerShape(StringForm.Text);
export const CONVERSE_WITH_LENGTHS = answerShape(StringForm.Length);

/** What is read of a whole answer: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html */
@final
export class ConverseFields extends AnswerFields {
  private readonly usage: ApartUsage;
  /** The arguments of tools, which whole answers have as objects. */
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
    if (field == Field.Input) this.values.begin(reader.at);
  }

  onClose(field: i32, reader: JsonReader): void {
    if (field != Field.Input) return;
    this.facts.textBytes += reader.end - reader.at;
    this.values.end(reader.end);
  }

  onScalar(field: i32, reader: JsonReader): void {
    if (field < UsageField.End) this.usage.read(field, reader);
  }

  onText(field: i32, bytes: Bytes, at: i32, end: i32): void {
    this.facts.textBytes += end - at;
    this.deltas.onDelta(<DeltaKind>(field - Field.Text), 0, bytes, at, end);
  }
}
