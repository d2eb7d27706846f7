import { Bytes } from "../../bytes/bytes";
import { AnswerReader, DeltaSink } from "../answer";
import { AnswerForm, AnswerHead } from "../answer-head";
import { CallRequest } from "../call-request";
import { CallTarget, isMediaType, percentDecoded } from "../call-target";
import { Conversation, Framing } from "../conversation";
import { DocumentReader } from "../event-stream";
import { StreamReader } from "../stream-reader";
import { Metering, Refusal, WireFormat } from "../wire-format";
import { ANSWER_WITH_LENGTHS, ANSWER_WITH_TEXTS, ChunkFields } from "./answer";
import { GeminiListReader } from "./list-stream";
import { writeGoogleError } from "./refusal";
import { EMBED, EMBED_SAID, GENERATE, GENERATE_SAID } from "./request";
import { GeminiEventReader } from "./stream";

const STREAM = "streamgeneratecontent";

/**
 * Gemini's content generation, at the Gemini API and at Vertex AI: https://ai.google.dev/api/generate-content,
 * https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/inference
 *
 * The path names the model, and whether the answer is streamed.
 */
export class GeminiGenerateContent extends WireFormat {
  get name(): string {
    return "gemini-generate-content";
  }

  get operation(): string {
    return "generate_content";
  }

  get provider(): string {
    return "gcp.gen_ai";
  }

  get pathEnds(): string[] {
    return endsOf(["generateContent", "streamGenerateContent"]);
  }

  beginRequest(target: CallTarget): CallRequest {
    const request = new CallRequest();
    const segment = lastSegment(target.path);
    const colon = segment.lastIndexOf(":");
    request.model = colon < 0 ? segment : segment.substring(0, colon);
    request.isStreaming = segment.substring(colon + 1).toLowerCase() == STREAM;
    return request;
  }

  readRequest(target: CallTarget, body: Bytes): CallRequest {
    return GENERATE.read(this.beginRequest(target), body);
  }

  boundOutput(request: CallRequest, tokens: i64): bool {
    return GENERATE.boundOutput(request, tokens);
  }

  readConversation(body: Bytes): Conversation | null {
    return GENERATE_SAID.read(body);
  }

  formOf(request: CallRequest, head: AnswerHead): AnswerForm {
    if (isMediaType(head.contentType, "text/event-stream")) return AnswerForm.Streamed;
    if (!isMediaType(head.contentType, "application/json")) return AnswerForm.Opaque;
    return request.isStreaming ? AnswerForm.Streamed : AnswerForm.Whole;
  }

  readAnswer(request: CallRequest, _head: AnswerHead, deltas: DeltaSink): AnswerReader {
    const fields = new ChunkFields(request, deltas);
    return new DocumentReader(fields, deltas.wantsText ? ANSWER_WITH_TEXTS : ANSWER_WITH_LENGTHS, fields.values);
  }

  readStream(request: CallRequest, head: AnswerHead, deltas: DeltaSink): StreamReader {
    if (isMediaType(head.contentType, "application/json")) return new GeminiListReader(request, deltas);
    return new GeminiEventReader(request, deltas);
  }

  refusalBody(refusal: Refusal): Bytes {
    return writeGoogleError(refusal);
  }
}

/** Gemini's count of a prompt's tokens, which uses none: https://ai.google.dev/api/tokens */
export class GeminiCountTokens extends GeminiGenerateContent {
  get name(): string {
    return "gemini-count-tokens";
  }

  get operation(): string {
    return "count_tokens";
  }

  get metering(): Metering {
    return Metering.None;
  }

  get pathEnds(): string[] {
    return endsOf(["countTokens"]);
  }

  boundOutput(_request: CallRequest, _tokens: i64): bool {
    return false;
  }

  formOf(_request: CallRequest, _head: AnswerHead): AnswerForm {
    return AnswerForm.Opaque;
  }
}

/** Gemini's embeddings of one content or many: https://ai.google.dev/api/embeddings. The vectors pass unread. */
export class GeminiEmbeddings extends GeminiGenerateContent {
  get name(): string {
    return "gemini-embeddings";
  }

  get operation(): string {
    return "embeddings";
  }

  get metering(): Metering {
    return Metering.InputOnly;
  }

  get pathEnds(): string[] {
    return endsOf(["embedContent", "batchEmbedContents"]);
  }

  readRequest(target: CallTarget, body: Bytes): CallRequest {
    return EMBED.read(this.beginRequest(target), body);
  }

  boundOutput(_request: CallRequest, _tokens: i64): bool {
    return false;
  }

  readConversation(body: Bytes): Conversation | null {
    const said = EMBED_SAID.read(body);
    if (said) said.framing = Framing.None;
    return said;
  }
}

/** How the paths of methods end. The colon is the one character that servers decode and proxies do not. */
function endsOf(methods: string[]): string[] {
  const ends: string[] = [];
  for (let i = 0; i < methods.length; i++) {
    ends.push(":" + methods[i]);
    ends.push("%3A" + methods[i]);
  }
  return ends;
}

/** The last segment of a path, slashes at its end left aside, percent-decoded. */
function lastSegment(path: string): string {
  let end = path.length;
  while (end > 0 && path.charCodeAt(end - 1) == 0x2f) end--;
  const at = end > 0 ? path.lastIndexOf("/", end - 1) + 1 : 0;
  return percentDecoded(path.substring(at, end));
}
