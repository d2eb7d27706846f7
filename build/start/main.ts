import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startProvider } from "../../demo/provider.ts";
import {
  asText,
  type Envoy,
  findEnvoy,
  type Gateway,
  loadGateway,
  OperatorError,
  startEnvoy,
  Update,
  WatchedListeners,
} from "../envoy/index.ts";
import { readConfiguration, watchConfiguration } from "./configuration.ts";
import { moduleForStart } from "./module.ts";
import { help, readOptions, type StartOptions } from "./options.ts";
import { tableHeader, tableLine } from "./table.ts";
import { readBaseUrl, useRealApi } from "./upstream.ts";

/** What is to be undone at the end, the last begun first. */
const undo: (() => Promise<void> | void)[] = [];
let ending: Promise<void> | null = null;

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.on(signal, () => {
    if (ending === null) say("\nStopping.");
    void end(0);
  });
}

try {
  await start(readOptions(process.argv.slice(2)));
} catch (error) {
  // What was begun when Ctrl-C came may fail; that is no news.
  if (ending === null) {
    console.error(error instanceof OperatorError ? error.message : error);
    await end(1);
  }
}

async function start(options: StartOptions): Promise<void> {
  if (options.help) return say(help.trimEnd());
  const configuration = options.config === null ? undefined : readConfiguration(options.config);
  const key = process.env.OPENAI_API_KEY ?? "";
  const api = key === "" ? null : readBaseUrl(process.env.OPENAI_BASE_URL);
  await refuseTakenPort("port", options.port);
  await refuseTakenPort("admin-port", options.adminPort);
  if (api === null) await refuseTakenPort("provider-port", options.providerPort);

  const binary = await findEnvoy({ report: say });
  const wasm = await moduleForStart(say);
  const directory = mkdtempSync(join(tmpdir(), "weir-start-"));
  undo.push(() => rmSync(directory, { recursive: true, force: true }));

  const common = { wasm, port: options.port, adminPort: options.adminPort, configuration };
  let gateway: Gateway;
  if (api === null) {
    const provider = await startProvider({ port: options.providerPort });
    undo.push(() => provider.stop());
    say(`Demo provider on http://127.0.0.1:${provider.port}/v1 (set OPENAI_API_KEY to use the real API).`);
    gateway = loadGateway({ ...common, provider: { port: provider.port } });
  } else {
    gateway = loadGateway(common);
    useRealApi(gateway, api, directory);
    say(`Forwarding to ${api.host}:${api.port} over ${api.transport}; Envoy adds the key from OPENAI_API_KEY.`);
  }

  say(`Starting Envoy ${binary.version} (${binary.path}).`);
  const listeners = new WatchedListeners(join(directory, "listeners"));
  listeners.takeFrom(gateway.bootstrap);
  const envoy = await startEnvoy({
    bootstrap: gateway.bootstrap,
    binary: binary.path,
    concurrency: options.workers,
    environment: api === null ? {} : { OPENAI_AUTHORIZATION: `Bearer ${key}` },
    onLog: (line) => {
      if (ending === null) console.error(withoutPrefix(line));
    },
    onAccess: (entry) => say(tableLine(entry)),
  });
  undo.push(() => envoy.stop());
  void envoy.crashed.then((reason) => {
    if (ending !== null) return;
    console.error(`Envoy ${reason}.`);
    void end(1);
  });
  if ((await envoy.admin.stat("listener_manager.lds.update_rejected")) > 0) {
    throw new OperatorError("Weir refused its configuration, for the reasons above.");
  }
  await announce(envoy, options);
  if (options.config !== null) keepUpToDate(options.config, gateway, listeners, envoy);
}

async function announce(envoy: Envoy, options: StartOptions): Promise<void> {
  const url = `http://127.0.0.1:${await envoy.port("gateway")}/v1`;
  const ask = (extra: string): string =>
    `curl -sN ${url}/chat/completions -H 'content-type: application/json' -H 'x-consumer: me' -d ` +
    `'{"model": "gpt-4o-mini", "messages": [{"role": "user", "content": "Why does a weir need a crest?"}]${extra}}'`;
  say(`\nWeir serves ${url}\n`);
  say(`  ${ask("")}\n`);
  say(`  ${ask(', "stream": true, "stream_options": {"include_usage": true}')}\n`);
  say(`Metrics: http://127.0.0.1:${envoy.admin.port}/stats/prometheus`);
  if (options.config !== null) say(`Changes of ${options.config} are taken live.`);
  say(`Ctrl-C stops everything.\n\n${tableHeader()}`);
}

/** Hands each change of the configuration file to Envoy, one after the other, and tells what became of it. */
function keepUpToDate(file: string, gateway: Gateway, listeners: WatchedListeners, envoy: Envoy): void {
  let last = Promise.resolve();
  const update = async (configuration: object): Promise<void> => {
    gateway.plugin.configuration = asText(configuration);
    const verdict = await listeners.replace([gateway.listener], envoy.admin);
    if (verdict === Update.Taken) say(`${file} is in effect.`);
    else console.error(`${file} was refused; what was in effect before goes on serving.`);
  };
  const stop = watchConfiguration(
    file,
    (configuration) => {
      last = last
        .then(() => update(configuration))
        .catch((error: Error) => {
          if (ending === null) console.error(error.message);
        });
    },
    (sentence) => console.error(`${sentence} What was in effect before goes on serving.`),
  );
  undo.push(stop);
}

async function refuseTakenPort(option: string, port: number): Promise<void> {
  if (port === 0) return;
  await new Promise<void>((resolve, reject) => {
    const probe = createServer();
    probe.once("error", (error: NodeJS.ErrnoException) => {
      const reason = error.code === "EADDRINUSE" ? "is taken" : `cannot be used (${error.message})`;
      reject(new OperatorError(`Port ${port} on 127.0.0.1 ${reason}: choose another with --${option}.`));
    });
    probe.listen(port, "127.0.0.1", () => probe.close(() => resolve()));
  });
}

/** `[time][level][component] text` without the time. */
function withoutPrefix(line: string): string {
  return line.replace(/^\[\d[^\]]*\]\[(\w+)\]\[\w+\] /, "envoy $1: ");
}

function say(line: string): void {
  console.log(line);
}

function end(status: number): Promise<void> {
  ending ??= (async () => {
    for (const step of undo.reverse()) {
      try {
        await step();
      } catch (error) {
        console.error(error);
      }
    }
    process.exit(status);
  })();
  return ending;
}
