import { Bytes } from "../../bytes/bytes";
import { JsonReader } from "../../wire/json-reader";
import { JsonShape, StringForm } from "../../wire/json-shape";
import { wantAnthropicInput } from "../anthropic-messages/answer";
import { AnswerFacts, DeltaKind, DeltaSink } from "../answer";
import { AnswerHead } from "../answer-head";
import { AnswerFields } from "../event-stream";
import { UNKNOWN } from "../usage";
import { ValueText } from "../value-text";
import { Apart, ApartUsage, UsageField } from "../usage-fields";
import { wantTokenUsage } from "./converse-answer";

enum Field {
  Model = UsageField.End,
  /** The arguments of a tool call, an object. */
  Input,
  /** Texts come last, in the order of `DeltaKind`. */
  Text,
}

/**
 * What is read of the answers of all model families, since a profile's ARN does not say which one a call goes to: Anthropic, Nova,
 * Titan, Llama, Cohere, Mistral, and what speaks like OpenAI.
 * Source: https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters.html
 */
function answerShape(form: StringForm): JsonShape {
  const content = Field.Text + DeltaKind.Content;
  const reasoning = Field.Text + DeltaKind.Reasoning;
  const shape = wantTokenUsage(wantAnthropicInput(new JsonShape(), "usage"), "usage");
  return shape
    .want("model", Field.Model)
    .want("usage.output_tokens", UsageField.Output)
    .want("content[].input", Field.Input)
    .wantString("content[].text", content, form)
    .wantString("content[].thinking", reasoning, form)
    .want("usage.cacheReadInputTokenCount", UsageField.CachedInput)
    .want("usage.cacheWriteInputTokenCount", UsageField.CacheWrite)
    .want("output.message.content[].toolUse.input", Field.Input)
    .wantString("output.message.content[].text", content, form)
    .wantString("output.message.content[].reasoningContent.reasoningText.text", reasoning, form)
    .want("inputTextTokenCount", UsageField.Input)
    .want("results[].tokenCount", UsageField.Output)
    .wantString("results[].outputText", content, form)
    .want("prompt_token_count", UsageField.Input)
    .want("generation_token_count", UsageField.Output)
    .wantString("generation", content, form)
    .wantString("text", content, form)
    .wantString("generations[].text", content, form)
    .wantString("outputs[].text", content, form)
    .want("usage.prompt_tokens", UsageField.Input)
    .want("usage.completion_tokens", UsageField.Output)
    .wantString("choices[].message.content", content, form)
    .wantString("choices[].message.reasoning_content", reasoning, form)
    .wantString("choices[].message.tool_calls[].function.arguments", Field.Text + DeltaKind.ToolArguments, form);
}

/** The shape of an answer whose texts somebody listens to, and of one whose texts are measured only. */
export const INVOKE_WITH_TEXTS = answerShape(StringForm.Text);
export const INVOKE_WITH_LENGTHS = answerShape(StringForm.Length);

/**
 * What is read of a whole answer. Usage stands in headers, whatever the model, and then in the body if its family writes it there.
 * Source: https://docs.aws.amazon.com/bedrock/latest/userguide/prompt-caching.html, .../model-parameters.html
 */
@final
export class InvokeFields extends AnswerFields {
  private readonly usage: ApartUsage;
  /** The arguments of tools, which whole answers have as objects. */
  readonly values: ValueText;

  constructor(
    head: AnswerHead,
    private readonly deltas: DeltaSink,
    facts: AnswerFacts = new AnswerFacts(),
  ) {
    super(facts);
    this.values = new ValueText(deltas, DeltaKind.ToolArguments);
    const usage = new ApartUsage(facts.usage, Apart.Cache);
    usage.tell(UsageField.Input, countIn(head, "x-amzn-bedrock-input-token-count"));
    usage.tell(UsageField.Output, countIn(head, "x-amzn-bedrock-output-token-count"));
    usage.tell(UsageField.CachedInput, countIn(head, "x-amzn-bedrock-cache-read-input-token-count"));
    usage.tell(UsageField.CacheWrite, countIn(head, "x-amzn-bedrock-cache-write-input-token-count"));
    this.usage = usage;
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
    else if (field == Field.Model) this.facts.model = reader.text();
  }

  onText(field: i32, bytes: Bytes, at: i32, end: i32): void {
    this.facts.textBytes += end - at;
    this.deltas.onDelta(<DeltaKind>(field - Field.Text), 0, bytes, at, end);
  }
}

/** The most digits of a number of tokens: more are none. */
const MAX_DIGITS = 15;

/** The number of tokens in a header; `UNKNOWN` if there is none. */
function countIn(head: AnswerHead, name: string): i64 {
  const text = head.header(name);
  if (text == null || text.length == 0 || text.length > MAX_DIGITS) return UNKNOWN;
  let count: i64 = 0;
  for (let i = 0; i < text.length; i++) {
    const digit = text.charCodeAt(i) - 0x30;
    if (digit < 0 || digit > 9) return UNKNOWN;
    count = count * 10 + digit;
  }
  return count;
}
