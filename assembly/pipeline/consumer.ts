import { Bytes } from "../bytes/bytes";
import { sha256Hex } from "../bytes/sha256";
import { Fields, Settings } from "../config/fields";
import { clientAddress } from "../host/client-address";
import { HeaderList, Host } from "../host/host";

/** The consumer of a request that no source names. */
export const ANONYMOUS = "anonymous";

/** Hexadecimal digits of a credential's SHA-256 that stand for it: 64 bits, enough to tell a company's keys apart. */
const CREDENTIAL_DIGITS = 16;

const CREDENTIAL_HEADERS = ["authorization", "x-api-key", "api-key", "x-goog-api-key"];

/** One place where the consumer's name may stand; exactly one member is set. */
export class ConsumerSource extends Settings {
  header: string = "";
  metadata: string[] = [];
  credential: bool = false;
  clientAddress: bool = false;

  bind(f: Fields): void {
    f.exactlyOne();
    this.header = f
      .text(
        "header",
        "",
        "A request header whose value is the consumer. Clients can send any header: name one that an authentication filter sets.",
      )
      .toLowerCase();
    this.metadata = f.strings(
      "metadata",
      "Path of a string in the dynamic metadata: the filter's name, then the keys.",
    );
    this.credential = f.boolean(
      "credential",
      false,
      "The first 16 hexadecimal digits of the SHA-256 of the bearer token or API key; the key itself is never shown.",
    );
    this.clientAddress = f.boolean("clientAddress", false, "The address of the client, without its port.");
  }

  /** The consumer that this source names; empty if it names none. */
  find(headers: HeaderList, host: Host): string {
    if (this.header.length > 0) return orEmpty(headers.get(this.header));
    if (this.metadata.length > 0) return orEmpty(host.property(["metadata", "filter_metadata"].concat(this.metadata)));
    if (this.credential) return hashedCredential(headers);
    if (this.clientAddress) return clientAddress(host);
    return "";
  }
}

/** Who pays for the request: the first source that names somebody, else "anonymous". */
export function consumerOf(sources: Settings[], headers: HeaderList, host: Host): string {
  for (let i = 0; i < sources.length; i++) {
    const name = (sources[i] as ConsumerSource).find(headers, host);
    if (name.length > 0) return name;
  }
  return ANONYMOUS;
}

function orEmpty(text: string | null): string {
  return text ? text : "";
}

function hashedCredential(headers: HeaderList): string {
  for (let i = 0; i < CREDENTIAL_HEADERS.length; i++) {
    const value = headers.get(CREDENTIAL_HEADERS[i]);
    if (value == null || value.length == 0) continue;
    const secret = value.toLowerCase().startsWith("bearer ") ? value.substring(7).trim() : value;
    return sha256Hex(Bytes.fromString(secret)).substring(0, CREDENTIAL_DIGITS);
  }
  return "";
}
