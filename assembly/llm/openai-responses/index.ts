import { Bytes } from "../../bytes/bytes";
import { AnswerReader, DeltaSink } from "../answer";
import { AnswerForm, AnswerHead } from "../answer-head";
import { CallRequest } from "../call-request";
import { CallTarget } from "../call-target";
import { Conversation } from "../conversation";
import { DocumentReader } from "../event-stream";
import { OpenAiApi } from "../openai-api";
import { StreamReader } from "../stream-reader";
import { Metering } from "../wire-format";
import { RESPONSE_WITH_LENGTHS, RESPONSE_WITH_TEXTS, ResponseFields } from "./answer";
import { LEAST_OUTPUT_TOKENS, REQUEST, SAID } from "./request";
import { ResponseStreamReader } from "./stream";

/**
 * OpenAI's responses, and everybody's who offers the same API (Azure OpenAI, vLLM, Groq, OpenRouter):
 * https://platform.openai.com/docs/api-reference/responses
 *
 * A call with `background: true` is answered before the model has said anything: what it uses is known to whoever fetches it later, which is
 * no call to a model.
 */
export class OpenAiResponses extends OpenAiApi {
  get name(): string {
    return "openai-responses";
  }

  get operation(): string {
    return "chat";
  }

  /** Other APIs have collections of that name, so a version or the provider's name stands before it. */
  get pathEnds(): string[] {
    return ["/v1/responses", "/openai/responses", "/v1/responses/compact"];
  }

  protected readBody(_target: CallTarget, body: Bytes): CallRequest {
    return REQUEST.read(new CallRequest(), body);
  }

  boundOutput(request: CallRequest, tokens: i64): bool {
    return tokens >= LEAST_OUTPUT_TOKENS && REQUEST.boundOutput(request, tokens);
  }

  readConversation(body: Bytes): Conversation | null {
    return SAID.read(body);
  }

  readAnswer(_request: CallRequest, _head: AnswerHead, deltas: DeltaSink): AnswerReader {
    const shape = deltas.wantsText ? RESPONSE_WITH_TEXTS : RESPONSE_WITH_LENGTHS;
    return new DocumentReader(new ResponseFields(deltas), shape);
  }

  readStream(_request: CallRequest, _head: AnswerHead, deltas: DeltaSink): StreamReader {
    return new ResponseStreamReader(deltas);
  }
}

/** OpenAI's count of a response's input, which uses none: https://platform.openai.com/docs/api-reference/responses/input-tokens */
export class OpenAiInputTokens extends OpenAiResponses {
  get name(): string {
    return "openai-input-tokens";
  }

  get operation(): string {
    return "count_tokens";
  }

  get metering(): Metering {
    return Metering.None;
  }

  get pathEnds(): string[] {
    return ["/v1/responses/input_tokens"];
  }

  boundOutput(_request: CallRequest, _tokens: i64): bool {
    return false;
  }

  formOf(_request: CallRequest, _head: AnswerHead): AnswerForm {
    return AnswerForm.Opaque;
  }
}
