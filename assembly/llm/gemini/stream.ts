import { Bytes } from "../../bytes/bytes";
import { CallRequest } from "../call-request";
import { DeltaSink } from "../answer";
import { Beginnings, EventStreamReader } from "../event-stream";
import { StreamEnd } from "../stream-reader";
import { Usage } from "../usage";
import { ANSWER_WITH_LENGTHS, ANSWER_WITH_TEXTS, ChunkFields } from "./answer";
import { writeLastEvent } from "./closing";

/** Reads an answer that is streamed as events (`?alt=sse`): https://ai.google.dev/api/generate-content#method:-models.streamgeneratecontent */
@final
export class GeminiEventReader extends EventStreamReader {
  constructor(
    request: CallRequest,
    deltas: DeltaSink,
    private readonly fields: ChunkFields = new ChunkFields(request, deltas),
  ) {
    super(fields, deltas.wantsText ? ANSWER_WITH_TEXTS : ANSWER_WITH_LENGTHS, Beginnings.Compared, fields.values);
  }

  closing(end: StreamEnd, usage: Usage): Bytes {
    return writeLastEvent(this.fields.state, this.facts.model, end, usage);
  }
}
