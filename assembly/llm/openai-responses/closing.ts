import { Bytes } from "../../bytes/bytes";
import { ByteWriter } from "../../bytes/writer";
import { StreamEnd } from "../stream-reader";
import { Usage } from "../usage";

/** Where a streamed response stands, as far as its end depends on it. */
@final
export class StreamState {
  /** Whether the client has seen the event that begins the response. */
  hasStarted: bool = false;
  id: string = "";
  /** Unix time in seconds. */
  createdAt: i64 = 0;
  /** The number of the last event that the client has got; -1 if there is none. */
  sequence: i64 = -1;
}

/**
 * The event that ends a streamed response validly, `response.incomplete`; before it the one that begins the response, if the client has none.
 * The response in it has no `output`: the client has got it in pieces, and Weir keeps none of them.
 * Source: https://platform.openai.com/docs/api-reference/responses-streaming/response/incomplete
 */
export function writeClosing(state: StreamState, model: string, end: StreamEnd, usage: Usage): Bytes {
  const out = new ByteWriter(1024);
  let sequence = state.sequence + 1;
  if (!state.hasStarted) {
    writeHead(out, "response.created", sequence++, state, model);
    out.text('"status":"in_progress","incomplete_details":null,"usage":null}}\n\n');
  }
  writeHead(out, "response.incomplete", sequence, state, model);
  out.text('"status":"incomplete","incomplete_details":{"reason":');
  out.text(end == StreamEnd.Length ? '"max_output_tokens"}' : '"content_filter"}');
  writeUsage(out, usage);
  out.text("}}\n\n");
  return out.toBytes();
}

function writeHead(out: ByteWriter, type: string, sequence: i64, state: StreamState, model: string): void {
  out.text("event: ");
  out.text(type);
  out.text('\ndata: {"type":"');
  out.text(type);
  out.text('","sequence_number":');
  out.integer(sequence);
  out.text(',"response":{"id":');
  out.jsonString(state.id);
  out.text(',"object":"response","created_at":');
  out.integer(state.createdAt);
  out.text(',"model":');
  out.jsonString(model);
  out.text(',"error":null,"instructions":null,"max_output_tokens":null,"metadata":{},"output":[],');
  out.text('"parallel_tool_calls":true,"temperature":null,"tool_choice":"auto","tools":[],"top_p":null,');
}

function writeUsage(out: ByteWriter, usage: Usage): void {
  const input = max<i64>(usage.inputTokens, 0);
  const output = max<i64>(usage.outputTokens, 0);
  out.text(',"usage":{"input_tokens":');
  out.integer(input);
  out.text(',"input_tokens_details":{"cached_tokens":');
  out.integer(max<i64>(usage.cachedInputTokens, 0));
  out.text('},"output_tokens":');
  out.integer(output);
  out.text(',"output_tokens_details":{"reasoning_tokens":');
  out.integer(max<i64>(usage.reasoningTokens, 0));
  out.text('},"total_tokens":');
  out.integer(input + output);
  out.text("}");
}
