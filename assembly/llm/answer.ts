import { Bytes } from "../bytes/bytes";
import { Usage } from "./usage";

/** What a piece of generated text is. */
export enum DeltaKind {
  /** Text that the model says. */
  Content,
  /** The arguments of a tool call, JSON in pieces. */
  ToolArguments,
  /** Reasoning that the provider shows. */
  Reasoning,
  /** The model's own refusal. */
  Refusal,
}

/** Who listens to the text of an answer while it arrives. */
export abstract class DeltaSink {
  /** Whether anybody listens: if not, the text is measured and not decoded, and `onDelta` is not called. */
  abstract get wantsText(): bool;

  /**
   * A piece of generated text: bytes `[at, end)` of `bytes`, UTF-8 with escapes decoded, never ending inside a character, good
   * until the call returns. `choice` is the index of the answer it belongs to.
   */
  abstract onDelta(kind: DeltaKind, choice: i32, bytes: Bytes, at: i32, end: i32): void;
}

/** Longest id, model name or number that is read of an answer, in bytes; of a longer one only the beginning is known. */
export const MAX_VALUE_BYTES = 256;

/** What is known of one answer so far. It may be asked at any time: an answer that breaks off has told what it told. */
export class AnswerFacts {
  readonly usage: Usage = new Usage();
  /** The model that answered; empty until told. */
  model: string = "";
  /** Bytes of generated text so far (UTF-8, decoded), all choices. */
  textBytes: i64 = 0;
  /** Whether some part could not be read; what it held is lost to Weir, not to the client. */
  isBroken: bool = false;
  /** Whether the provider reported an error inside of its answer. */
  hasError: bool = false;
}

/** Reads one answer, whole or streamed, as its bytes go by, and keeps none of them. */
export abstract class AnswerReader {
  constructor(readonly facts: AnswerFacts) {}

  /** Reads bytes `[at, end)` of `bytes`, the next piece of the body. */
  abstract feed(bytes: Bytes, at: i32, end: i32): void;
  /** The body is complete. */
  abstract finish(): void;
}
