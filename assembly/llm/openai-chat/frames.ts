import { Bytes } from "../../bytes/bytes";
import { JsonError } from "../../wire/json-kinds";
import { JsonReader } from "../../wire/json-reader";
import { SseSink } from "../../wire/sse";
import { AnswerFacts, DeltaSink, MAX_VALUE_BYTES } from "../answer";
import { Cuts } from "../cuts";
import { CHUNK_WITH_LENGTHS, CHUNK_WITH_TEXTS, ChunkFields } from "./chunk";

/** Whether the client gets the events that come. */
enum Serving {
  All,
  /** It gets the one that is being read, and no more. */
  Last,
  None,
}

/** What the data of an event turns out to be at its first byte. */
enum EventData {
  None,
  Chunk,
  /** `[DONE]`, or nothing that this dialect knows. */
  Other,
}

/**
 * The events of a streamed chat completion: reads the chunk in each, and marks as cuts what came only because Weir asked for usage:
 * the `"usage": null` that the provider then adds to every chunk, and the extra chunk without choices that holds the report.
 */
export class ChatFrames extends SseSink {
  readonly chunk: ChunkFields;
  readonly cuts: Cuts = new Cuts();
  /** Stream offset after the last complete event that the client gets. */
  eventsEnd: i64 = 0;
  private serving: Serving = Serving.All;
  private readonly json: JsonReader;
  private data: EventData = EventData.None;
  private dataAt: i64 = 0;
  private documentLength: i32 = 0;
  /** Whether document offsets and stream offsets still run alike in this event: they do not after a second data line. */
  private isOneLine: bool = true;

  constructor(
    private readonly facts: AnswerFacts,
    private readonly hidesUsage: bool,
    deltas: DeltaSink,
    chunk: ChunkFields = new ChunkFields(facts, deltas),
  ) {
    super();
    this.chunk = chunk;
    const json = new JsonReader(deltas.wantsText ? CHUNK_WITH_TEXTS : CHUNK_WITH_LENGTHS, chunk, MAX_VALUE_BYTES);
    json.skipSame();
    this.json = json;
  }

  /** Whether the event that goes on could still hold something to be cut. */
  get mayBeCut(): bool {
    return this.hidesUsage && this.data != EventData.Other;
  }

  /** Whether the client gets the event that is being read. */
  get isServing(): bool {
    return this.serving != Serving.None;
  }

  /** The event that is being read is the last that the client gets. */
  stopAfterEvent(): void {
    if (this.serving == Serving.All) this.serving = Serving.Last;
  }

  onData(bytes: Bytes, at: i32, end: i32, streamAt: i64): void {
    if (at == end) return;
    if (this.data == EventData.None) {
      this.data = bytes[at] == 0x7b /* { */ ? EventData.Chunk : EventData.Other;
      this.dataAt = streamAt;
    }
    if (this.data != EventData.Chunk) return;
    if (streamAt != this.dataAt + this.documentLength) this.isOneLine = false;
    this.json.feed(bytes, at, end);
    this.documentLength += end - at;
  }

  onEvent(startAt: i64, endAt: i64): void {
    if (this.data == EventData.Chunk) this.endChunk(startAt, endAt);
    if (this.serving != Serving.None) this.eventsEnd = endAt;
    if (this.serving == Serving.Last) this.serving = Serving.None;
    this.data = EventData.None;
    this.documentLength = 0;
    this.isOneLine = true;
  }

  private endChunk(startAt: i64, endAt: i64): void {
    const chunk = this.chunk;
    if (this.json.finish() != JsonError.None) this.facts.isBroken = true;
    else if (this.hidesUsage) {
      if (chunk.isUsageOnly) this.cuts.add(startAt, endAt);
      else if (chunk.nullUsageAt >= 0 && this.isOneLine)
        this.cuts.add(this.dataAt + chunk.nullUsageAt, this.dataAt + chunk.nullUsageEnd);
    }
    this.json.reset();
    chunk.reset();
  }
}
