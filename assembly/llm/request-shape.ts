import { Bytes } from "../bytes/bytes";
import { enterCall, leave } from "../memory/arena";
import { JsonError, jsonErrorText, JsonKind } from "../wire/json-kinds";
import { JsonReader, JsonSink } from "../wire/json-reader";
import { JsonShape } from "../wire/json-shape";
import { CallRequest, RequestProblem } from "./call-request";

/** What Weir reads of a request. */
enum Field {
  Model,
  Stream,
  MaxOutput,
  Choices,
  /** Members up to here may stand once only: with two of them, Weir and the provider could each believe another one. */
  LastUnique = Choices,
  Text,
}

/** Longest model name that is read; longer ones are refused, since a name cut short could match a rule that the whole does not. */
const MAX_MODEL_NAME = 256;

/**
 * Where a dialect has what Weir reads of a request that is a JSON object: a dialect says it once, and then reads with it.
 *
 *     const REQUEST = new RequestShape().model("model").stream("stream").maxOutput("max_tokens").text("messages[].content");
 *
 * Paths are those of `JsonShape`. Several paths may be said for one thing: they are spellings of it, of which a body has one.
 */
@final
export class RequestShape {
  private readonly shape: JsonShape = new JsonShape();
  /** The path that is spoken of when a field is wrong, and whether the bound can be set where the body has none. */
  private readonly names: StaticArray<string> = new StaticArray<string>(Field.LastUnique + 1).fill("");

  /** The model's name. Returns this, as all of them do. */
  model(path: string): RequestShape {
    return this.want(path, Field.Model);
  }

  /** Whether the answer is to be streamed. */
  stream(path: string): RequestShape {
    return this.want(path, Field.Stream);
  }

  /** The bound on each answer, in tokens. */
  maxOutput(path: string): RequestShape {
    return this.want(path, Field.MaxOutput);
  }

  /** How many answers there are to be. */
  choices(path: string): RequestShape {
    return this.want(path, Field.Choices);
  }

  /** Text that the model reads. */
  text(path: string): RequestShape {
    this.shape.wantLength(path, Field.Text);
    return this;
  }

  /** Reads a whole body into `request`. What cannot be read is told by its `problem`. */
  read(request: CallRequest, body: Bytes): CallRequest {
    // What reads is scratch; what is read lives as long as the request.
    const outer = enterCall();
    const fields = new RequestFields(request, this.names);
    const reader = new JsonReader(this.shape, fields, MAX_MODEL_NAME);
    leave(outer);
    let error = reader.feed(body, 0, body.length);
    if (error == JsonError.None) error = reader.finish();
    if (error != JsonError.None) rejectJson(request, error, reader.errorAt);
    else if (!isObject(body)) request.reject(RequestProblem.Malformed, "The body must be an object.");
    return request;
  }

  /** Lowers the bound that the body has to `tokens`, or sets one before the model's name; false if there is no place for it. */
  boundOutput(request: CallRequest, tokens: i64): bool {
    const number = tokens.toString();
    if (request.boundAt >= 0) return request.edits.replace(request.boundAt, request.boundEnd, Bytes.fromString(number));
    const name = unchecked(this.names[Field.MaxOutput]);
    if (name.length == 0 || name.includes(".") || request.boundInsertAt < 0) return false;
    return request.edits.insert(request.boundInsertAt, Bytes.fromString('"' + name + '":' + number + ","));
  }

  private want(path: string, field: Field): RequestShape {
    this.shape.want(path, field);
    if (this.names[field].length == 0) this.names[field] = path;
    return this;
  }
}

/** Says of a request that its body is no JSON. */
export function rejectJson(request: CallRequest, error: JsonError, at: i32): void {
  const text = "The body is not valid JSON: " + jsonErrorText(error) + " at byte " + at.toString() + ".";
  request.reject(RequestProblem.Malformed, text);
}

/** Whether the JSON document `body` is an object. */
function isObject(body: Bytes): bool {
  let i = 0;
  while (i < body.length && body[i] <= 0x20) i++;
  return i < body.length && body[i] == 0x7b; // {
}

class RequestFields extends JsonSink {
  private seen: u32 = 0;

  constructor(
    private readonly request: CallRequest,
    private readonly names: StaticArray<string>,
  ) {
    super();
  }

  onOpen(field: i32, _reader: JsonReader): void {
    if (!this.isFirst(field)) return;
    if (field == Field.Model) this.expect(field, "a string");
    else if (field == Field.Stream) this.expect(field, "a boolean");
    else if (field <= Field.LastUnique) this.expect(field, "an integer, zero or above");
  }

  onScalar(field: i32, reader: JsonReader): void {
    if (!this.isFirst(field)) return;
    const request = this.request;
    switch (field) {
      case Field.Model:
        this.readModel(reader);
        break;
      case Field.Stream:
        if (reader.kind == JsonKind.Boolean) request.isStreaming = reader.boolean;
        else if (reader.kind != JsonKind.Null) this.expect(field, "a boolean");
        break;
      case Field.MaxOutput:
        request.boundAt = reader.at;
        request.boundEnd = reader.end;
        request.maxOutputTokens = this.readCount(field, reader, request.maxOutputTokens);
        break;
      case Field.Choices:
        request.choices = max<i64>(this.readCount(field, reader, 1), 1);
        break;
      default:
        break;
    }
  }

  onLength(_field: i32, bytes: i32): void {
    this.request.textBytes += bytes;
  }

  private readModel(reader: JsonReader): void {
    if (reader.kind != JsonKind.String) return this.expect(Field.Model, "a string");
    const model = reader.text();
    if (reader.isTruncated || model.length > MAX_MODEL_NAME) return this.expect(Field.Model, "a shorter string");
    this.request.model = model;
    this.request.boundInsertAt = reader.keyAt;
  }

  /** A number of tokens or answers; what the client did not say, or said with null, is `fallback`. */
  private readCount(field: i32, reader: JsonReader, fallback: i64): i64 {
    if (reader.kind == JsonKind.Null) return fallback;
    if (reader.kind == JsonKind.Number && reader.isInteger && reader.integer() >= 0) return reader.integer();
    this.expect(field, "an integer, zero or above");
    return fallback;
  }

  private isFirst(field: i32): bool {
    if (field > Field.LastUnique) return true;
    if ((this.seen & ((<u32>1) << field)) != 0) {
      this.request.reject(RequestProblem.Malformed, "The body names a member twice that may stand there once only.");
      return false;
    }
    this.seen |= (<u32>1) << field;
    return true;
  }

  private expect(field: i32, type: string): void {
    const name = field <= Field.LastUnique ? unchecked(this.names[field]) : "";
    this.request.reject(RequestProblem.Malformed, "'" + name + "' must be " + type + ".");
  }
}
