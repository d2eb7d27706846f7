import { Bytes } from "../../bytes/bytes";
import { AnswerReader, DeltaSink } from "../answer";
import { AnswerForm, AnswerHead } from "../answer-head";
import { CallRequest } from "../call-request";
import { CallTarget } from "../call-target";
import { OpenAiApi } from "../openai-api";
import { readChatAnswer } from "../openai-chat/answer";
import { ChatStreamReader } from "../openai-chat/stream";
import { StreamReader } from "../stream-reader";
import { Metering } from "../wire-format";

/** The list of models, which uses no tokens and passes unread: https://platform.openai.com/docs/api-reference/models/list */
export class OpenAiModels extends OpenAiApi {
  get name(): string {
    return "openai-models";
  }

  get operation(): string {
    return "list_models";
  }

  get metering(): Metering {
    return Metering.None;
  }

  get method(): string {
    return "GET";
  }

  get pathEnds(): string[] {
    return ["/v1/models", "/openai/models"];
  }

  get requestType(): string {
    return "";
  }

  protected readBody(_target: CallTarget, _body: Bytes): CallRequest {
    return new CallRequest();
  }

  formOf(_request: CallRequest, _head: AnswerHead): AnswerForm {
    return AnswerForm.Opaque;
  }

  /** Never asked for, nor is `readStream`: answers pass unread. */
  readAnswer(_request: CallRequest, _head: AnswerHead, deltas: DeltaSink): AnswerReader {
    return readChatAnswer(deltas);
  }

  readStream(request: CallRequest, _head: AnswerHead, deltas: DeltaSink): StreamReader {
    return new ChatStreamReader(request, deltas);
  }
}
