import { Splice } from "../wire/splice";
import { estimateTokens, UNKNOWN } from "./usage";

/** Why a request cannot be read; each is answered with the refusal of the same name, or passed on if nobody has to read it. */
export enum RequestProblem {
  None,
  /** Not JSON, not an object, or a member that Weir reads has the wrong type or stands there twice. */
  Malformed,
  /** Compressed, or of a content type that its path does not allow. */
  NotInspectable,
}

/** What the client said about a report of usage at the end of a stream. */
export enum UsageReport {
  /** The dialect always reports, or the answer is not streamed. */
  NotApplicable,
  /** The client did not ask, so a report that Weir asks for must not reach it. */
  Unasked,
  Asked,
}

/** One call to a model as the client sent it: what Weir reads of it, and the edits it wants made to its body. */
export class CallRequest {
  problem: RequestProblem = RequestProblem.None;
  /** What is wrong and where, for the client; empty when nothing is. */
  problemText: string = "";

  /** The model's name as the client wrote it; empty if it named none. */
  model: string = "";
  isStreaming: bool = false;
  usageReport: UsageReport = UsageReport.NotApplicable;
  /** The bound that the client set on the answer, in tokens; `UNKNOWN` if it set none. */
  maxOutputTokens: i64 = UNKNOWN;
  /** Where that bound stands in the body, `[at, end)`, and where one can be inserted; -1 if nowhere. */
  boundAt: i32 = -1;
  boundEnd: i32 = -1;
  boundInsertAt: i32 = -1;
  /** What stands about the number that is inserted there. */
  boundInsertHead: string = "";
  boundInsertTail: string = "";
  /** How many answers the client wants. */
  choices: i64 = 1;
  /** Bytes of text (UTF-8, decoded) in all messages. */
  textBytes: i64 = 0;
  /** Tokens that the request gives as ids, where the API takes them beside text. */
  tokenIds: i64 = 0;
  /** How many inputs there are in a list of them; 0 if the API takes one, or if one stands alone. */
  inputs: i64 = 0;

  /** Changes to the body, applied once before it goes upstream. */
  readonly edits: Splice = new Splice();

  /** What the input is worth when nobody has counted it, in tokens. */
  get estimatedTokens(): i64 {
    return this.tokenIds + estimateTokens(this.textBytes);
  }

  /** Marks the request as unreadable; the first problem stays. */
  reject(problem: RequestProblem, text: string): void {
    if (this.problem != RequestProblem.None) return;
    this.problem = problem;
    this.problemText = text;
  }
}
