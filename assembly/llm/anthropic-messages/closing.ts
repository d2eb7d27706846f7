import { Bytes } from "../../bytes/bytes";
import { ByteWriter } from "../../bytes/writer";
import { StreamEnd } from "../stream-reader";
import { Usage } from "../usage";

/** Where a streamed message stands, as far as its end depends on it. */
@final
export class StreamState {
  hasStarted: bool = false;
  /** The index of the content block that has begun and not ended; -1 if there is none. */
  openBlock: i64 = -1;
}

/**
 * The events that end a streamed message validly: the end of the block that is open, the reason and the usage, the end of the
 * message. Source: https://docs.anthropic.com/en/docs/build-with-claude/streaming (event types), .../handling-stop-reasons
 */
export function writeClosing(state: StreamState, model: string, end: StreamEnd, usage: Usage): Bytes {
  const out = new ByteWriter(512);
  if (!state.hasStarted) writeStart(out, model, usage);
  if (state.openBlock >= 0) {
    out.text('event: content_block_stop\ndata: {"type":"content_block_stop","index":');
    out.integer(state.openBlock);
    out.text("}\n\n");
  }
  out.text('event: message_delta\ndata: {"type":"message_delta","delta":{"stop_reason":');
  out.text(end == StreamEnd.Length ? '"max_tokens"' : '"refusal"');
  out.text(',"stop_sequence":null},"usage":{"output_tokens":');
  out.integer(max<i64>(usage.outputTokens, 0));
  out.text('}}\n\nevent: message_stop\ndata: {"type":"message_stop"}\n\n');
  return out.toBytes();
}

function writeStart(out: ByteWriter, model: string, usage: Usage): void {
  out.text(
    'event: message_start\ndata: {"type":"message_start","message":{"id":"","type":"message","role":"assistant"',
  );
  out.text(',"model":');
  out.jsonString(model);
  out.text(',"content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":');
  out.integer(max<i64>(usage.inputTokens, 0));
  out.text(',"output_tokens":0}}}\n\n');
}
