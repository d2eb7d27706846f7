/** How the body of an answer is read. */
export enum AnswerForm {
  /** Not at all: nothing in it that the dialect knows. */
  Opaque,
  /** As one document. */
  Whole,
  /** As a stream, of which the client may see less or an end of Weir's. */
  Streamed,
}

/** The head of an answer that a provider sent with a status of success. It is good until the call that it is given to returns. */
export abstract class AnswerHead {
  constructor(
    /** The body's content type, parameters and all; empty if there is none. */
    readonly contentType: string,
  ) {}

  /** The value of the header `name`, in lower case; null if there is none. */
  abstract header(name: string): string | null;
}
