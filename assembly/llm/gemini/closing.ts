import { Bytes } from "../../bytes/bytes";
import { ByteWriter } from "../../bytes/writer";
import { StreamEnd } from "../stream-reader";
import { Usage } from "../usage";

/** Where the candidates of a streamed answer stand, as far as its end depends on it. */
@final
export class CandidatesState {
  /** As many as are told apart; Gemini allows eight. */
  static readonly MAX: i32 = 32;

  /** Which are finished, as far as the client was told: a bit for each. */
  finished: u32 = 0;

  constructor(
    /** How many the client asked for. */
    private readonly choices: i64,
  ) {}

  /** How many there are. */
  get count(): i32 {
    return <i32>max<i64>(min<i64>(this.choices, CandidatesState.MAX), 1);
  }

  isFinished(candidate: i32): bool {
    return (this.finished & ((<u32>1) << candidate)) != 0;
  }
}

/**
 * The chunk that ends a streamed answer validly, as a JSON object: the reason for each candidate that is not finished, and the usage.
 * Source: https://ai.google.dev/api/generate-content#FinishReason
 */
export function writeLastChunk(
  out: ByteWriter,
  state: CandidatesState,
  model: string,
  end: StreamEnd,
  usage: Usage,
): void {
  out.text('{"candidates":[');
  let isFirst = true;
  for (let i = 0; i < state.count; i++) {
    if (state.isFinished(i)) continue;
    if (!isFirst) out.text(",");
    isFirst = false;
    // Clients leave a turn out of the history of a chat if it has a content without parts.
    out.text('{"content":{"parts":[{"text":""}],"role":"model"},"finishReason":');
    out.text(end == StreamEnd.Length ? '"MAX_TOKENS","index":' : '"SAFETY","index":');
    out.integer(i);
    out.text("}");
  }
  out.text('],"usageMetadata":{');
  writeUsage(out, usage);
  out.text("}");
  if (model.length > 0) {
    out.text(',"modelVersion":');
    out.jsonString(model);
  }
  out.text("}");
}

function writeUsage(out: ByteWriter, usage: Usage): void {
  const input = max<i64>(usage.inputTokens, 0);
  const output = max<i64>(usage.outputTokens, 0);
  const thoughts = min<i64>(max<i64>(usage.reasoningTokens, 0), output);
  out.text('"promptTokenCount":');
  out.integer(input);
  out.text(',"candidatesTokenCount":');
  out.integer(output - thoughts);
  out.text(',"totalTokenCount":');
  out.integer(input + output);
  if (thoughts > 0) {
    out.text(',"thoughtsTokenCount":');
    out.integer(thoughts);
  }
  if (usage.cachedInputTokens > 0) {
    out.text(',"cachedContentTokenCount":');
    out.integer(usage.cachedInputTokens);
  }
}

/** The same as the last event of an event stream. */
export function writeLastEvent(state: CandidatesState, model: string, end: StreamEnd, usage: Usage): Bytes {
  const out = new ByteWriter(512);
  out.text("data: ");
  writeLastChunk(out, state, model, end, usage);
  out.text("\n\n");
  return out.toBytes();
}
