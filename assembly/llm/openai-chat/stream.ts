import { Bytes } from "../../bytes/bytes";
import { SseReader } from "../../wire/sse";
import { AnswerFacts, DeltaSink } from "../answer";
import { CallRequest, UsageReport } from "../call-request";
import { Cuts } from "../cuts";
import { StreamEnd, StreamReader } from "../stream-reader";
import { Usage } from "../usage";
import { ChunkForm, ChunkHead, writeClosing } from "./closing";
import { ChatFrames } from "./frames";

/** Reads a streamed chat completion: https://platform.openai.com/docs/api-reference/chat/streaming */
export class ChatStreamReader extends StreamReader {
  private readonly frames: ChatFrames;
  private readonly sse: SseReader;

  constructor(
    private readonly request: CallRequest,
    deltas: DeltaSink,
    private readonly form: ChunkForm = ChunkForm.Chat,
    facts: AnswerFacts = new AnswerFacts(),
    frames: ChatFrames = new ChatFrames(facts, request.usageReport == UsageReport.Unasked, deltas),
  ) {
    super(facts);
    this.frames = frames;
    this.sse = new SseReader(frames);
  }

  get cuts(): Cuts {
    return this.frames.cuts;
  }

  get settledAt(): i64 {
    return this.frames.eventsEnd;
  }

  get mayBeCut(): bool {
    return this.frames.mayBeCut;
  }

  get isServing(): bool {
    return this.frames.isServing;
  }

  feed(bytes: Bytes, at: i32, end: i32): void {
    this.sse.feed(bytes, at, end);
  }

  finish(): void {
    this.sse.finish();
  }

  stopAfterEvent(): void {
    this.frames.stopAfterEvent();
  }

  closing(end: StreamEnd, usage: Usage): Bytes {
    const asked = this.request.usageReport == UsageReport.Asked ? usage : null;
    const chunk = this.frames.chunk;
    const head = new ChunkHead(chunk.id, chunk.created, this.facts.model);
    return writeClosing(this.form, head, this.request.choices, end, asked);
  }
}
