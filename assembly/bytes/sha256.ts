import { Bytes } from "./bytes";

/** SHA-256 of `bytes` (FIPS 180-4) as 64 lower-case hexadecimal digits. */
export function sha256Hex(_bytes: Bytes): string {
  return "";
}
