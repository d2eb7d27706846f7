import { moduleForStart } from "../../build/start/module.ts";
import {
  type AccessEntry,
  asText,
  type Envoy,
  type Gateway,
  loadGateway,
  type Part,
  plainCluster,
  startEnvoy,
  until,
  type Update,
  WatchedListeners,
} from "../../build/envoy/index.ts";
import { type Provider, startProvider } from "../../demo/provider.ts";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** What a suite wants to run against. */
export interface SuiteOptions {
  /** Weir's configuration; `{ holdHeaders: true, ... }` of envoy/envoy.yaml if absent. */
  configuration?: object;
  workers?: number;
  /** Another module than the filter. */
  module?: string;
  stopHeaders?: "allowed" | "notAllowed";
  protocol?: "HTTP/1.1" | "HTTP/2";
  /** Changes the parts of envoy/envoy.yaml before Envoy starts. */
  adjust?: (gateway: Gateway) => void;
}

/** A provider, and an Envoy in front of it with two listeners that differ in nothing but Weir. */
export interface Suite {
  provider: Provider;
  envoy: Envoy;
  /** Ports: through Weir, and through the same Envoy without it. */
  weir: number;
  bare: number;
  /** Gives Envoy a new configuration of Weir, as an operator's control plane does. */
  reconfigure(configuration: object): Promise<Update>;
  /** The sum of `weir.requests` over all labels: how many calls to models were settled. */
  settled(): Promise<number>;
  /** The access log's line of the request with this `x-request-id`. */
  logged(requestId: string): Promise<AccessEntry>;
  stop(): Promise<void>;
}

/** Starts a suite; call `stop` in `after`. */
export async function startSuite(options: SuiteOptions = {}): Promise<Suite> {
  const wasm = options.module ?? (await moduleForStart(() => {}));
  const protocol = options.protocol ?? "HTTP/1.1";
  const provider = await startProvider({ keep: true, protocol });
  const directory = mkdtempSync(join(tmpdir(), "weir-suite-"));
  const gateway = loadGateway({
    wasm,
    provider: { port: provider.port, protocol },
    ...(options.configuration === undefined ? {} : { configuration: options.configuration }),
    ...(options.stopHeaders === undefined ? {} : { stopHeaders: options.stopHeaders }),
  });
  // What a client asks for as x-request-id is what the log shows, so that tests find their own requests.
  gateway.connectionManager.preserve_external_request_id = true;
  gateway.connectionManager.http_protocol_options = { enable_trailers: true };
  // Histograms are merged whenever statistics are flushed.
  gateway.bootstrap.stats_flush_interval = "0.2s";
  options.adjust?.(gateway);
  const bare = withoutWeir(gateway.listener);
  const resources = gateway.bootstrap.static_resources as { listeners: Part[] };
  resources.listeners.push(bare);
  const listeners = new WatchedListeners(directory);
  listeners.takeFrom(gateway.bootstrap);
  let envoy: Envoy;
  try {
    envoy = await startEnvoy({
      bootstrap: gateway.bootstrap,
      concurrency: options.workers ?? 1,
      logLevel: "warning",
      wasmLogLevel: "info",
    });
  } catch (error) {
    await provider.stop();
    throw error;
  }
  const suite: Suite = {
    provider,
    envoy,
    weir: 0,
    bare: 0,
    reconfigure: (configuration) => {
      gateway.plugin.configuration = asText(configuration);
      return listeners.replace([gateway.listener, bare], envoy.admin);
    },
    settled: async () => {
      const samples = await envoy.admin.prometheus("weir_requests");
      return samples.reduce((sum, sample) => sum + sample.value, 0);
    },
    logged: (requestId) =>
      envoy.accessLog.find(`the log line of ${requestId}`, (entry) => entry.request_id === requestId),
    stop: async () => {
      await envoy.stop();
      await provider.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
  try {
    if ((await envoy.admin.stat("listener_manager.lds.update_rejected")) > 0) {
      throw new Error(`Envoy refused the listener:\n${envoy.log.items.join("\n")}`);
    }
    suite.weir = await envoy.port("gateway");
    suite.bare = await envoy.port("bare");
    return suite;
  } catch (error) {
    await suite.stop();
    throw error;
  }
}

/** Waits until `settled` says `count`, and fails if it ever says more. */
export async function settledExactly(suite: Suite, count: number): Promise<void> {
  await until(`${count} settled calls`, async () => {
    const now = await suite.settled();
    if (now > count) throw new Error(`${now} calls were settled, but only ${count} were made.`);
    return now === count ? now : null;
  });
}

/** Another cluster beside the provider's. */
export function addCluster(gateway: Gateway, name: string, port: number): void {
  (gateway.bootstrap.static_resources as { clusters: Part[] }).clusters.push(plainCluster(name, port));
}

function withoutWeir(listener: Part): Part {
  const bare = structuredClone(listener);
  bare.name = "bare";
  const chain = (
    bare.filter_chains as { filters: { typed_config: { http_filters: Part[]; stat_prefix: string } }[] }[]
  )[0];
  const manager = chain?.filters[0]?.typed_config;
  if (manager === undefined) throw new Error("envoy/envoy.yaml has no connection manager where it is looked for.");
  manager.stat_prefix = "bare";
  manager.http_filters = manager.http_filters.filter((filter) => filter.name !== "weir");
  return bare;
}
