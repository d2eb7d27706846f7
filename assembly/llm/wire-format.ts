import { Bytes } from "../bytes/bytes";
import { AnswerReader, DeltaSink } from "./answer";
import { AnswerForm, AnswerHead } from "./answer-head";
import { CallRequest } from "./call-request";
import { CallTarget, isMediaType } from "./call-target";
import { Conversation } from "./conversation";
import { StreamReader } from "./stream-reader";

/** A refusal as data: the wire format turns it into the body that its clients understand. */
export class Refusal {
  constructor(
    /** HTTP status. */
    readonly status: i32,
    /** Stable, snake case; see the list of codes in the reference. */
    readonly code: string,
    /** A sentence for the person who reads the client's log: what happened, and what to do. */
    readonly message: string,
    /** The request member at fault; empty if there is none. */
    readonly parameter: string = "",
  ) {}

  /** Headers that go with it, whatever the dialect: names and values in turn. */
  headers: string[] = [];
}

/** Which tokens an operation uses, so that nobody estimates what there is not. */
export enum Metering {
  /** Those of the request, and those of the text that it answers with. */
  InputAndOutput,
  /** Those of the request: what it answers with (vectors, scores) is not made of tokens. */
  InputOnly,
  /** Those of the request; the answer's (images, sound) are known only if the provider tells them. */
  OutputIfTold,
  /** None: it counts, lists or judges. */
  None,
}

/**
 * One operation of one API, a *dialect*: how its requests, answers, streams and errors are written.
 *
 * To write one: extend this class in a folder of its own, and add a line to the registry. It is made once and serves all calls.
 */
export abstract class WireFormat {
  /** What the configuration calls the dialect, in kebab case: `openai-chat`. */
  abstract get name(): string;
  /** The operation in OpenTelemetry's GenAI terms (`gen_ai.operation.name`). */
  abstract get operation(): string;
  /** The provider that defined the dialect, in the same terms (`gen_ai.provider.name`). */
  abstract get provider(): string;
  /** Which tokens a call uses. */
  get metering(): Metering {
    return Metering.InputAndOutput;
  }

  // ---- which calls are its own -----------------------------------------------------------------------------------------------

  /** The HTTP method of its calls. */
  get method(): string {
    return "POST";
  }

  /** How the paths of its calls end, at least three characters each: `/chat/completions`. Letter case does not matter. */
  abstract get pathEnds(): string[];

  /** Whether a call to `path` (without its query), which has one of the ends, is its own. */
  claims(_path: string): bool {
    return true;
  }

  /** The content type that it reads requests in; empty if they need none. */
  get requestType(): string {
    return "application/json";
  }

  /** Whether it reads requests of a content type. */
  readsType(contentType: string): bool {
    return this.requestType.length == 0 || isMediaType(contentType, this.requestType);
  }

  // ---- requests --------------------------------------------------------------------------------------------------------------

  /** The request as far as the target tells of it: all that is known of one whose body cannot be read. */
  beginRequest(_target: CallTarget): CallRequest {
    return new CallRequest();
  }

  /** Reads a whole request body. Never fails: what cannot be read is told by `problem`. */
  abstract readRequest(target: CallTarget, body: Bytes): CallRequest;

  /**
   * Lowers the bound of each answer to `tokens`, at least 1, or sets one, by an edit of the body; false if the dialect cannot, or if the body
   * does not let it. `request` was read without a problem, and bounds its answer higher or not at all.
   */
  boundOutput(_request: CallRequest, _tokens: i64): bool {
    return false;
  }

  /**
   * What a request says, as places in its body, for the length of the callback; null where the dialect cannot tell. `body` was read without a
   * problem.
   */
  readConversation(_body: Bytes): Conversation | null {
    return null;
  }

  // ---- answers ---------------------------------------------------------------------------------------------------------------

  /** How the body of an answer is to be read: by its content type, unless the dialect knows better. */
  formOf(_request: CallRequest, head: AnswerHead): AnswerForm {
    if (isMediaType(head.contentType, "text/event-stream")) return AnswerForm.Streamed;
    return isMediaType(head.contentType, "application/json") ? AnswerForm.Whole : AnswerForm.Opaque;
  }

  /** A reader for an answer whose form is `Whole`. */
  abstract readAnswer(request: CallRequest, head: AnswerHead, deltas: DeltaSink): AnswerReader;
  /** A reader for an answer whose form is `Streamed`. */
  abstract readStream(request: CallRequest, head: AnswerHead, deltas: DeltaSink): StreamReader;

  // ---- refusals --------------------------------------------------------------------------------------------------------------

  /** The headers of a refusal: names and values in turn, the content type among them. */
  refusalHeaders(_refusal: Refusal): string[] {
    return ["content-type", "application/json"];
  }

  /** The body of a refusal. */
  abstract refusalBody(refusal: Refusal): Bytes;
}
