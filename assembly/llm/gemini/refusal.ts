import { Bytes } from "../../bytes/bytes";
import { ByteWriter } from "../../bytes/writer";
import { Refusal } from "../wire-format";

/**
 * An error as Google's APIs write it: a `google.rpc.Status`, whose details say Weir's own code (`ErrorInfo`) and when to come back (`RetryInfo`).
 * Source: https://google.aip.dev/193, https://ai.google.dev/gemini-api/docs/troubleshooting
 */
export function writeGoogleError(refusal: Refusal): Bytes {
  const out = new ByteWriter(512);
  out.text('{"error": {"code": ');
  out.integer(refusal.status);
  out.text(', "message": ');
  out.jsonString(refusal.message);
  out.text(', "status": "');
  out.text(statusOf(refusal.status));
  out.text('", "details": [{"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": ');
  out.jsonString(refusal.code.toUpperCase());
  out.text(', "domain": "weir"');
  if (refusal.parameter.length > 0) {
    out.text(', "metadata": {"parameter": ');
    out.jsonString(refusal.parameter);
    out.text("}");
  }
  out.text("}");
  writeRetry(out, refusal.headers);
  out.text("]}}");
  return out.toBytes();
}

/** Says what the header `retry-after` says, if it is a number of seconds. */
function writeRetry(out: ByteWriter, headers: string[]): void {
  for (let i = 0; i + 1 < headers.length; i += 2) {
    if (headers[i] != "retry-after" || !isNumber(headers[i + 1])) continue;
    out.text(', {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "');
    out.text(headers[i + 1]);
    out.text('s"}');
    return;
  }
}

function isNumber(text: string): bool {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) < 0x30 || text.charCodeAt(i) > 0x39) return false;
  return text.length > 0;
}

/** The canonical code of an HTTP status: https://github.com/googleapis/googleapis/blob/master/google/rpc/code.proto */
function statusOf(status: i32): string {
  switch (status) {
    case 401:
      return "UNAUTHENTICATED";
    case 403:
      return "PERMISSION_DENIED";
    case 404:
      return "NOT_FOUND";
    case 409:
      return "ABORTED";
    case 429:
      return "RESOURCE_EXHAUSTED";
    case 503:
      return "UNAVAILABLE";
    case 504:
      return "DEADLINE_EXCEEDED";
    default:
      return status >= 500 ? "INTERNAL" : "INVALID_ARGUMENT";
  }
}
