import { Bytes } from "../../bytes/bytes";
import { AnswerReader, DeltaSink } from "../answer";
import { AnswerHead } from "../answer-head";
import { CallRequest } from "../call-request";
import { CallTarget } from "../call-target";
import { OpenAiApi } from "../openai-api";
import { StreamReader } from "../stream-reader";
import { Conversation } from "../conversation";
import { readChatAnswer } from "./answer";
import { SAID } from "./conversation";
import { boundOpenAiOutput, readChatRequest } from "./request";
import { ChatStreamReader } from "./stream";

/**
 * OpenAI's chat completions, and everybody's who offers the same API at a path of that name (vLLM, Ollama, Azure OpenAI, Mistral,
 * Groq, OpenRouter): https://platform.openai.com/docs/api-reference/chat
 */
export class OpenAiChat extends OpenAiApi {
  get name(): string {
    return "openai-chat";
  }

  get operation(): string {
    return "chat";
  }

  get pathEnds(): string[] {
    return ["/chat/completions"];
  }

  protected readBody(_target: CallTarget, body: Bytes): CallRequest {
    return readChatRequest(body);
  }

  boundOutput(request: CallRequest, tokens: i64): bool {
    return boundOpenAiOutput(request, tokens);
  }

  readConversation(body: Bytes): Conversation | null {
    return SAID.read(body);
  }

  readAnswer(_request: CallRequest, _head: AnswerHead, deltas: DeltaSink): AnswerReader {
    return readChatAnswer(deltas);
  }

  readStream(request: CallRequest, _head: AnswerHead, deltas: DeltaSink): StreamReader {
    return new ChatStreamReader(request, deltas);
  }
}
