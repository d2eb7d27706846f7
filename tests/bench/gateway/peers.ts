import { asText, type Envoy, type Part, plainCluster, startEnvoy } from "../../../build/envoy/index.ts";

/** One way to run Envoy; all ways differ in nothing but one filter before the router. */
export interface Peer {
  name: string;
  title: string;
  /** The filter, or null for the bare router. */
  filter: Part | null;
  /** The route's own settings for the filter, by the filter's name. */
  perRoute?: Part;
}

/** A peer that runs: one Envoy with one worker. */
export interface RunningPeer {
  peer: Peer;
  envoy: Envoy;
  port: number;
}

const AI_PROTOCOL_MANAGER = "envoy.filters.http.ai_protocol_manager";
const AI_TYPES = "type.googleapis.com/envoy.extensions.filters.http.ai_protocol_manager.v3";

/** Nothing but the router: what every other peer's figure is compared with. */
export const bare: Peer = { name: "bare", title: "bare router", filter: null };

/**
 * Envoy's own filter, with request parsing and token usage extraction on, in the way that costs it least: it observes,
 * and passes every byte on as it came.
 *
 * Source: https://www.envoyproxy.io/docs/envoy/v1.40.0/api-v3/extensions/filters/http/ai_protocol_manager/v3/ai_protocol_manager.proto
 */
export const cppObserving: Peer = {
  name: "cpp",
  title: "C++ filter",
  filter: {
    name: AI_PROTOCOL_MANAGER,
    typed_config: {
      "@type": `${AI_TYPES}.AiProtocolManager`,
      request_handling: { parse_unconfigured_routes: true, reserialize_body: "DISABLE" },
      response_handling: {
        token_usage: { include_unconfigured_routes: true, default_llm_protocol: "OPENAI_CHAT_COMPLETIONS" },
      },
    },
  },
};

/**
 * The same filter on a route that is declared to be an AI endpoint, as its documentation shows it: it checks requests
 * against the schema, and writes every event of a response anew.
 */
export const cppDeclared: Peer = {
  name: "cpp-declared",
  title: "C++ filter, declared route",
  filter: {
    name: AI_PROTOCOL_MANAGER,
    typed_config: {
      "@type": `${AI_TYPES}.AiProtocolManager`,
      request_handling: { reserialize_body: "DISABLE" },
      response_handling: { token_usage: {} },
    },
  },
  perRoute: {
    [AI_PROTOCOL_MANAGER]: {
      "@type": `${AI_TYPES}.AiProtocolManagerPerRoute`,
      request: { llm_protocol: "OPENAI_CHAT_COMPLETIONS" },
      response: { llm_protocol: "OPENAI_CHAT_COMPLETIONS" },
    },
  },
};

/** A WebAssembly filter; with a configuration of null it gets none. */
export function wasm(name: string, title: string, module: string, configuration: object | null): Peer {
  return {
    name,
    title,
    filter: {
      name,
      typed_config: {
        "@type": "type.googleapis.com/envoy.extensions.filters.http.wasm.v3.Wasm",
        config: {
          name,
          allow_on_headers_stop_iteration: true,
          failure_policy: "FAIL_RELOAD",
          vm_config: { vm_id: name, runtime: "envoy.wasm.runtime.v8", code: { local: { filename: module } } },
          ...(configuration === null ? {} : { configuration: asText(configuration) }),
        },
      },
    },
  };
}

/** Rules that every request of the benchmark runs through; the last one lets it pass. */
export const accessRules = {
  processors: [
    {
      type: "accessControl",
      default: "deny",
      rules: [
        { action: "deny", consumers: ["blocked-*"] },
        { action: "deny", models: ["o1*", "*-preview"], operations: ["chat"] },
        { action: "deny", paths: ["/v1/images/*", "/v1/audio/*"] },
        { action: "allow", models: ["gpt-4o*"], operations: ["chat"] },
      ],
    },
  ],
};

/** Starts an Envoy for `peer`. `accessLog` is for proofs alone; while time is measured no peer has one. */
export async function startPeer(peer: Peer, providerPort: number, accessLog: Part | null = null): Promise<RunningPeer> {
  const envoy = await startEnvoy({
    bootstrap: bootstrapOf(peer, providerPort, accessLog),
    concurrency: 1,
    logLevel: "error",
  });
  return { peer, envoy, port: await envoy.port("bench") };
}

function bootstrapOf(peer: Peer, providerPort: number, accessLog: Part | null): Part {
  const router = {
    name: "envoy.filters.http.router",
    typed_config: { "@type": "type.googleapis.com/envoy.extensions.filters.http.router.v3.Router" },
  };
  const manager = {
    "@type": "type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
    stat_prefix: "bench",
    route_config: {
      name: "bench",
      virtual_hosts: [
        {
          name: "bench",
          domains: ["*"],
          routes: [
            {
              match: { prefix: "/" },
              route: { cluster: "provider", timeout: "0s" },
              ...(peer.perRoute === undefined ? {} : { typed_per_filter_config: peer.perRoute }),
            },
          ],
        },
      ],
    },
    http_filters: peer.filter === null ? [router] : [peer.filter, router],
    ...(accessLog === null ? {} : { access_log: [accessLog] }),
  };
  const address = { socket_address: { address: "127.0.0.1", port_value: 0 } };
  const chain = { filters: [{ name: "envoy.filters.network.http_connection_manager", typed_config: manager }] };
  return {
    admin: { address },
    // Merging statistics now and then would be counted to whoever has his turn.
    stats_flush_interval: "299s",
    static_resources: {
      listeners: [{ name: "bench", address, filter_chains: [chain] }],
      clusters: [plainCluster("provider", providerPort)],
    },
  };
}
