import { Host } from "../host/host";
import { Outcome } from "../processors/exchange";

/** How the answer stood when the stream was closed. */
export enum AnswerState {
  /** No headers came, or the body did not come to its end. */
  Unfinished,
  Finished,
}

/** What ended an exchange that Weir itself did not end. */
export class Ending {
  constructor(
    readonly outcome: Outcome,
    /** What the proxy says about a refusal of its own, such as `request_payload_too_large`; empty otherwise. */
    readonly details: string = "",
  ) {}
}

/** Bits of Envoy's response flags that say the client went away or broke the protocol: DC (14), DPE (18), DR (28). */
const DOWNSTREAM_FLAGS: i64 = (1 << 14) | (1 << 18) | (1 << 28);

/** What `response.code_details` says about an answer that came from the upstream. */
const VIA_UPSTREAM = "via_upstream";

/** Asks the proxy what ended the exchange; `status` is 0 if no headers of an answer came. Only abnormal endings cost a call. */
export function endingOf(host: Host, state: AnswerState, status: i32): Ending {
  if (state == AnswerState.Finished && status < 400) return new Ending(Outcome.Completed);
  const details = host.property(["response", "code_details"]);
  if (state == AnswerState.Unfinished) return new Ending(unfinished(host, details ? details : ""));
  const isLocal = details != null && details.length > 0 && details != VIA_UPSTREAM;
  if (isLocal && status < 500) return new Ending(Outcome.Refused, details ? details : "");
  return new Ending(Outcome.UpstreamError);
}

function unfinished(host: Host, details: string): Outcome {
  if (details.startsWith("downstream_")) return Outcome.ClientReset;
  const flags = host.integerProperty(["response", "flags"], 0);
  return (flags & DOWNSTREAM_FLAGS) != 0 ? Outcome.ClientReset : Outcome.UpstreamError;
}
