import { Bytes } from "../../bytes/bytes";
import { JsonKind } from "../../wire/json-kinds";
import { JsonReader } from "../../wire/json-reader";
import { JsonShape, StringForm } from "../../wire/json-shape";
import { AnswerFacts, DeltaKind, DeltaSink } from "../answer";
import { CallRequest } from "../call-request";
import { AnswerFields, Delivery, StreamedEvent } from "../event-stream";
import { UNKNOWN } from "../usage";
import { Apart, ApartUsage, tokensOf, UsageField } from "../usage-fields";
import { ValueText } from "../value-text";
import { CandidatesState } from "./closing";
import { Belonging, HeldTexts } from "./held-texts";

enum Field {
  /** A whole answer, or what is streamed at once of one. */
  Chunk = UsageField.End,
  Candidate,
  Index,
  Finish,
  Part,
  Thought,
  Arguments,
  Model,
  Error,
  /** The prompt was not let through. */
  Block,
  /** Tokens by modality. */
  InputDetail,
  OutputDetail,
  Modality,
  ModalityTokens,
  /** Texts come last, in the order of `DeltaKind`. */
  Text,
}

/** Adds to `shape` what is read of an answer or chunk that stands at `path`: empty for the document itself, `[].` for each of a list. */
function wantChunk(shape: JsonShape, path: string, form: StringForm): JsonShape {
  const candidate = path + "candidates[]";
  const part = candidate + ".content.parts[]";
  const usage = path + "usageMetadata.";
  return shape
    .want(path.length == 0 ? "" : "[]", Field.Chunk)
    .want(candidate, Field.Candidate)
    .want(part, Field.Part)
    .wantString(part + ".text", Field.Text + DeltaKind.Content, form)
    .want(part + ".thought", Field.Thought)
    .want(part + ".functionCall.args", Field.Arguments)
    .wantString(part + ".functionCall.partialArgs[].stringValue", Field.Text + DeltaKind.ToolArguments, form)
    .wantString(part + ".executableCode.code", Field.Text + DeltaKind.ToolArguments, form)
    .want(candidate + ".index", Field.Index)
    .want(candidate + ".finishReason", Field.Finish)
    .want(usage + "promptTokenCount", UsageField.Input)
    .want(usage + "candidatesTokenCount", UsageField.Output)
    .want(usage + "thoughtsTokenCount", UsageField.Reasoning)
    .want(usage + "cachedContentTokenCount", UsageField.CachedInput)
    .want(usage + "toolUsePromptTokenCount", UsageField.ExtraInput)
    .want(usage + "promptTokensDetails[]", Field.InputDetail)
    .want(usage + "promptTokensDetails[].modality", Field.Modality)
    .want(usage + "promptTokensDetails[].tokenCount", Field.ModalityTokens)
    .want(usage + "candidatesTokensDetails[]", Field.OutputDetail)
    .want(usage + "candidatesTokensDetails[].modality", Field.Modality)
    .want(usage + "candidatesTokensDetails[].tokenCount", Field.ModalityTokens)
    .want(path + "modelVersion", Field.Model)
    .want(path + "promptFeedback.blockReason", Field.Block)
    .want(path + "error", Field.Error);
}

/** The shape of an answer whose texts somebody listens to, and of one whose texts are measured only. */
export const ANSWER_WITH_TEXTS = wantChunk(new JsonShape(), "", StringForm.Text);
export const ANSWER_WITH_LENGTHS = wantChunk(new JsonShape(), "", StringForm.Length);

/** The same for a list of answers. In the place of the list there may be an error alone. */
export const LIST_WITH_TEXTS = wantChunk(wantChunk(new JsonShape(), "", StringForm.Text), "[].", StringForm.Text);
export const LIST_WITH_LENGTHS = wantChunk(wantChunk(new JsonShape(), "", StringForm.Length), "[].", StringForm.Length);

/** Whether `field` is a whole answer or chunk. */
export function isChunk(field: i32): bool {
  return field == Field.Chunk;
}

const IMAGE = Bytes.fromString("IMAGE");
const AUDIO = Bytes.fromString("AUDIO");

enum Modality {
  Other,
  Image,
  Audio,
}

/**
 * What is read of an answer, and of each chunk of a streamed one: https://ai.google.dev/api/generate-content#generatecontentresponse
 *
 * Thoughts and the prompts of Google's own tools stand beside the other tokens: the total is the sum of `promptTokenCount`,
 * `candidatesTokenCount`, `toolUsePromptTokenCount` and `thoughtsTokenCount`; what was read from a cache is within `promptTokenCount`.
 * Source: https://cloud.google.com/vertex-ai/generative-ai/docs/reference/rest/v1/GenerateContentResponse#UsageMetadata
 */
export class ChunkFields extends AnswerFields {
  readonly state: CandidatesState;
  /** The arguments of functions. */
  readonly values: ValueText;
  private readonly held: HeldTexts;
  private readonly usage: ApartUsage;
  /** How many candidates and parts of the chunk have begun. */
  private candidates: i32 = 0;
  private parts: i32 = 0;
  /** Whether the running candidate is finished, and which of the chunk are: a bit for each. */
  private isFinished: bool = false;
  private finished: u32 = 0;
  private isBlocked: bool = false;
  /** Whether anything else was told of the chunk yet. */
  private isTold: bool = false;
  private hasOutput: bool = false;
  private hasThoughts: bool = false;
  private modality: Modality = Modality.Other;
  private modalityTokens: i64 = UNKNOWN;
  /** The name of the model as each chunk repeats it. */
  private model: Bytes = Bytes.of(new ArrayBuffer(0));

  constructor(request: CallRequest, deltas: DeltaSink, facts: AnswerFacts = new AnswerFacts()) {
    super(facts);
    this.state = new CandidatesState(request.choices);
    this.values = new ValueText(deltas, DeltaKind.ToolArguments);
    this.held = new HeldTexts(deltas, request.choices > 1 ? Belonging.Said : Belonging.Known);
    this.usage = new ApartUsage(facts.usage, Apart.Reasoning);
  }

  /** Of what stands before the first text of a chunk the same is known each time, if that is all that it tells. */
  onMark(): bool {
    return !this.isTold && this.candidates == 1 && this.parts == 1;
  }

  onSame(): void {
    this.beginCandidate();
    this.beginPart();
  }

  onEventEnd(event: StreamedEvent): void {
    this.endChunk(event.delivery);
  }

  /** The chunk is read, whole or not: the next one begins. */
  endChunk(delivery: Delivery): void {
    this.held.tellAll();
    if (delivery == Delivery.Delivered) this.state.finished |= this.finished;
    this.candidates = 0;
    this.parts = 0;
    this.isFinished = false;
    this.finished = 0;
    this.isBlocked = false;
    this.isTold = false;
    this.hasOutput = false;
    this.hasThoughts = false;
  }

  onOpen(field: i32, reader: JsonReader): void {
    switch (field) {
      case Field.Candidate:
        return this.beginCandidate();
      case Field.Part:
        return this.beginPart();
      case Field.InputDetail:
      case Field.OutputDetail:
        this.modality = Modality.Other;
        this.modalityTokens = UNKNOWN;
        break;
      case Field.Arguments:
        this.values.begin(reader.at);
        break;
      case Field.Error:
        this.facts.hasError = true;
        break;
      default:
        break;
    }
    if (field != Field.Chunk) this.isTold = true;
  }

  onClose(field: i32, reader: JsonReader): void {
    switch (field) {
      case Field.Chunk:
        if (reader.kind == JsonKind.Object) this.settleOutput();
        break;
      case Field.Candidate:
        this.endCandidate();
        break;
      case Field.Part:
        this.held.endPart();
        break;
      case Field.Arguments:
        this.facts.textBytes += reader.end - reader.at;
        this.values.end(reader.end);
        break;
      case Field.InputDetail:
        this.tellModality(UsageField.ImageInput, UsageField.AudioInput);
        break;
      case Field.OutputDetail:
        this.tellModality(UsageField.ImageOutput, UsageField.AudioOutput);
        break;
      default:
        break;
    }
  }

  onScalar(field: i32, reader: JsonReader): void {
    this.isTold = true;
    if (field < UsageField.End) return this.readUsage(field, reader);
    switch (field) {
      case Field.Thought:
        if (reader.kind == JsonKind.Boolean && reader.boolean) this.held.setThought();
        break;
      case Field.Index:
        if (reader.isInteger && reader.integer() >= 0)
          this.held.choice = <i32>min<i64>(reader.integer(), i32.MAX_VALUE);
        break;
      case Field.Finish:
        this.isFinished = reader.kind == JsonKind.String;
        break;
      case Field.Model:
        if (reader.kind == JsonKind.String && !reader.textIs(this.model)) this.setModel(reader.text());
        break;
      case Field.Block:
        this.isBlocked = reader.kind == JsonKind.String;
        break;
      case Field.Modality:
        this.modality = reader.textIs(IMAGE) ? Modality.Image : reader.textIs(AUDIO) ? Modality.Audio : Modality.Other;
        break;
      case Field.ModalityTokens:
        this.modalityTokens = tokensOf(reader);
        break;
      default:
        break;
    }
  }

  onText(field: i32, bytes: Bytes, at: i32, end: i32): void {
    this.facts.textBytes += end - at;
    this.held.add(<DeltaKind>(field - Field.Text), bytes, at, end);
  }

  private beginCandidate(): void {
    this.held.choice = this.candidates;
    this.candidates++;
    this.isFinished = false;
  }

  private beginPart(): void {
    this.parts++;
    this.held.beginPart();
  }

  private endCandidate(): void {
    const choice = this.held.choice;
    if (this.isFinished && choice < CandidatesState.MAX) this.finished |= (<u32>1) << choice;
    this.held.tellAll();
  }

  private setModel(name: string): void {
    this.facts.model = name;
    this.model = Bytes.fromString(name);
  }

  private readUsage(field: i32, reader: JsonReader): void {
    if (field == UsageField.Output) this.hasOutput = true;
    else if (field == UsageField.Reasoning) this.hasThoughts = true;
    this.usage.read(field, reader);
  }

  /**
   * A count of zero is left out. So no count is one of zero where the report tells of thoughts, or where no text can follow; else nothing is known
   * yet, as in the first chunks of Vertex AI.
   */
  private settleOutput(): void {
    const isOver = this.isBlocked || this.finished != 0;
    if (!this.hasOutput && (this.hasThoughts || isOver) && this.facts.usage.inputTokens != UNKNOWN)
      this.usage.tell(UsageField.Output, 0);
  }

  private tellModality(image: UsageField, audio: UsageField): void {
    if (this.modality == Modality.Image) this.usage.tell(image, this.modalityTokens);
    else if (this.modality == Modality.Audio) this.usage.tell(audio, this.modalityTokens);
  }
}
