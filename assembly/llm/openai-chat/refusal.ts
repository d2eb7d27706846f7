import { Bytes } from "../../bytes/bytes";
import { ByteWriter } from "../../bytes/writer";
import { Refusal } from "../wire-format";

/**
 * An error in OpenAI's shape: `{"error": {"message", "type", "param", "code"}}`, which its SDKs turn into the exception of the
 * status. Source: https://platform.openai.com/docs/guides/error-codes
 */
export function writeOpenAiError(refusal: Refusal): Bytes {
  const out = new ByteWriter(256);
  out.text('{"error": {"message": ');
  out.jsonString(refusal.message);
  out.text(', "type": "');
  out.text(typeOf(refusal.status));
  out.text('", "param": ');
  if (refusal.parameter.length > 0) out.jsonString(refusal.parameter);
  else out.text("null");
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
    case 429:
      return "rate_limit_error";
    default:
      return status >= 500 ? "server_error" : "invalid_request_error";
  }
}
