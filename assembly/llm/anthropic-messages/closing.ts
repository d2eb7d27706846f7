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

/** One event of a streamed message. */
@final
export class MessageEvent {
  constructor(
    readonly type: string,
    /** A JSON document, which says the type too. */
    readonly data: Bytes,
  ) {}
}

/**
 * The events that end a streamed message validly: the end of the block that is open, the reason and the usage, the end of the
 * message. Source: https://docs.anthropic.com/en/docs/build-with-claude/streaming (event types), .../handling-stop-reasons
 */
export function closingEvents(state: StreamState, model: string, end: StreamEnd, usage: Usage): MessageEvent[] {
  const events: MessageEvent[] = [];
  if (!state.hasStarted) events.push(new MessageEvent("message_start", messageStart(model, usage)));
  if (state.openBlock >= 0) {
    const stop = '{"type":"content_block_stop","index":' + state.openBlock.toString() + "}";
    events.push(new MessageEvent("content_block_stop", Bytes.fromString(stop)));
  }
  events.push(new MessageEvent("message_delta", messageDelta(end, usage)));
  events.push(new MessageEvent("message_stop", Bytes.fromString('{"type":"message_stop"}')));
  return events;
}

/** The same as Server-Sent Events. */
export function writeClosing(state: StreamState, model: string, end: StreamEnd, usage: Usage): Bytes {
  const out = new ByteWriter(512);
  const events = closingEvents(state, model, end, usage);
  for (let i = 0; i < events.length; i++) {
    out.text("event: ");
    out.text(events[i].type);
    out.text("\ndata: ");
    out.bytes(events[i].data, 0, events[i].data.length);
    out.text("\n\n");
  }
  return out.toBytes();
}

function messageDelta(end: StreamEnd, usage: Usage): Bytes {
  const out = new ByteWriter(128);
  out.text('{"type":"message_delta","delta":{"stop_reason":');
  out.text(end == StreamEnd.Length ? '"max_tokens"' : '"refusal"');
  out.text(',"stop_sequence":null},"usage":{"output_tokens":');
  out.integer(max<i64>(usage.outputTokens, 0));
  out.text("}}");
  return out.toBytes();
}

function messageStart(model: string, usage: Usage): Bytes {
  const out = new ByteWriter(256);
  out.text('{"type":"message_start","message":{"id":"","type":"message","role":"assistant","model":');
  out.jsonString(model);
  out.text(',"content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":');
  out.integer(max<i64>(usage.inputTokens, 0));
  out.text(',"output_tokens":0}}}');
  return out.toBytes();
}
