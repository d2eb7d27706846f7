import { Bytes } from "../bytes/bytes";
import { enterCall, leave } from "../memory/arena";
import { JsonError } from "../wire/json-kinds";
import { JsonReader } from "../wire/json-reader";
import { JsonShape } from "../wire/json-shape";
import { CallRequest, RequestProblem } from "./call-request";
import { isObject, MAX_MODEL_NAME, rejectJson, RequestFields } from "./request-fields";

/** What Weir reads of a request. */
enum Field {
  Model,
  Stream,
  MaxOutput,
  Choices,
  /** Members up to here may stand once only. */
  LastUnique = Choices,
  Text,
}

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
  /** The name of the bound where the body can be given one. */
  private maxOutputName: string = "";
  /** What is said of a field that is wrong: its first path, in quotes. */
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
    if (this.maxOutputName.length == 0 && !path.includes(".")) this.maxOutputName = path;
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
    const fields = new ShapeFields(request, this.names);
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
    const name = this.maxOutputName;
    if (name.length == 0 || request.boundInsertAt < 0) return false;
    return request.edits.insert(request.boundInsertAt, Bytes.fromString('"' + name + '":' + number + ","));
  }

  private want(path: string, field: Field): RequestShape {
    this.shape.want(path, field);
    if (this.names[field].length == 0) this.names[field] = "'" + path + "'";
    return this;
  }
}

const COUNT = "an integer, zero or above";


@final
class ShapeFields extends RequestFields {
  constructor(
    request: CallRequest,
    private readonly names: StaticArray<string>,
  ) {
    super(request, Field.LastUnique);
  }

  onOpen(field: i32, _reader: JsonReader): void {
    if (!this.isFirst(field)) return;
    if (field == Field.Model) this.expect(unchecked(this.names[field]), "a string");
    else if (field == Field.Stream) this.expect(unchecked(this.names[field]), "a boolean");
    else if (field <= Field.LastUnique) this.expect(unchecked(this.names[field]), COUNT);
  }

  onScalar(field: i32, reader: JsonReader): void {
    if (!this.isFirst(field)) return;
    const request = this.request;
    switch (field) {
      case Field.Model:
        this.readModel(unchecked(this.names[field]), reader);
        break;
      case Field.Stream:
        this.readStream(unchecked(this.names[field]), reader);
        break;
      case Field.MaxOutput:
        request.boundAt = reader.at;
        request.boundEnd = reader.end;
        request.maxOutputTokens = this.readCount(unchecked(this.names[field]), COUNT, reader, request.maxOutputTokens);
        break;
      case Field.Choices:
        request.choices = max<i64>(this.readCount(unchecked(this.names[field]), COUNT, reader, 1), 1);
        break;
      default:
        break;
    }
  }
}
