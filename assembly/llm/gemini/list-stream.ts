import { Bytes } from "../../bytes/bytes";
import { ByteWriter } from "../../bytes/writer";
import { JsonError, JsonKind } from "../../wire/json-kinds";
import { JsonReader } from "../../wire/json-reader";
import { AnswerFacts, DeltaSink, MAX_VALUE_BYTES } from "../answer";
import { CallRequest } from "../call-request";
import { Cuts } from "../cuts";
import { Delivery } from "../event-stream";
import { StreamEnd, StreamReader } from "../stream-reader";
import { Usage } from "../usage";
import { ChunkFields, isChunk, LIST_WITH_LENGTHS, LIST_WITH_TEXTS } from "./answer";
import { writeLastChunk } from "./closing";

/**
 * Reads an answer that is streamed as a JSON list, which it is without `?alt=sse`: `[{...}`, then `,` and `{...}` for each further chunk, then `]`.
 * It is one document, read as it comes; behind each of its chunks it can be ended, by one more chunk and the bracket.
 *
 * A chunk's arguments of functions are told when the piece that they came in is read, so perhaps behind texts of the chunk that follows.
 */
@final
export class GeminiListReader extends StreamReader {
  /** There are none: nothing comes only because Weir asked for it. */
  private readonly noCuts: Cuts = new Cuts();
  private readonly json: JsonReader;
  private fed: i32 = 0;

  constructor(
    request: CallRequest,
    deltas: DeltaSink,
    private readonly fields: ListFields = new ListFields(request, deltas),
  ) {
    super(fields.facts);
    this.json = new JsonReader(deltas.wantsText ? LIST_WITH_TEXTS : LIST_WITH_LENGTHS, fields, MAX_VALUE_BYTES);
  }

  get cuts(): Cuts {
    return this.noCuts;
  }

  get settledAt(): i64 {
    return this.fields.settledAt;
  }

  get mayBeCut(): bool {
    return false;
  }

  get isServing(): bool {
    return this.fields.serving != Serving.None;
  }

  feed(bytes: Bytes, at: i32, end: i32): void {
    if (this.facts.isBroken) return;
    const fed = this.fed;
    this.fed += end - at;
    if (this.json.feed(bytes, at, end) != JsonError.None) this.facts.isBroken = true;
    else this.fields.values.tellPiece(bytes, at, fed, this.fed);
  }

  finish(): void {
    if (this.json.finish() != JsonError.None) this.facts.isBroken = true;
  }

  stopAfterEvent(): void {
    if (this.fields.serving == Serving.All) this.fields.serving = Serving.Last;
  }

  closing(end: StreamEnd, usage: Usage): Bytes {
    const out = new ByteWriter(512);
    out.text(this.settledAt == 0 ? "[" : ",\n");
    writeLastChunk(out, this.fields.state, this.facts.model, end, usage);
    out.text("\n]\n");
    return out.toBytes();
  }
}

/** Whether the client gets the chunks that come. */
enum Serving {
  All,
  /** It gets the one that is being read, and no more. */
  Last,
  None,
}


@final
class ListFields extends ChunkFields {
  serving: Serving = Serving.All;
  /** Stream offset behind the last complete chunk that the client gets. */
  settledAt: i64 = 0;

  constructor(request: CallRequest, deltas: DeltaSink) {
    super(request, deltas, new AnswerFacts());
  }

  onClose(field: i32, reader: JsonReader): void {
    super.onClose(field, reader);
    if (!isChunk(field) || reader.kind != JsonKind.Object) return;
    this.endChunk(this.serving == Serving.None ? Delivery.Withheld : Delivery.Delivered);
    // An object that stands alone is no list that can be gone on with.
    if (reader.depth == 1 && this.serving != Serving.None) this.settledAt = reader.end;
    if (this.serving == Serving.Last) this.serving = Serving.None;
  }
}
