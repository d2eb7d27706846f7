import { Bytes } from "../../bytes/bytes";
import { AnswerReader, DeltaSink } from "../answer";
import { AnswerForm, AnswerHead } from "../answer-head";
import { CallRequest } from "../call-request";
import { CallTarget, isMediaType, percentDecoded } from "../call-target";
import { Conversation } from "../conversation";
import { DocumentReader } from "../event-stream";
import { StreamReader } from "../stream-reader";
import { Refusal, WireFormat } from "../wire-format";
import { CONVERSE_WITH_LENGTHS, CONVERSE_WITH_TEXTS, ConverseFields } from "./converse-answer";
import { ConverseStreamReader } from "./converse-stream";
import { INVOKE_WITH_LENGTHS, INVOKE_WITH_TEXTS, InvokeFields } from "./invoke-answer";
import { InvokeStreamReader } from "./invoke-stream";
import { bedrockErrorType, writeBedrockError } from "./refusal";
import { CONVERSE, CONVERSE_SAID, INVOKE, INVOKE_SAID } from "./request";

/** What stands before the model's name in a path. */
const MODEL = "/model/";

/**
 * The operations of Amazon Bedrock Runtime that name a model in the path: `/model/{modelId}/{operation}`, percent-encoded, since it may be
 * an ARN. https://docs.aws.amazon.com/bedrock/latest/APIReference/API_Operations_Amazon_Bedrock_Runtime.html
 *
 * A signature of the client's (SigV4) is over the body: where Weir may change it, Envoy has to sign behind it.
 */
abstract class Bedrock extends WireFormat {
  /** The last segment of its paths. */
  abstract get pathEnd(): string;
  abstract get isStreaming(): bool;

  get operation(): string {
    return "chat";
  }

  get provider(): string {
    return "aws.bedrock";
  }

  get pathEnds(): string[] {
    return [this.pathEnd];
  }

  claims(path: string): bool {
    return modelIn(path, this.pathEnd).length > 0;
  }

  beginRequest(target: CallTarget): CallRequest {
    const request = new CallRequest();
    request.model = modelIn(target.path, this.pathEnd);
    request.isStreaming = this.isStreaming;
    return request;
  }

  formOf(_request: CallRequest, head: AnswerHead): AnswerForm {
    if (isMediaType(head.contentType, "application/vnd.amazon.eventstream")) return AnswerForm.Streamed;
    return isMediaType(head.contentType, "application/json") ? AnswerForm.Whole : AnswerForm.Opaque;
  }

  refusalHeaders(refusal: Refusal): string[] {
    return ["content-type", "application/json", "x-amzn-errortype", bedrockErrorType(refusal.status)];
  }

  refusalBody(refusal: Refusal): Bytes {
    return writeBedrockError(refusal);
  }
}

/** A chat, whatever the model: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html */
export class BedrockConverse extends Bedrock {
  get name(): string {
    return "bedrock-converse";
  }

  get pathEnd(): string {
    return "/converse";
  }

  get isStreaming(): bool {
    return false;
  }

  readRequest(target: CallTarget, body: Bytes): CallRequest {
    return CONVERSE.read(this.beginRequest(target), body);
  }

  boundOutput(request: CallRequest, tokens: i64): bool {
    return CONVERSE.boundOutput(request, tokens);
  }

  readConversation(body: Bytes): Conversation | null {
    return CONVERSE_SAID.read(body);
  }

  readAnswer(_request: CallRequest, _head: AnswerHead, deltas: DeltaSink): AnswerReader {
    const shape = deltas.wantsText ? CONVERSE_WITH_TEXTS : CONVERSE_WITH_LENGTHS;
    const fields = new ConverseFields(deltas);
    return new DocumentReader(fields, shape, fields.values);
  }

  readStream(_request: CallRequest, _head: AnswerHead, deltas: DeltaSink): StreamReader {
    return new ConverseStreamReader(deltas);
  }
}

/** The same, streamed: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStream.html */
@final
export class BedrockConverseStream extends BedrockConverse {
  get name(): string {
    return "bedrock-converse-stream";
  }

  get pathEnd(): string {
    return "/converse-stream";
  }

  get isStreaming(): bool {
    return true;
  }
}

/**
 * A call whose body and answer are the model's own: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_InvokeModel.html
 *
 * A bound on the answer is lowered where there is one. None is set: what it would be called depends on the model's family.
 */
export class BedrockInvoke extends Bedrock {
  get name(): string {
    return "bedrock-invoke";
  }

  get pathEnd(): string {
    return "/invoke";
  }

  get isStreaming(): bool {
    return false;
  }

  /** Its clients send JSON under any type, or under none: to them a body is bytes. */
  get requestType(): string {
    return "";
  }

  readRequest(target: CallTarget, body: Bytes): CallRequest {
    return INVOKE.read(this.beginRequest(target), body);
  }

  boundOutput(request: CallRequest, tokens: i64): bool {
    return INVOKE.boundOutput(request, tokens);
  }

  readConversation(body: Bytes): Conversation | null {
    return INVOKE_SAID.read(body);
  }

  readAnswer(_request: CallRequest, head: AnswerHead, deltas: DeltaSink): AnswerReader {
    const shape = deltas.wantsText ? INVOKE_WITH_TEXTS : INVOKE_WITH_LENGTHS;
    const fields = new InvokeFields(head, deltas);
    return new DocumentReader(fields, shape, fields.values);
  }

  readStream(_request: CallRequest, _head: AnswerHead, deltas: DeltaSink): StreamReader {
    return new InvokeStreamReader(deltas);
  }
}

/** The same, streamed: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_InvokeModelWithResponseStream.html */
@final
export class BedrockInvokeStream extends BedrockInvoke {
  get name(): string {
    return "bedrock-invoke-stream";
  }

  get pathEnd(): string {
    return "/invoke-with-response-stream";
  }

  get isStreaming(): bool {
    return true;
  }
}

/**
 * The model in `path`, whose last segment is `end`, whatever the letter case of both; empty if it has no place for one. A slash in an ARN
 * may have been decoded on the way.
 */
function modelIn(path: string, end: string): string {
  let length = path.length;
  while (length > 0 && path.charCodeAt(length - 1) == 0x2f) length--;
  const place = path.toLowerCase().lastIndexOf(MODEL);
  const from = place + MODEL.length;
  const to = length - end.length;
  return place < 0 || to <= from ? "" : percentDecoded(path.substring(from, to));
}
