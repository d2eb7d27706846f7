import { HeaderList } from "../host/host";

/** Whether a message's body is compressed, or otherwise not what its content type says (RFC 9110, 8.4). */
export function isEncoded(headers: HeaderList): bool {
  const encoding = headers.get("content-encoding");
  return encoding != null && encoding.length > 0 && encoding != "identity";
}
