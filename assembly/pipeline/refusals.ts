import { Host } from "../host/host";
import { CallRequest, RequestProblem } from "../llm/call-request";
import { Refusal, WireFormat } from "../llm/wire-format";

/** The refusal of a request that cannot be read. */
export function refusalOf(request: CallRequest): Refusal {
  switch (request.problem) {
    case RequestProblem.NotInspectable:
      return new Refusal(415, "not_inspectable", request.problemText);
    default:
      return new Refusal(400, "malformed_request", request.problemText);
  }
}

/** The refusal of a request that is longer than `mostBytes`, or than there is memory for. */
export function tooLarge(mostBytes: i32): Refusal {
  const text = "The request is longer than " + mostBytes.toString() + " bytes. Send a shorter one.";
  return new Refusal(413, "request_too_large", text);
}

/** The refusal of a call that the worker has no memory for. */
export function overloaded(): Refusal {
  return new Refusal(503, "overloaded", "The gateway is out of memory for new calls. Try again later.");
}

/** Answers the client with a refusal in its dialect. The stream may be gone when this returns: touch nothing of it afterwards. */
export function sendRefusal(host: Host, format: WireFormat, refusal: Refusal, by: string): void {
  host.reply(
    refusal.status,
    format.refusalHeaders(refusal).concat(refusal.headers),
    format.refusalBody(refusal),
    "weir_" + by + "_" + refusal.code,
  );
}
