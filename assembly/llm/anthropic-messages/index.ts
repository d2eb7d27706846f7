import { Bytes } from "../../bytes/bytes";
import { AnswerReader, DeltaSink } from "../answer";
import { AnswerForm, AnswerHead } from "../answer-head";
import { CallRequest } from "../call-request";
import { CallTarget, segmentBehind } from "../call-target";
import { Conversation } from "../conversation";
import { DocumentReader } from "../event-stream";
import { StreamReader } from "../stream-reader";
import { Metering, Refusal, WireFormat } from "../wire-format";
import { MESSAGE_WITH_LENGTHS, MESSAGE_WITH_TEXTS, MessageFields } from "./answer";
import { writeAnthropicError } from "./refusal";
import { REQUEST, SAID } from "./request";
import { MessageStreamReader } from "./stream";

/** What stands before the model's name in the paths of Vertex AI. */
const VERTEX_MODELS = "/publishers/anthropic/models/";

/** The name by which Vertex AI counts tokens, as if it were a model. */
const VERTEX_COUNTS = "count-tokens";

/**
 * Anthropic's messages, at Anthropic, at whoever offers the same API, and at Vertex AI, which has the model in the path:
 * https://docs.anthropic.com/en/api/messages, https://docs.anthropic.com/en/api/claude-on-vertex-ai
 */
export class AnthropicMessages extends WireFormat {
  get name(): string {
    return "anthropic-messages";
  }

  get operation(): string {
    return "chat";
  }

  get provider(): string {
    return "anthropic";
  }

  get pathEnds(): string[] {
    return ["/v1/messages", ":rawPredict", ":streamRawPredict"];
  }

  claims(path: string): bool {
    return !isVertex(path) || (path.includes(VERTEX_MODELS) && vertexModel(path) != VERTEX_COUNTS);
  }

  beginRequest(target: CallTarget): CallRequest {
    const request = new CallRequest();
    request.model = vertexModel(target.path);
    return request;
  }

  readRequest(target: CallTarget, body: Bytes): CallRequest {
    return REQUEST.read(this.beginRequest(target), body);
  }

  boundOutput(request: CallRequest, tokens: i64): bool {
    return REQUEST.boundOutput(request, tokens);
  }

  readConversation(body: Bytes): Conversation | null {
    return SAID.read(body);
  }

  readAnswer(_request: CallRequest, _head: AnswerHead, deltas: DeltaSink): AnswerReader {
    const fields = new MessageFields(deltas);
    return new DocumentReader(fields, deltas.wantsText ? MESSAGE_WITH_TEXTS : MESSAGE_WITH_LENGTHS, fields.values);
  }

  readStream(_request: CallRequest, _head: AnswerHead, deltas: DeltaSink): StreamReader {
    return new MessageStreamReader(deltas);
  }

  refusalBody(refusal: Refusal): Bytes {
    return writeAnthropicError(refusal);
  }
}

/** Anthropic's count of a message's tokens, which uses none: https://docs.anthropic.com/en/api/messages-count-tokens */
export class AnthropicCountTokens extends AnthropicMessages {
  get name(): string {
    return "anthropic-count-tokens";
  }

  get operation(): string {
    return "count_tokens";
  }

  get metering(): Metering {
    return Metering.None;
  }

  get pathEnds(): string[] {
    return ["/v1/messages/count_tokens", ":rawPredict"];
  }

  claims(path: string): bool {
    return !isVertex(path) || (path.includes(VERTEX_MODELS) && vertexModel(path) == VERTEX_COUNTS);
  }

  beginRequest(_target: CallTarget): CallRequest {
    return new CallRequest();
  }

  boundOutput(_request: CallRequest, _tokens: i64): bool {
    return false;
  }

  formOf(_request: CallRequest, _head: AnswerHead): AnswerForm {
    return AnswerForm.Opaque;
  }
}

function isVertex(path: string): bool {
  return path.toLowerCase().endsWith("rawpredict");
}

function vertexModel(path: string): string {
  return segmentBehind(path, VERTEX_MODELS, ":");
}
