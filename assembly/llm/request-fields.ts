import { Bytes } from "../bytes/bytes";
import { JsonError, jsonErrorText, JsonKind } from "../wire/json-kinds";
import { JsonReader, JsonSink } from "../wire/json-reader";
import { CallRequest, RequestProblem } from "./call-request";

/** Longest model name that is read; longer ones are refused, since a name cut short could match a rule that the whole does not. */
export const MAX_MODEL_NAME = 256;

/** The fields of a request's body as they come; what is wrong with one is told by the request's problem. */
export abstract class RequestFields extends JsonSink {
  private seen: u32 = 0;

  /**
   * Fields up to `lastUnique`, at most 31, may stand once only: with two of them, Weir and the provider could each believe another one.
   */
  constructor(
    protected readonly request: CallRequest,
    private readonly lastUnique: i32,
  ) {
    super();
  }

  onLength(_field: i32, bytes: i32): void {
    this.request.textBytes += bytes;
  }

  /** Whether a field may be read: it comes for the first time, or may come often. */
  protected isFirst(field: i32): bool {
    if (field > this.lastUnique) return true;
    if (this.hasSeen(field)) {
      this.request.reject(RequestProblem.Malformed, "The body names a member twice that may stand there once only.");
      return false;
    }
    this.seen |= (<u32>1) << field;
    return true;
  }

  protected hasSeen(field: i32): bool {
    return (this.seen & ((<u32>1) << field)) != 0;
  }

  /** Reads the model's name, which `name` calls in quotes. */
  protected readModel(name: string, reader: JsonReader): void {
    if (reader.kind != JsonKind.String) return this.expect(name, "a string");
    const model = reader.text();
    if (reader.isTruncated || model.length > MAX_MODEL_NAME) return this.expect(name, "a shorter string");
    this.request.model = model;
    this.request.boundInsertAt = reader.keyAt;
  }

  /** Reads whether the answer is to be streamed. */
  protected readStream(name: string, reader: JsonReader): void {
    if (reader.kind == JsonKind.Boolean) this.request.isStreaming = reader.boolean;
    else if (reader.kind != JsonKind.Null) this.expect(name, "a boolean");
  }

  /** A number of tokens or answers, of which `name` must be `type`; what the client did not say, or said with null, is `fallback`. */
  protected readCount(name: string, type: string, reader: JsonReader, fallback: i64): i64 {
    if (reader.kind == JsonKind.Null) return fallback;
    if (reader.kind == JsonKind.Number && reader.isInteger && reader.integer() >= 0) return reader.integer();
    this.expect(name, type);
    return fallback;
  }

  protected expect(what: string, type: string): void {
    this.request.reject(RequestProblem.Malformed, what + " must be " + type + ".");
  }
}

/** Says of a request that its body is no JSON. */
export function rejectJson(request: CallRequest, error: JsonError, at: i32): void {
  const text = "The body is not valid JSON: " + jsonErrorText(error) + " at byte " + at.toString() + ".";
  request.reject(RequestProblem.Malformed, text);
}

/** Whether the JSON document `body` is an object. */
export function isObject(body: Bytes): bool {
  let i = 0;
  while (i < body.length && body[i] <= 0x20) i++;
  return i < body.length && body[i] == 0x7b; // {
}
