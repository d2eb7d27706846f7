import { Bytes } from "../bytes/bytes";
import { AnswerReader } from "./answer";
import { Cuts } from "./cuts";
import { Usage } from "./usage";

/** Why Weir ends a running stream, as the client's dialect can say it. */
export enum StreamEnd {
  /** The budget for output is used up: the dialect's "length". */
  Length,
  /** The content may not go on: the dialect's "content filter". */
  ContentFilter,
}

/** Reads a streamed answer, and says which of its bytes the client is to see. */
export abstract class StreamReader extends AnswerReader {
  /** Ranges that came only because Weir asked for them; empty unless the report of usage was unasked. */
  abstract get cuts(): Cuts;

  /** Stream offset after the last complete event: bytes before it are final, those after it belong to an event that goes on. */
  abstract get settledAt(): i64;
  /** Whether the event that goes on could still turn out to be one that the client is not to see. */
  abstract get mayBeCut(): bool;
  /** Whether the client gets the event that is being read: false behind the one after which the stream is ended. */
  get isServing(): bool {
    return true;
  }

  /** The stream is to be ended: `settledAt` stays behind the event that is being read, whatever follows it. */
  abstract stopAfterEvent(): void;
  /** The events that end the stream validly after a complete event; they report `usage` if the client asked for a report. */
  abstract closing(end: StreamEnd, usage: Usage): Bytes;
}
