import { Bytes } from "../../bytes/bytes";
import { ByteWriter } from "../../bytes/writer";
import { StreamEnd } from "../stream-reader";
import { Usage } from "../usage";

/** How an API writes the chunks of its streams. */
export enum ChunkForm {
  Chat,
  /** Completions that are no chats. */
  Text,
}

/** What every chunk of one stream repeats. */
export class ChunkHead {
  constructor(
    readonly id: string,
    /** Unix time in seconds. */
    readonly created: i64,
    readonly model: string,
  ) {}
}

/** OpenAI's own bound on `n`; a client that asks for more than this gets its first answers closed. */
const MAX_CHOICES: i64 = 128;

/**
 * The events that end a streamed chat completion validly: a chunk with a finish reason for each of `choices` answers, the report
 * of usage if the client asked for one (`usage`), and `[DONE]`.
 * Source: https://platform.openai.com/docs/api-reference/chat-streaming
 */
export function writeClosing(
  form: ChunkForm,
  head: ChunkHead,
  choices: i64,
  end: StreamEnd,
  usage: Usage | null,
): Bytes {
  const out = new ByteWriter(512);
  writeHead(out, form, head);
  out.text('"choices":[');
  const count = min<i64>(max<i64>(choices, 1), MAX_CHOICES);
  for (let i: i64 = 0; i < count; i++) {
    out.text(i > 0 ? ',{"index":' : '{"index":');
    out.integer(i);
    out.text(form == ChunkForm.Chat ? ',"delta":{}' : ',"text":""');
    out.text(',"logprobs":null,"finish_reason":');
    out.text(end == StreamEnd.Length ? '"length"}' : '"content_filter"}');
  }
  out.text("]}\n\n");
  if (usage) writeUsage(out, form, head, usage);
  out.text("data: [DONE]\n\n");
  return out.toBytes();
}

function writeUsage(out: ByteWriter, form: ChunkForm, head: ChunkHead, usage: Usage): void {
  const input = max<i64>(usage.inputTokens, 0);
  const output = max<i64>(usage.outputTokens, 0);
  writeHead(out, form, head);
  out.text('"choices":[],"usage":{"prompt_tokens":');
  out.integer(input);
  out.text(',"completion_tokens":');
  out.integer(output);
  out.text(',"total_tokens":');
  out.integer(input + output);
  out.text("}}\n\n");
}

function writeHead(out: ByteWriter, form: ChunkForm, head: ChunkHead): void {
  out.text('data: {"id":');
  out.jsonString(head.id);
  out.text(form == ChunkForm.Chat ? ',"object":"chat.completion.chunk"' : ',"object":"text_completion"');
  out.text(',"created":');
  out.integer(head.created);
  out.text(',"model":');
  out.jsonString(head.model);
  out.text(",");
}
