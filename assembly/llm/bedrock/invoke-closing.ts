import { writeBase64 } from "../../bytes/base64";
import { Bytes } from "../../bytes/bytes";
import { ByteWriter } from "../../bytes/writer";
import { writeAwsEvent } from "../../wire/aws-event-writer";
import { closingEvents, StreamState } from "../anthropic-messages/closing";
import { StreamEnd } from "../stream-reader";
import { Usage } from "../usage";
import { ConverseState, uncachedInput } from "./converse-closing";

/** Whose events a stream of Bedrock holds, as its events show. */
export enum Family {
  Unknown,
  Anthropic,
  Nova,
  Titan,
  Llama,
  Cohere,
  Mistral,
  /** The many that answer like OpenAI's chat completions: AI21, DeepSeek, Qwen, gpt-oss. */
  OpenAi,
}

/**
 * The events that end a stream validly, as the model's family does: the reason, and the metrics that Bedrock adds.
 * Source: https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters.html
 */
export function writeInvokeClosing(
  family: Family,
  message: StreamState,
  nova: ConverseState,
  model: string,
  end: StreamEnd,
  usage: Usage,
): Bytes {
  const out = new ByteWriter(1024);
  if (family == Family.Nova) {
    writeNovaClosing(out, nova, end, usage);
  } else if (family == Family.Anthropic) {
    const events = closingEvents(message, model, end, usage);
    for (let i = 0; i < events.length; i++) writeChunk(out, events[i].data);
  } else {
    const last = lastEvent(family, end, usage);
    writeChunk(out, Bytes.fromString("{" + last + (last.length > 0 ? "," : "") + metrics(usage) + "}"));
  }
  return out.toBytes();
}

function writeNovaClosing(out: ByteWriter, state: ConverseState, end: StreamEnd, usage: Usage): void {
  if (!state.hasStarted) writeChunk(out, Bytes.fromString('{"messageStart":{"role":"assistant"}}'));
  if (state.openBlock >= 0) {
    const stop = '{"contentBlockStop":{"contentBlockIndex":' + state.openBlock.toString() + "}}";
    writeChunk(out, Bytes.fromString(stop));
  }
  if (!state.hasStopped) {
    const reason = end == StreamEnd.Length ? "max_tokens" : "content_filtered";
    writeChunk(out, Bytes.fromString('{"messageStop":{"stopReason":"' + reason + '"}}'));
  }
  const told = '"usage":{"inputTokens":' + input(usage) + ',"outputTokens":' + output(usage) + "}";
  writeChunk(out, Bytes.fromString('{"metadata":{' + told + "}," + metrics(usage) + "}"));
}

/** The members of the last event of a family that says its reason in it. */
function lastEvent(family: Family, end: StreamEnd, usage: Usage): string {
  const isLength = end == StreamEnd.Length;
  switch (family) {
    case Family.Titan:
      return (
        '"outputText":"","index":0,"totalOutputTextTokenCount":' +
        output(usage) +
        ',"completionReason":' +
        (isLength ? '"LENGTH"' : '"CONTENT_FILTERED"') +
        ',"inputTextTokenCount":' +
        input(usage)
      );
    case Family.Llama:
      return (
        '"generation":"","prompt_token_count":' +
        input(usage) +
        ',"generation_token_count":' +
        output(usage) +
        ',"stop_reason":' +
        (isLength ? '"length"' : '"stop"')
      );
    case Family.Cohere:
      return (
        '"is_finished":true,"event_type":"stream-end","text":"","finish_reason":' +
        (isLength ? '"MAX_TOKENS"' : '"ERROR_TOXIC"')
      );
    case Family.Mistral:
      return '"outputs":[{"text":"","stop_reason":' + (isLength ? '"length"' : '"stop"') + "}]";
    case Family.OpenAi:
      return '"choices":[{"index":0,"delta":{},"finish_reason":' + (isLength ? '"length"' : '"content_filter"') + "}]";
    default:
      return "";
  }
}

function metrics(usage: Usage): string {
  const counts = '{"inputTokenCount":' + input(usage) + ',"outputTokenCount":' + output(usage);
  return '"amazon-bedrock-invocationMetrics":' + counts + ',"invocationLatency":0,"firstByteLatency":0}';
}

function input(usage: Usage): string {
  return uncachedInput(usage).toString();
}

function output(usage: Usage): string {
  return max<i64>(usage.outputTokens, 0).toString();
}

/** Writes a JSON document as the `chunk` that brings it. */
function writeChunk(out: ByteWriter, event: Bytes): void {
  const payload = new ByteWriter(event.length * 2);
  payload.text('{"bytes":"');
  writeBase64(payload, event, 0, event.length);
  payload.text('"}');
  writeAwsEvent(out, "chunk", payload.toBytes());
}
