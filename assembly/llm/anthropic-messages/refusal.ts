import { Bytes } from "../../bytes/bytes";
import { ByteWriter } from "../../bytes/writer";
import { Refusal } from "../wire-format";

/**
 * An error in Anthropic's shape, which its clients turn into the exception of the status. `code` is Weir's own.
 * Source: https://docs.anthropic.com/en/api/errors
 */
export function writeAnthropicError(refusal: Refusal): Bytes {
  const out = new ByteWriter(256);
  out.text('{"type": "error", "error": {"type": "');
  out.text(typeOf(refusal.status));
  out.text('", "message": ');
  out.jsonString(refusal.message);
  out.text(', "code": ');
  out.jsonString(refusal.code);
  out.text("}}");
  return out.toBytes();
}

function typeOf(status: i32): string {
  switch (status) {
    case 401:
      return "authentication_error";
    case 403:
      return "permission_error";
    case 404:
      return "not_found_error";
    case 413:
      return "request_too_large";
    case 429:
      return "rate_limit_error";
    case 503:
    case 529:
      return "overloaded_error";
    default:
      return status >= 500 ? "api_error" : "invalid_request_error";
  }
}
