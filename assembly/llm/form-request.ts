import { Bytes } from "../bytes/bytes";
import { ByteWriter } from "../bytes/writer";
import { boundaryOf, fieldName, MultipartReader, MultipartSink } from "../wire/multipart";
import { CallRequest, RequestProblem } from "./call-request";
import { MAX_MODEL_NAME } from "./request-fields";

/** The fields of a form that are read; all others, files among them, pass unread. */
enum Field {
  Other,
  Model,
  Stream,
  N,
  Prompt,
}

/**
 * Reads a form (`multipart/form-data`) into `request`: the model, the prompt's length, how many answers there are to be, and whether they are
 * streamed. Files pass unread, whatever they hold.
 */
export function readForm(request: CallRequest, contentType: string, body: Bytes): CallRequest {
  const boundary = boundaryOf(contentType);
  if (boundary.length == 0) {
    request.reject(RequestProblem.Malformed, "The content type names no boundary.");
    return request;
  }
  const reader = new MultipartReader(new FormFields(request), boundary);
  reader.feed(body, 0, body.length);
  if (!reader.isComplete)
    request.reject(RequestProblem.Malformed, "The body is not the form that its content type says.");
  return request;
}


@final
class FormFields extends MultipartSink {
  private field: Field = Field.Other;
  private seen: u32 = 0;
  private readonly value: ByteWriter = new ByteWriter(64);

  constructor(private readonly request: CallRequest) {
    super();
  }

  onPart(headers: Bytes): void {
    this.field = fieldOf(fieldName(headers));
    this.value.clear();
    const bit = (<u32>1) << this.field;
    // With two of them, Weir and the provider could each believe another one.
    if (this.field != Field.Other && (this.seen & bit) != 0)
      this.request.reject(RequestProblem.Malformed, "The form has a field twice that may stand there once only.");
    this.seen |= bit;
  }

  onData(bytes: Bytes, at: i32, end: i32): void {
    if (this.field == Field.Prompt) this.request.textBytes += end - at;
    else if (this.field != Field.Other && this.value.length + (end - at) <= MAX_MODEL_NAME)
      this.value.bytes(bytes, at, end);
    else if (this.field != Field.Other)
      this.request.reject(RequestProblem.Malformed, "A field of the form is too long.");
  }

  onPartEnd(): void {
    const request = this.request;
    if (this.field == Field.Other || this.field == Field.Prompt) return;
    const text = this.value.toBytes().toString();
    if (this.field == Field.Model) request.model = text;
    else if (this.field == Field.Stream) request.isStreaming = text.toLowerCase() == "true";
    else request.choices = max<i64>(countOf(text), 1);
  }
}

function fieldOf(name: string): Field {
  if (name == "model") return Field.Model;
  if (name == "stream") return Field.Stream;
  if (name == "n") return Field.N;
  return name == "prompt" ? Field.Prompt : Field.Other;
}

function countOf(text: string): i64 {
  let count: i64 = 0;
  for (let i = 0; i < text.length && i < 9; i++) {
    const digit = text.charCodeAt(i) - 0x30;
    if (digit < 0 || digit > 9) return 1;
    count = count * 10 + digit;
  }
  return count;
}
