import { Host } from "../host/host";
import { CallRequest, RequestProblem } from "../llm/call-request";
import { Refusal, WireFormat } from "../llm/wire-format";

/** The refusal of a request that cannot be read. */
export function refusalOf(request: CallRequest): Refusal {
  switch (request.problem) {
    case RequestProblem.NotInspectable:
      return new Refusal(415, "not_inspectable", request.problemText);
    case RequestProblem.TooLarge:
      return new Refusal(413, "request_too_large", request.problemText);
    default:
      return new Refusal(400, "malformed_request", request.problemText);
  }
}

/** Answers the client with a refusal in its dialect. The stream may be gone when this returns: touch nothing of it afterwards. */
export function sendRefusal(host: Host, format: WireFormat, refusal: Refusal, by: string): void {
  const headers = ["content-type", "application/json"];
  host.reply(refusal.status, headers, format.refusalBody(refusal), "weir_" + by + "_" + refusal.code);
}
