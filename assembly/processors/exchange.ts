import { Bytes } from "../bytes/bytes";
import { CalloutBody, Host, NO_CALLOUT } from "../host/host";
import { AnswerReader } from "../llm/answer";
import { CallRequest } from "../llm/call-request";
import { StreamEnd } from "../llm/stream-reader";
import { Usage, UsageSource } from "../llm/usage";
import { Refusal, WireFormat } from "../llm/wire-format";
import { TokenCounts } from "./token-counts";

/** What a processor says after its turn. */
export enum Verdict {
  /** Go on with the next processor. */
  Next,
  /** `Exchange.callHttp` or `callGrpc` has been called: hold the request until `onReply` says something else. */
  Wait,
  /** The exchange is refused; `Exchange.refuse` has been called. */
  Answered,
  /** The processor could not do its work; `Exchange.fail` has been called, and the failure mode decides. */
  Failed,
}

/** How an exchange ended. */
export enum Outcome {
  /** The whole answer reached the client. */
  Completed,
  /** Weir, or the proxy itself, refused the request. */
  Refused,
  /** Weir ended the stream before the provider did. */
  CutOff,
  /** The client went away. */
  ClientReset,
  /** The provider answered with an error, went away, or was not reached in time. */
  UpstreamError,
}

/** How many outcomes there are. */
export const OUTCOMES = 5;

/** The public name of an outcome, as `weir.outcome` shows it. */
export function outcomeName(outcome: Outcome): string {
  switch (outcome) {
    case Outcome.Completed:
      return "completed";
    case Outcome.Refused:
      return "refused";
    case Outcome.CutOff:
      return "cut_off";
    case Outcome.ClientReset:
      return "client_reset";
    default:
      return "upstream_error";
  }
}

/** Whether a running stream is to be ended early. */
export enum CutOff {
  No,
  /** The budget for output is used up. */
  Length,
  /** The content may not go on. */
  ContentFilter,
}

/** One HTTP request and its answer, as processors see it. It lives as long as the stream. */
export class Exchange {
  /** HTTP method, upper case. */
  method: string = "";
  /** Path as the client sent it, without its query. */
  path: string = "";
  /** Whether it looks like a call to a model, in a dialect that nobody knows. */
  isUnknownCall: bool = false;
  /** Who pays. */
  consumer: string = "";
  /** Request headers that were kept for processors, by their places in `keptNames`; empty where the request has none. */
  keptNames: string[] = [];
  keptValues: string[] = [];
  /** What the client asks for; null until the whole body came, and for what is not a call to a model. */
  request: CallRequest | null = null;
  /** The body of the request, whole, while processors look at it (`onRequest`); null before and after. */
  body: Bytes | null = null;
  /** A processor's own count of the call's tokens; null if nobody counts. */
  counts: TokenCounts | null = null;
  /** What the provider answers, as far as it came; null before its headers. */
  answer: AnswerReader | null = null;
  /** The status of the answer; 0 before its headers. */
  responseStatus: i32 = 0;

  /** What the call used; complete in `onEnd`. */
  readonly usage: Usage = new Usage();
  usageSource: UsageSource = UsageSource.None;
  /** How the exchange ended; meaningful in `onEnd`. */
  outcome: Outcome = Outcome.Completed;

  /** Why the exchange is refused; null if it is not. */
  refusal: Refusal | null = null;
  /** Why a processor could not do its work; for the log and the refusal's code. */
  failure: string = "";
  /** Whether and why the running stream is to be ended after its last complete event. */
  cutOff: CutOff = CutOff.No;

  /** The callout that the exchange waits for, and where its answer lies; `NO_CALLOUT` if it waits for none. */
  callout: u32 = NO_CALLOUT;
  calloutSource: CalloutBody = CalloutBody.Http;

  constructor(
    readonly host: Host,
    /** The dialect of the call; null for traffic that is not a call to a model. */
    readonly format: WireFormat | null,
    /** The provider that the configuration names; empty if it names none. */
    private readonly namedProvider: string,
  ) {}

  /** The provider in OpenTelemetry's terms: the configured one, else the one that defined the API; empty if neither is known. */
  get provider(): string {
    const format = this.format;
    return this.namedProvider.length > 0 || !format ? this.namedProvider : format.provider;
  }

  /** The operation in OpenTelemetry's terms; `unknown` for what looks like a call to a model and is in no known dialect, empty for all else. */
  get operation(): string {
    const format = this.format;
    if (format) return format.operation;
    return this.isUnknownCall ? "unknown" : "";
  }

  /** The model that the client asked for; empty until it is known. */
  get model(): string {
    const request = this.request;
    return request ? request.model : "";
  }

  /** The value of a request header that a processor has asked to keep (`Processor.keptHeaders`); empty if there is none. */
  header(name: string): string {
    const i = this.keptNames.indexOf(name);
    return i >= 0 && i < this.keptValues.length ? this.keptValues[i] : "";
  }

  /** Refuses the exchange: `return x.refuse(...)`. */
  refuse(status: i32, code: string, message: string, parameter: string = ""): Verdict {
    this.refusal = new Refusal(status, code, message, parameter);
    return Verdict.Answered;
  }

  /** Gives up on the own work: `return x.fail("the limiter did not answer within 50 ms")`. */
  fail(reason: string): Verdict {
    this.failure = reason;
    return Verdict.Failed;
  }

  /** Ends the running stream validly after its last complete event (an answer that is not streamed is not ended): `return x.endStream(StreamEnd.Length)`. */
  endStream(end: StreamEnd): Verdict {
    this.cutOff = end == StreamEnd.Length ? CutOff.Length : CutOff.ContentFilter;
    return Verdict.Answered;
  }

  /**
   * Asks somebody over HTTP and waits for the answer, which comes to `onReply`: `return x.callHttp(...)`. `headers` holds names and
   * values in turn, `:method`, `:path` and `:authority` among them.
   */
  callHttp(cluster: string, headers: string[], body: Bytes, timeoutMs: u32): Verdict {
    return this.waitFor(this.host.httpCall(cluster, headers, body, timeoutMs), CalloutBody.Http, cluster);
  }

  /** As `callHttp`, with a unary gRPC call; `message` is a serialised protobuf message. */
  callGrpc(cluster: string, service: string, method: string, message: Bytes, timeoutMs: u32): Verdict {
    return this.waitFor(this.host.grpcCall(cluster, service, method, message, timeoutMs), CalloutBody.Grpc, cluster);
  }

  private waitFor(callout: u32, source: CalloutBody, cluster: string): Verdict {
    if (callout == NO_CALLOUT) return this.fail("cluster '" + cluster + "' cannot be called");
    this.callout = callout;
    this.calloutSource = source;
    return Verdict.Wait;
  }
}
