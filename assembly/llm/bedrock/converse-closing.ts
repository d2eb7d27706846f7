import { Bytes } from "../../bytes/bytes";
import { ByteWriter } from "../../bytes/writer";
import { writeAwsEvent } from "../../wire/aws-event-writer";
import { StreamEnd } from "../stream-reader";
import { Usage } from "../usage";

/** Where a streamed answer stands, as far as its end depends on it. */
@final
export class ConverseState {
  hasStarted: bool = false;
  /** Whether its reason to stop was told: its usage follows. */
  hasStopped: bool = false;
  /** The index of the content block that has begun and not ended; -1 if there is none. */
  openBlock: i64 = -1;
}

/**
 * The events that end a stream validly: the end of the block that is open, the reason, the usage.
 * Source: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStreamOutput.html
 */
export function writeConverseClosing(state: ConverseState, end: StreamEnd, usage: Usage): Bytes {
  const out = new ByteWriter(1024);
  if (!state.hasStarted) writeAwsEvent(out, "messageStart", Bytes.fromString('{"role":"assistant"}'));
  if (state.openBlock >= 0) {
    const block = '{"contentBlockIndex":' + state.openBlock.toString() + "}";
    writeAwsEvent(out, "contentBlockStop", Bytes.fromString(block));
  }
  if (!state.hasStopped) {
    const reason = end == StreamEnd.Length ? "max_tokens" : "content_filtered";
    writeAwsEvent(out, "messageStop", Bytes.fromString('{"stopReason":"' + reason + '"}'));
  }
  writeAwsEvent(out, "metadata", metadata(usage));
  return out.toBytes();
}

function metadata(usage: Usage): Bytes {
  const out = new ByteWriter(192);
  const input = uncachedInput(usage);
  const output = max<i64>(usage.outputTokens, 0);
  const read = max<i64>(usage.cachedInputTokens, 0);
  const written = max<i64>(usage.cacheWriteTokens, 0);
  out.text('{"usage":{"inputTokens":');
  out.integer(input);
  out.text(',"outputTokens":');
  out.integer(output);
  out.text(',"totalTokens":');
  out.integer(input + output + read + written);
  out.text(',"cacheReadInputTokens":');
  out.integer(read);
  out.text(',"cacheWriteInputTokens":');
  out.integer(written);
  out.text('},"metrics":{"latencyMs":0}}');
  return out.toBytes();
}

/** Input as Bedrock writes it, without what was read from the cache and written to it. */
export function uncachedInput(usage: Usage): i64 {
  return max<i64>(usage.inputTokens - max<i64>(usage.cachedInputTokens, 0) - max<i64>(usage.cacheWriteTokens, 0), 0);
}
