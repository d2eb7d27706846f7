import { Bytes } from "../../bytes/bytes";
import { JsonShape } from "../../wire/json-shape";
import { AnswerReader, DeltaSink } from "../answer";
import { AnswerHead } from "../answer-head";
import { CallRequest } from "../call-request";
import { CallTarget } from "../call-target";
import { Conversation } from "../conversation";
import { readChatAnswer } from "../openai-chat/answer";
import { ChunkForm } from "../openai-chat/closing";
import { boundOpenAiOutput, readOpenAiRequest, RequestField, wantGeneration } from "../openai-chat/request";
import { ChatStreamReader } from "../openai-chat/stream";
import { findInputs, wantInputs } from "../openai-inputs";
import { OpenAiApi } from "../openai-api";
import { StreamReader } from "../stream-reader";

const SHAPE = wantInputs(wantGeneration(new JsonShape()), "prompt").wantLength("suffix", RequestField.Text);

/**
 * OpenAI's completions that are no chats, which vLLM, llama.cpp and others go on offering:
 * https://platform.openai.com/docs/api-reference/completions
 *
 * With `best_of` the provider generates more than it shows: only its own report tells how much.
 */
export class OpenAiCompletions extends OpenAiApi {
  get name(): string {
    return "openai-completions";
  }

  get operation(): string {
    return "text_completion";
  }

  get pathEnds(): string[] {
    return ["/completions"];
  }

  claims(path: string): bool {
    return !path.toLowerCase().endsWith("/chat/completions");
  }

  protected readBody(_target: CallTarget, body: Bytes): CallRequest {
    const request = readOpenAiRequest(body, SHAPE);
    if (request.inputs > 1) request.choices *= request.inputs;
    return request;
  }

  boundOutput(request: CallRequest, tokens: i64): bool {
    return boundOpenAiOutput(request, tokens);
  }

  readConversation(body: Bytes): Conversation | null {
    return findInputs(body, SHAPE);
  }

  readAnswer(_request: CallRequest, _head: AnswerHead, deltas: DeltaSink): AnswerReader {
    return readChatAnswer(deltas);
  }

  /** A streamed completion is a streamed chat but for the place of its text and the name of its chunks. */
  readStream(request: CallRequest, _head: AnswerHead, deltas: DeltaSink): StreamReader {
    return new ChatStreamReader(request, deltas, ChunkForm.Text);
  }
}
