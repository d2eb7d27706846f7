import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";
import type { Admin } from "./admin.ts";
import { until } from "./run.ts";

/** A part of an Envoy configuration: JSON whose shape Envoy's own protobufs say. */
export type Part = Record<string, unknown>;

/** The parts of `envoy/envoy.yaml` that a user of this library may want to change. */
export interface Gateway {
  bootstrap: Part;
  listener: Part;
  connectionManager: Part;
  /** The HTTP filters in order; Weir's is the one named `weir`. */
  filters: Part[];
  /** Weir's `PluginConfig`. */
  plugin: Part;
  cluster: Part;
}

/** What differs between the file that operators copy and an Envoy on this machine. */
export interface GatewayOptions {
  /** The module to load. */
  wasm: string;
  /** Weir's configuration; that of the file if absent. */
  configuration?: object;
  /** Whether Envoy is told to let filters hold headers while the body arrives; the file says it is. */
  stopHeaders?: "allowed" | "notAllowed";
  /** 0, the default, lets the kernel choose: ask `Envoy.port("gateway")`. */
  port?: number;
  adminPort?: number;
  /** Whom to forward to in plain text, without a key; the file's provider over TLS with its key if absent. */
  provider?: { port: number; protocol?: "HTTP/1.1" | "HTTP/2" };
}

/** The file that operators copy, and from which tests, benchmarks and `npm start` make what they run. */
export const envoyFile = fileURLToPath(new URL("../../envoy/envoy.yaml", import.meta.url));

/** Reads `envoy/envoy.yaml` and fits it to this machine. Each call gives a copy of its own. */
export function loadGateway(options: GatewayOptions): Gateway {
  const bootstrap = parse(readFileSync(envoyFile, "utf8"), { merge: true }) as Part;
  const resources = bootstrap.static_resources as { listeners: Part[]; clusters: Part[] } & Part;
  const listener = first(resources.listeners);
  const connectionManager = first(first(listener.filter_chains as Part[]).filters as Part[]).typed_config as Part;
  const filters = connectionManager.http_filters as Part[];
  const plugin = (filters.find((filter) => filter.name === "weir")?.typed_config as { config: Part }).config;
  const cluster = first(resources.clusters);

  (plugin.vm_config as Part).code = { local: { filename: options.wasm } };
  if (options.configuration !== undefined) plugin.configuration = asText(options.configuration);
  if (options.stopHeaders === "notAllowed") delete plugin.allow_on_headers_stop_iteration;
  setPort(listener, options.port ?? 0);
  setPort(bootstrap.admin as Part, options.adminPort ?? 0);
  if (options.provider !== undefined) {
    Object.assign(cluster, plainCluster("provider", options.provider.port, options.provider.protocol));
    delete cluster.transport_socket;
    delete resources.secrets;
  }
  return { bootstrap, listener, connectionManager, filters, plugin, cluster };
}

/** A cluster of one host on this machine, spoken to in plain text. */
export function plainCluster(name: string, port: number, protocol: "HTTP/1.1" | "HTTP/2" = "HTTP/1.1"): Part {
  const options = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions";
  const explicit =
    protocol === "HTTP/2" ? { http2_protocol_options: {} } : { http_protocol_options: { enable_trailers: true } };
  return {
    name,
    type: "STATIC",
    connect_timeout: "5s",
    load_assignment: {
      cluster_name: name,
      endpoints: [
        {
          lb_endpoints: [{ endpoint: { address: { socket_address: { address: "127.0.0.1", port_value: port } } } }],
        },
      ],
    },
    typed_extension_protocol_options: {
      [options]: { "@type": `type.googleapis.com/${options}`, explicit_http_config: explicit },
    },
  };
}

/** Weir's configuration as Envoy's `PluginConfig.configuration` holds it: JSON in a `google.protobuf.Any` of a text. */
export function asText(configuration: object): Part {
  return { "@type": "type.googleapis.com/google.protobuf.StringValue", value: JSON.stringify(configuration) };
}

/** What Envoy did with a listener it was given. */
export enum Update {
  Taken = "taken",
  /** The listener before it goes on serving; Envoy's log says why. */
  Rejected = "rejected",
}

/**
 * Listeners in a file that Envoy watches (file-based xDS), which is how they change without a restart.
 *
 * `directory` must exist as long as Envoy runs, and hold nothing else that is moved in or out.
 */
export class WatchedListeners {
  readonly #file: string;
  #written = 0;

  constructor(readonly directory: string) {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    this.#file = join(directory, "listeners.json");
  }

  /** Moves the bootstrap's own listeners into the watched file. Call before Envoy is started. */
  takeFrom(bootstrap: Part): void {
    const resources = bootstrap.static_resources as Part;
    this.#write(resources.listeners as Part[]);
    delete resources.listeners;
    bootstrap.dynamic_resources = {
      lds_config: {
        resource_api_version: "V3",
        path_config_source: { path: this.#file, watched_directory: { path: this.directory } },
      },
    };
  }

  /** Gives Envoy new listeners and waits for its verdict. One at a time. */
  async replace(listeners: Part[], admin: Admin): Promise<Update> {
    const before = await ldsCounters(admin);
    this.#write(listeners);
    return until("Envoy's verdict on the new listener", async () => {
      const now = await ldsCounters(admin);
      if (now.rejected > before.rejected) return Update.Rejected;
      return now.success > before.success && now.warming === 0 ? Update.Taken : null;
    });
  }

  #write(listeners: Part[]): void {
    const resources = listeners.map((listener) => ({
      "@type": "type.googleapis.com/envoy.config.listener.v3.Listener",
      ...listener,
    }));
    // Envoy looks again when a file is moved into the directory, so it never reads half a file.
    const next = join(this.directory, `listeners.${++this.#written}.next`);
    writeFileSync(next, JSON.stringify({ version_info: String(this.#written), resources }), { mode: 0o600 });
    renameSync(next, this.#file);
  }
}

async function ldsCounters(admin: Admin): Promise<{ success: number; rejected: number; warming: number }> {
  const stats = await admin.stats("listener_manager.");
  return {
    success: stats["listener_manager.lds.update_success"] ?? 0,
    rejected: stats["listener_manager.lds.update_rejected"] ?? 0,
    warming: stats["listener_manager.total_listeners_warming"] ?? 0,
  };
}

function setPort(owner: Part, port: number): void {
  (owner.address as { socket_address: Part }).socket_address.port_value = port;
}

function first(parts: Part[]): Part {
  return parts[0] ?? {};
}
