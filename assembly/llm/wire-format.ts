import { Bytes } from "../bytes/bytes";
import { AnswerReader, DeltaSink } from "./answer";
import { CallRequest } from "./call-request";
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
}

/** One API dialect of one operation: how its requests, answers, streams and errors are written. */
export abstract class WireFormat {
  /** The operation in OpenTelemetry's GenAI terms (`gen_ai.operation.name`). */
  abstract get operation(): string;
  /** The provider that defined the dialect, in the same terms (`gen_ai.provider.name`). */
  abstract get provider(): string;

  /** Whether a POST to `path` (without its query) is a call in this dialect. */
  abstract matchesPath(path: string): bool;

  /** Reads a whole request body. Never fails: what cannot be read is told by `problem`. */
  abstract readRequest(body: Bytes): CallRequest;
  /** What a request says, as places in its body; null where the dialect cannot tell. `body` was read without a problem. */
  readConversation(_body: Bytes): Conversation | null {
    return null;
  }

  /** A reader for the whole answer to a request. */
  abstract readAnswer(request: CallRequest, deltas: DeltaSink): AnswerReader;
  /** A reader for the streamed answer to a request. */
  abstract readStream(request: CallRequest, deltas: DeltaSink): StreamReader;

  /** The body of a refusal. */
  abstract refusalBody(refusal: Refusal): Bytes;
}
