import { Host } from "./host";

/** The address of the client without its port, which it has another one of for each connection; empty if the proxy knows none. */
export function clientAddress(host: Host): string {
  const address = host.property(["source", "address"]);
  return address ? withoutPort(address) : "";
}

/** `10.1.2.3:4567` and `[::1]:4567` without the port. */
function withoutPort(address: string): string {
  const colon = address.lastIndexOf(":");
  if (colon < 0) return address;
  const host = address.substring(0, colon);
  return host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length - 1) : host;
}
