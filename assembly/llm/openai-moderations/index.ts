import { Bytes } from "../../bytes/bytes";
import { AnswerReader, DeltaSink } from "../answer";
import { AnswerHead } from "../answer-head";
import { CallRequest } from "../call-request";
import { CallTarget } from "../call-target";
import { Conversation, Framing, PartKind, Role } from "../conversation";
import { ConversationShape } from "../conversation-shape";
import { OpenAiApi } from "../openai-api";
import { readChatAnswer } from "../openai-chat/answer";
import { ChatStreamReader } from "../openai-chat/stream";
import { RequestShape } from "../request-shape";
import { StreamReader } from "../stream-reader";
import { Metering } from "../wire-format";

const REQUEST = new RequestShape().model("model").text("input").text("input[]").text("input[].text");

const SAID = new ConversationShape()
  .alone("input", Role.User)
  .alone("input[]", Role.User)
  .alone("input[].text", Role.User)
  .message("input[].image_url", Role.User)
  .part("input[].image_url.url", PartKind.Image);

/** OpenAI's moderations, which judge and use no tokens: https://platform.openai.com/docs/api-reference/moderations */
export class OpenAiModerations extends OpenAiApi {
  get name(): string {
    return "openai-moderations";
  }

  get operation(): string {
    return "moderation";
  }

  get metering(): Metering {
    return Metering.None;
  }

  get pathEnds(): string[] {
    return ["/moderations"];
  }

  protected readBody(_target: CallTarget, body: Bytes): CallRequest {
    return REQUEST.read(new CallRequest(), body);
  }

  readConversation(body: Bytes): Conversation | null {
    const said = SAID.read(body);
    if (said) said.framing = Framing.None;
    return said;
  }

  readAnswer(_request: CallRequest, _head: AnswerHead, deltas: DeltaSink): AnswerReader {
    return readChatAnswer(deltas);
  }

  /** Never asked for: no answer is streamed. */
  readStream(request: CallRequest, _head: AnswerHead, deltas: DeltaSink): StreamReader {
    return new ChatStreamReader(request, deltas);
  }
}
