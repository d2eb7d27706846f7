import { Bytes } from "../../bytes/bytes";
import { DeltaSink } from "../answer";
import { CallRequest, UsageReport } from "../call-request";
import { Beginnings, EventStreamReader } from "../event-stream";
import { StreamEnd } from "../stream-reader";
import { Usage } from "../usage";
import { CHUNK_WITH_LENGTHS, CHUNK_WITH_TEXTS, ChunkFields } from "./chunk";
import { ChunkForm, ChunkHead, writeClosing } from "./closing";

/** Reads a streamed chat completion: https://platform.openai.com/docs/api-reference/chat/streaming */
@final
export class ChatStreamReader extends EventStreamReader {
  constructor(
    private readonly request: CallRequest,
    deltas: DeltaSink,
    private readonly form: ChunkForm = ChunkForm.Chat,
    private readonly chunk: ChunkFields = new ChunkFields(deltas, request.usageReport == UsageReport.Unasked),
  ) {
    super(chunk, deltas.wantsText ? CHUNK_WITH_TEXTS : CHUNK_WITH_LENGTHS, Beginnings.Compared);
  }

  closing(end: StreamEnd, usage: Usage): Bytes {
    const asked = this.request.usageReport == UsageReport.Asked ? usage : null;
    const head = new ChunkHead(this.chunk.id, this.chunk.created, this.facts.model);
    return writeClosing(this.form, head, this.request.choices, end, asked);
  }
}
