import { Bytes } from "../../bytes/bytes";
import { ByteWriter } from "../../bytes/writer";
import { Refusal } from "../wire-format";

/**
 * An error as AWS's clients read it: the type is in the header `x-amzn-errortype`, and in `__type` for those who look there.
 * Source: https://smithy.io/2.0/aws/protocols/aws-restjson1-protocol.html#operation-error-serialization,
 * https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html (Errors)
 */
export function writeBedrockError(refusal: Refusal): Bytes {
  const out = new ByteWriter(256);
  out.text('{"__type": "');
  out.text(bedrockErrorType(refusal.status));
  out.text('", "message": ');
  out.jsonString(refusal.message);
  out.text(', "reason": ');
  out.jsonString(refusal.code);
  out.text("}");
  return out.toBytes();
}

/** The type of the error that Bedrock answers with for a status. */
export function bedrockErrorType(status: i32): string {
  switch (status) {
    case 401:
    case 403:
      return "AccessDeniedException";
    case 404:
      return "ResourceNotFoundException";
    case 408:
      return "ModelTimeoutException";
    case 429:
      return "ThrottlingException";
    case 503:
      return "ServiceUnavailableException";
    default:
      return status >= 500 ? "InternalServerException" : "ValidationException";
  }
}
