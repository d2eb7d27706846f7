import { Bytes } from "../bytes/bytes";
import { enterCall, leave } from "../memory/arena";
import { JsonError, JsonKind } from "../wire/json-kinds";
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
  /** The object that the bound stands in. */
  MaxOutputHome,
  /** Members up to here may stand once only. */
  LastUnique = MaxOutputHome,
  Text,
  /** A value that the model reads as JSON. */
  Value,
  /** A member that each body has, before which that object can be put. */
  Anchor,
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
  /** The object that it stands in; empty if that is the body itself. */
  private homeName: string = "";
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

  /**
   * The bound stands as `name` in the object `home`, which can be put before the member `anchor`, an array or object, where a body has none. The
   * first spelling is the one that is put there.
   */
  maxOutputIn(home: string, name: string, anchor: string): RequestShape {
    if (this.homeName.length == 0) {
      this.maxOutputName = name;
      this.homeName = home;
    }
    return this.want(home, Field.MaxOutputHome)
      .want(anchor, Field.Anchor)
      .maxOutput(home + "." + name);
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

  /** A value of any type that the model reads as JSON. */
  value(path: string): RequestShape {
    this.shape.want(path, Field.Value);
    return this;
  }

  /** Reads a whole body into `request`. What cannot be read is told by its `problem`. */
  read(request: CallRequest, body: Bytes): CallRequest {
    // What reads is scratch; what is read lives as long as the request.
    const outer = enterCall();
    const fields = new ShapeFields(request, this.names, this.maxOutputName, this.homeName);
    const reader = new JsonReader(this.shape, fields, MAX_MODEL_NAME);
    leave(outer);
    let error = reader.feed(body, 0, body.length);
    if (error == JsonError.None) error = reader.finish();
    if (error != JsonError.None) rejectJson(request, error, reader.errorAt);
    else if (!isObject(body)) request.reject(RequestProblem.Malformed, "The body must be an object.");
    else if (fields.homeAt >= 0) request.boundInsertTail = isEmptyFrom(body, fields.homeAt) ? "" : ",";
    return request;
  }

  /** Lowers the bound that the body has to `tokens`, or sets one where there is a place; false if there is none. */
  boundOutput(request: CallRequest, tokens: i64): bool {
    const number = tokens.toString();
    if (request.boundAt >= 0) return request.edits.replace(request.boundAt, request.boundEnd, Bytes.fromString(number));
    const name = this.maxOutputName;
    if (name.length == 0 || request.boundInsertAt < 0) return false;
    const isPlain = this.homeName.length == 0;
    const head = isPlain ? '"' + name + '":' : request.boundInsertHead;
    const tail = isPlain ? "," : request.boundInsertTail;
    return request.edits.insert(request.boundInsertAt, Bytes.fromString(head + number + tail));
  }

  private want(path: string, field: Field): RequestShape {
    this.shape.want(path, field);
    if (field <= Field.LastUnique && this.names[field].length == 0) this.names[field] = "'" + path + "'";
    return this;
  }
}

const COUNT = "an integer, zero or above";

/** Whether the object whose first byte is before `at` is empty. */
function isEmptyFrom(body: Bytes, at: i32): bool {
  let i = at;
  while (i < body.length && body[i] <= 0x20) i++;
  return i < body.length && body[i] == 0x7d; // }
}


@final
class ShapeFields extends RequestFields {
  /** Behind the brace of the object that the bound stands in; -1 if there is none. */
  homeAt: i32 = -1;

  constructor(
    request: CallRequest,
    private readonly names: StaticArray<string>,
    private readonly maxOutputName: string,
    private readonly homeName: string,
  ) {
    super(request, Field.LastUnique);
  }

  onOpen(field: i32, reader: JsonReader): void {
    if (!this.isFirst(field)) return;
    if (field == Field.MaxOutputHome) this.openHome(reader);
    else if (field == Field.Anchor) this.openAnchor(reader);
    else if (field == Field.Model) this.expect(unchecked(this.names[field]), "a string");
    else if (field == Field.Stream) this.expect(unchecked(this.names[field]), "a boolean");
    else if (field <= Field.LastUnique) this.expect(unchecked(this.names[field]), COUNT);
  }

  onClose(field: i32, reader: JsonReader): void {
    if (field == Field.Value) this.request.textBytes += reader.end - reader.at;
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
      case Field.MaxOutputHome:
        this.expect(unchecked(this.names[field]), "an object");
        break;
      case Field.Value:
        request.textBytes += reader.end - reader.at;
        break;
      default:
        break;
    }
  }

  private openHome(reader: JsonReader): void {
    if (reader.kind != JsonKind.Object) return this.expect(unchecked(this.names[Field.MaxOutputHome]), "an object");
    this.homeAt = reader.at + 1;
    this.request.boundInsertAt = this.homeAt;
    this.request.boundInsertHead = '"' + this.maxOutputName + '":';
  }

  private openAnchor(reader: JsonReader): void {
    if (this.hasSeen(Field.MaxOutputHome)) return;
    this.request.boundInsertAt = reader.keyAt;
    this.request.boundInsertHead = '"' + this.homeName + '":{"' + this.maxOutputName + '":';
    this.request.boundInsertTail = "},";
  }
}
