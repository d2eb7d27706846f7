import { Bytes } from "../../bytes/bytes";
import { matchesAny } from "../../bytes/glob";
import { enterCall, leave } from "../../memory/arena";
import { JsonError, JsonKind } from "../../wire/json-kinds";
import { JsonReader } from "../../wire/json-reader";
import { JsonShape } from "../../wire/json-shape";
import { CallRequest, RequestProblem, UsageReport } from "../call-request";
import { isObject, MAX_MODEL_NAME, rejectJson, RequestFields } from "../request-fields";

/** What is read of a request; each API has a shape with some of them. */
export enum RequestField {
  Model,
  Stream,
  StreamOptions,
  IncludeUsage,
  MaxTokens,
  MaxCompletionTokens,
  N,
  /** Members up to here may stand once only. */
  LastUnique = N,
  /** A text. */
  Text,
  /** An element of a list of inputs: a text, a list of token ids, or a token id of the only input. */
  Item,
  /** A token id of one of several inputs. */
  TokenId,
}

/** Adds what all of OpenAI's APIs that generate text have in common to a shape. */
export function wantGeneration(shape: JsonShape): JsonShape {
  return shape
    .want("model", RequestField.Model)
    .want("stream", RequestField.Stream)
    .want("stream_options", RequestField.StreamOptions)
    .want("stream_options.include_usage", RequestField.IncludeUsage)
    .want("max_tokens", RequestField.MaxTokens)
    .want("max_completion_tokens", RequestField.MaxCompletionTokens)
    .want("n", RequestField.N);
}

const CHAT = wantGeneration(new JsonShape())
  .wantLength("messages[].content", RequestField.Text)
  .wantLength("messages[].content[].text", RequestField.Text)
  .wantLength("messages[].tool_calls[].function.arguments", RequestField.Text);

const INCLUDE_USAGE = Bytes.fromString('"include_usage":true');
const INCLUDE_USAGE_FIRST = Bytes.fromString('"include_usage":true,');
const TRUE = Bytes.fromString("true");
const STREAM_OPTIONS = Bytes.fromString('{"include_usage":true}');
const STREAM_OPTIONS_FIRST = Bytes.fromString('"stream_options":{"include_usage":true},');

/** Reads the body of a chat completion request: https://platform.openai.com/docs/api-reference/chat/create */
export function readChatRequest(body: Bytes): CallRequest {
  return readOpenAiRequest(body, CHAT);
}

/**
 * Reads the body of a request of one of OpenAI's APIs, of which `shape` wants fields of `RequestField`. A streamed request whose client did not
 * ask for a report of usage is edited so that it asks.
 */
export function readOpenAiRequest(body: Bytes, shape: JsonShape): CallRequest {
  const request = new CallRequest();
  // What reads is scratch; what is read lives as long as the request.
  const outer = enterCall();
  const fields = new OpenAiFields(request, body);
  const reader = new JsonReader(shape, fields, MAX_MODEL_NAME);
  leave(outer);
  let error = reader.feed(body, 0, body.length);
  if (error == JsonError.None) error = reader.finish();
  if (error != JsonError.None) rejectJson(request, error, reader.errorAt);
  else fields.finish();
  return request;
}

/** Lowers or sets the bound of each answer, by the name that the model's API has for it. */
export function boundOpenAiOutput(request: CallRequest, tokens: i64): bool {
  const number = tokens.toString();
  if (request.boundAt >= 0) return request.edits.replace(request.boundAt, request.boundEnd, Bytes.fromString(number));
  const name = matchesAny(NEWER_BOUND, request.model) ? "max_completion_tokens" : "max_tokens";
  return request.edits.insert(request.boundInsertAt, Bytes.fromString('"' + name + '":' + number + ","));
}

/** Models that refuse the older name, `max_tokens`. */
const NEWER_BOUND = ["o1*", "o3*", "o4*", "gpt-5*"];

const COUNTS = "'n', 'max_tokens' and 'max_completion_tokens'";
const ARE_COUNTS = "integers, zero or above";


@final
class OpenAiFields extends RequestFields {
  private streamKeyAt: i32 = -1;
  private options: JsonKind = JsonKind.Null;
  private hasOptions: bool = false;
  private optionsAt: i32 = 0;
  private optionsEnd: i32 = 0;
  private hasIncludeUsage: bool = false;
  private includeUsage: bool = false;
  private includeUsageAt: i32 = 0;
  private includeUsageEnd: i32 = 0;

  constructor(
    request: CallRequest,
    private readonly body: Bytes,
  ) {
    super(request, RequestField.LastUnique);
  }

  onOpen(field: i32, reader: JsonReader): void {
    if (!this.isFirst(field)) return;
    switch (field) {
      case RequestField.StreamOptions:
        this.hasOptions = true;
        this.options = reader.kind;
        this.optionsAt = reader.at;
        break;
      case RequestField.Model:
        this.expect("'model'", "a string");
        break;
      case RequestField.Stream:
        this.expect("'stream'", "a boolean");
        break;
      case RequestField.MaxTokens:
      case RequestField.MaxCompletionTokens:
      case RequestField.N:
        this.expect(COUNTS, "integers");
        break;
      case RequestField.Item:
        this.request.inputs++;
        break;
      default:
        break;
    }
  }

  onClose(field: i32, reader: JsonReader): void {
    if (field == RequestField.StreamOptions) this.optionsEnd = reader.end;
  }

  onScalar(field: i32, reader: JsonReader): void {
    if (!this.isFirst(field)) return;
    switch (field) {
      case RequestField.Model:
        this.readModel("'model'", reader);
        break;
      case RequestField.Stream:
        this.streamKeyAt = reader.keyAt;
        this.readStream("'stream'", reader);
        break;
      case RequestField.StreamOptions:
        this.hasOptions = true;
        this.options = reader.kind;
        this.optionsAt = reader.at;
        this.optionsEnd = reader.end;
        break;
      case RequestField.IncludeUsage:
        this.hasIncludeUsage = true;
        this.includeUsage = reader.kind == JsonKind.Boolean && reader.boolean;
        this.includeUsageAt = reader.at;
        this.includeUsageEnd = reader.end;
        break;
      case RequestField.MaxTokens:
      case RequestField.MaxCompletionTokens:
        // The newer name wins where a client sends both, as it does at the provider.
        if (field == RequestField.MaxTokens && this.hasSeen(RequestField.MaxCompletionTokens)) break;
        this.request.boundAt = reader.at;
        this.request.boundEnd = reader.end;
        this.request.maxOutputTokens = this.readCount(COUNTS, ARE_COUNTS, reader, this.request.maxOutputTokens);
        break;
      case RequestField.N:
        this.request.choices = max<i64>(this.readCount(COUNTS, ARE_COUNTS, reader, 1), 1);
        break;
      case RequestField.Item:
      case RequestField.TokenId:
        if (reader.kind == JsonKind.Number) this.request.tokenIds++;
        break;
      default:
        break;
    }
  }

  onTextEnd(field: i32, _reader: JsonReader): void {
    if (field == RequestField.Item) this.request.inputs++;
  }

  /** The document was read to its end: decides whether the provider has to be asked for usage. */
  finish(): void {
    const request = this.request;
    if (!isObject(this.body)) this.expect("The body", "an object");
    // Where the path names the model, the body need not.
    if (request.boundInsertAt < 0) request.boundInsertAt = this.firstMember();
    if (request.problem != RequestProblem.None || !request.isStreaming) return;
    if (this.hasIncludeUsage && this.includeUsage) {
      request.usageReport = UsageReport.Asked;
      return;
    }
    if (this.askForUsage()) request.usageReport = UsageReport.Unasked;
  }

  /** Edits the body so that it asks for usage; false where `stream_options` is of a type that the provider will refuse. */
  private askForUsage(): bool {
    const edits = this.request.edits;
    if (!this.hasOptions) return edits.insert(this.streamKeyAt, STREAM_OPTIONS_FIRST);
    if (this.options == JsonKind.Null) return edits.replace(this.optionsAt, this.optionsEnd, STREAM_OPTIONS);
    if (this.options != JsonKind.Object) return false;
    if (this.hasIncludeUsage) return edits.replace(this.includeUsageAt, this.includeUsageEnd, TRUE);
    const isEmpty = this.isBlank(this.optionsAt + 1, this.optionsEnd - 1);
    return edits.insert(this.optionsAt + 1, isEmpty ? INCLUDE_USAGE : INCLUDE_USAGE_FIRST);
  }

  /** Where the first member of the body stands; -1 if it has none. */
  private firstMember(): i32 {
    const body = this.body;
    let i = 0;
    while (i < body.length && body[i] != 0x22 /* " */ && body[i] != 0x7d /* } */) i++;
    return i < body.length && body[i] == 0x22 ? i : -1;
  }

  private isBlank(at: i32, end: i32): bool {
    for (let i = at; i < end; i++) if (this.body[i] > 0x20) return false;
    return true;
  }
}
