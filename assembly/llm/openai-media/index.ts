import { Bytes } from "../../bytes/bytes";
import { AnswerReader, DeltaSink } from "../answer";
import { AnswerHead } from "../answer-head";
import { CallRequest } from "../call-request";
import { CallTarget, isMediaType } from "../call-target";
import { Conversation, PartKind, Role } from "../conversation";
import { ConversationShape } from "../conversation-shape";
import { readForm } from "../form-request";
import { OpenAiApi } from "../openai-api";
import { RequestShape } from "../request-shape";
import { StreamReader } from "../stream-reader";
import { Metering } from "../wire-format";
import { MediaStreamReader, readMediaAnswer } from "./answer";

const FORM = "multipart/form-data";

const REQUEST = new RequestShape()
  .model("model")
  .stream("stream")
  .choices("n")
  .text("prompt")
  .text("input")
  .text("instructions");

const SAID = new ConversationShape()
  .alone("prompt", Role.User)
  .alone("instructions", Role.System)
  .alone("input", Role.User)
  .message("images[]", Role.User)
  .part("images[].image_url", PartKind.Image);

/** What OpenAI's APIs of images and sound have in common: requests are JSON or forms, and answers tell their tokens or do not. */
abstract class OpenAiMedia extends OpenAiApi {
  get metering(): Metering {
    return Metering.OutputIfTold;
  }

  protected readBody(target: CallTarget, body: Bytes): CallRequest {
    const request = new CallRequest();
    return isMediaType(target.contentType, FORM)
      ? readForm(request, target.contentType, body)
      : REQUEST.read(request, body);
  }

  /** What a form says is known to who reads the form. */
  readConversation(body: Bytes): Conversation | null {
    return SAID.read(body);
  }

  readAnswer(_request: CallRequest, _head: AnswerHead, deltas: DeltaSink): AnswerReader {
    return readMediaAnswer(deltas);
  }

  readStream(_request: CallRequest, _head: AnswerHead, deltas: DeltaSink): StreamReader {
    return new MediaStreamReader(deltas);
  }
}

/**
 * Images that are made, changed or varied: https://platform.openai.com/docs/api-reference/images
 *
 * Changes come as forms or, where the images are named, as JSON.
 */
export class OpenAiImages extends OpenAiMedia {
  get name(): string {
    return "openai-images";
  }

  get operation(): string {
    return "image_generation";
  }

  get pathEnds(): string[] {
    return ["/images/generations", "/images/edits", "/images/variations"];
  }

  get requestType(): string {
    return "application/json or multipart/form-data";
  }

  readsType(contentType: string): bool {
    return isMediaType(contentType, "application/json") || isMediaType(contentType, FORM);
  }
}

/**
 * What is said in a recording, in its language or in English: https://platform.openai.com/docs/api-reference/audio
 *
 * The request is a form, and the recording in it passes unread; what it is worth in tokens only the provider can tell.
 */
export class OpenAiTranscription extends OpenAiMedia {
  get name(): string {
    return "openai-transcription";
  }

  get operation(): string {
    return "transcription";
  }

  get metering(): Metering {
    return Metering.InputAndOutput;
  }

  get pathEnds(): string[] {
    return ["/audio/transcriptions", "/audio/translations"];
  }

  get requestType(): string {
    return FORM;
  }
}

/** Text that is read aloud: https://platform.openai.com/docs/api-reference/audio/createSpeech */
export class OpenAiSpeech extends OpenAiMedia {
  get name(): string {
    return "openai-speech";
  }

  get operation(): string {
    return "speech";
  }

  get pathEnds(): string[] {
    return ["/audio/speech"];
  }
}
