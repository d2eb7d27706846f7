import { Bytes } from "../../bytes/bytes";
import { JsonShape } from "../../wire/json-shape";
import { AnswerReader, DeltaSink } from "../answer";
import { AnswerForm, AnswerHead } from "../answer-head";
import { CallRequest } from "../call-request";
import { CallTarget, isMediaType } from "../call-target";
import { Conversation } from "../conversation";
import { readChatAnswer } from "../openai-chat/answer";
import { readOpenAiRequest, RequestField } from "../openai-chat/request";
import { ChatStreamReader } from "../openai-chat/stream";
import { findInputs, wantInputs } from "../openai-inputs";
import { OpenAiApi } from "../openai-api";
import { StreamReader } from "../stream-reader";
import { Metering } from "../wire-format";

const SHAPE = wantInputs(new JsonShape().want("model", RequestField.Model), "input");

/**
 * OpenAI's embeddings, and everybody's who offers the same API: https://platform.openai.com/docs/api-reference/embeddings
 *
 * The vectors, as numbers or as base64, pass unread.
 */
export class OpenAiEmbeddings extends OpenAiApi {
  get name(): string {
    return "openai-embeddings";
  }

  get operation(): string {
    return "embeddings";
  }

  get metering(): Metering {
    return Metering.InputOnly;
  }

  get pathEnds(): string[] {
    return ["/embeddings"];
  }

  protected readBody(_target: CallTarget, body: Bytes): CallRequest {
    return readOpenAiRequest(body, SHAPE);
  }

  readConversation(body: Bytes): Conversation | null {
    return findInputs(body, SHAPE);
  }

  formOf(_request: CallRequest, head: AnswerHead): AnswerForm {
    return isMediaType(head.contentType, "application/json") ? AnswerForm.Whole : AnswerForm.Opaque;
  }

  readAnswer(_request: CallRequest, _head: AnswerHead, deltas: DeltaSink): AnswerReader {
    return readChatAnswer(deltas);
  }

  /** Never asked for: no answer is streamed. */
  readStream(request: CallRequest, _head: AnswerHead, deltas: DeltaSink): StreamReader {
    return new ChatStreamReader(request, deltas);
  }
}
