import { Bytes } from "../bytes/bytes";
import { ByteWriter } from "../bytes/writer";
import { JsonReader, JsonSink } from "./json-reader";
import { JsonShape } from "./json-shape";

const TEXT = new JsonShape().wantText("", 0);
const NOTHING: Bytes = Bytes.of(new ArrayBuffer(0));

/**
 * Decodes strings of a document that was read: after `read` the text is `[at, end)` of `bytes`, until the next `read`.
 *
 * A string without escapes is lent as it stands; the text of another one is gathered. What is gathered grows in the arena that is
 * current: make it, and use it, in the call arena.
 */
@final
export class JsonText {
  private readonly gatherer: Gatherer = new Gatherer();
  private readonly reader: JsonReader = new JsonReader(TEXT, this.gatherer, 0);

  get bytes(): Bytes {
    return this.gatherer.bytes;
  }

  get at(): i32 {
    return this.gatherer.at;
  }

  get end(): i32 {
    return this.gatherer.end;
  }

  /** Decodes `[at, end)` of `body`: a valid JSON string without its quotes, which stand before and behind it. */
  read(body: Bytes, at: i32, end: i32): void {
    const gatherer = this.gatherer;
    const reader = this.reader;
    gatherer.begin(body, at);
    reader.reset();
    reader.feed(body, at - 1, end + 1);
    gatherer.finish();
  }
}

class Gatherer extends JsonSink {
  bytes: Bytes = NOTHING;
  at: i32 = 0;
  end: i32 = 0;
  private readonly gathered: ByteWriter = new ByteWriter();

  begin(body: Bytes, at: i32): void {
    this.bytes = body;
    this.at = at;
    this.end = at;
    this.gathered.clear();
  }

  finish(): void {
    if (this.gathered.length == 0) return;
    this.bytes = this.gathered.toBytes();
    this.at = 0;
    this.end = this.bytes.length;
  }

  onText(_field: i32, bytes: Bytes, at: i32, end: i32): void {
    // What is not the body is the reader's own buffer of decoded characters, good for this call only.
    if (bytes == this.bytes && this.end == this.at && this.gathered.length == 0) {
      this.at = at;
      this.end = end;
      return;
    }
    this.gathered.bytes(this.bytes, this.at, this.end);
    this.end = this.at;
    this.gathered.bytes(bytes, at, end);
  }
}
