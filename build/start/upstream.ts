import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { rootCertificates } from "node:tls";
import { type Gateway, OperatorError, type Part, plainCluster } from "../envoy/index.ts";

/** Where distributions keep the certificates of the authorities they trust. */
const caBundles = [
  "/etc/ssl/certs/ca-certificates.crt",
  "/etc/pki/tls/certs/ca-bundle.crt",
  "/etc/ssl/ca-bundle.pem",
  "/etc/ssl/cert.pem",
];

/** The API that requests go to when there is a key for it. */
export interface RealApi {
  host: string;
  port: number;
  transport: "TLS" | "plain text";
}

/** Reads `OPENAI_BASE_URL`; throws `OperatorError` if Weir cannot forward there. */
export function readBaseUrl(text: string | undefined): RealApi {
  if (text === undefined || text === "") return { host: "api.openai.com", port: 443, transport: "TLS" };
  const url = URL.canParse(text) ? new URL(text) : null;
  const tls = url?.protocol === "https:";
  if (url === null || !(tls || url.protocol === "http:") || !/^\/(v1\/?)?$/.test(url.pathname)) {
    throw new OperatorError(`OPENAI_BASE_URL must look like https://host/v1, not '${text}'.`);
  }
  if (!tls && !/^(localhost|127\.\d+\.\d+\.\d+)$/.test(url.hostname)) {
    throw new OperatorError("OPENAI_BASE_URL must use https: the key would cross the network in plain text.");
  }
  return {
    host: url.hostname,
    port: Number(url.port || (tls ? 443 : 80)),
    transport: tls ? "TLS" : "plain text",
  };
}

/**
 * Points the gateway at the API and leaves the key's injection as envoy/envoy.yaml has it: Envoy takes the key from its
 * environment, so that it is neither in a file nor on a command line. `directory` is for files that Envoy reads.
 */
export function useRealApi(gateway: Gateway, api: RealApi, directory: string): void {
  const cluster = gateway.cluster;
  const endpoints = (plainCluster("provider", api.port).load_assignment as { endpoints: Part[] }).endpoints;
  const text = JSON.stringify(endpoints).replace("127.0.0.1", api.host);
  cluster.load_assignment = { cluster_name: "provider", endpoints: JSON.parse(text) as Part[] };
  if (api.transport === "plain text") {
    delete cluster.transport_socket;
    const options = cluster.typed_extension_protocol_options as Record<string, Part>;
    for (const one of Object.values(options)) {
      delete one.auto_config;
      one.explicit_http_config = { http_protocol_options: {} };
    }
    return;
  }
  const tls = (cluster.transport_socket as { typed_config: Part }).typed_config;
  tls.sni = api.host;
  (tls.common_tls_context as Part).validation_context = {
    trusted_ca: { filename: caBundle(directory) },
    match_typed_subject_alt_names: [{ san_type: "DNS", matcher: { exact: api.host } }],
  };
}

/** The system's bundle; where there is none, the one that comes with Node. */
function caBundle(directory: string): string {
  for (const path of [process.env.SSL_CERT_FILE ?? "", ...caBundles]) if (path !== "" && existsSync(path)) return path;
  const own = join(directory, "authorities.pem");
  writeFileSync(own, rootCertificates.join("\n"), { mode: 0o600 });
  return own;
}
