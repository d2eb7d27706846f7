import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { type Envoy, loadGateway, type Part, plainCluster, startEnvoy, until } from "../../../build/envoy/index.ts";
import {
  type CalloutEnd,
  configurationOf,
  type Driver,
  type Listener,
  type Outcome,
  type Scenario,
  SMALL_BYTES,
} from "./driver.ts";
import { messageOf } from "./message.ts";
import { puppet } from "./puppet.ts";

/** A stream whose callbacks are stopped shows nothing that could be waited for. */
const SETTLE_MS = 30;
const IDLE_SECONDS = 2;

/** A connection, and all that came over it. */
class Connection {
  readonly chunks: Buffer[] = [];
  isGone = false;

  constructor(readonly socket: Socket) {
    socket.on("data", (bytes: Buffer) => this.chunks.push(bytes));
    socket.on("close", () => (this.isGone = true));
    socket.on("end", () => (this.isGone = true));
    // What an error means is seen in what has come.
    socket.on("error", () => (this.isGone = true));
    socket.setNoDelay(true);
  }

  get bytes(): Buffer {
    return Buffer.concat(this.chunks);
  }

  /** The path of the request that it carries; empty until it is there. */
  get path(): string {
    return /^\w+ (\S+) HTTP/.exec(this.bytes.toString("latin1"))?.[1] ?? "";
  }

  get isWhole(): boolean {
    return messageOf(this.bytes, this.isGone).end !== "open";
  }
}

/** An Envoy with the guest that knows the scenarios. */
export class RealEnvoy {
  private constructor(
    private readonly server: Server,
    private readonly connections: Connection[],
    private readonly envoy: Envoy,
    private readonly ports: Record<Listener, number>,
  ) {}

  static async start(scenarios: Record<string, Scenario>): Promise<RealEnvoy> {
    const connections: Connection[] = [];
    const server = createServer((socket) => connections.push(new Connection(socket)));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const envoy = await startEnvoy({
      bootstrap: bootstrapOf(await puppet(), configurationOf(scenarios), port),
      wasmLogLevel: "info",
    });
    const ports: Record<Listener, number> = {
      withFlag: await envoy.port("withFlag"),
      withoutFlag: await envoy.port("withoutFlag"),
      small: await envoy.port("small"),
    };
    return new RealEnvoy(server, connections, envoy, ports);
  }

  /** Plays a scenario; `linesAfterSteps` says what to wait for. */
  async play(name: string, scenario: Scenario, linesAfterSteps: readonly number[]): Promise<Outcome> {
    const driver = new RealDriver(
      name,
      new Connection(connect(this.ports[scenario.listener ?? "withFlag"], "127.0.0.1")),
      this.connections,
      () => this.told(name),
      linesAfterSteps,
    );
    await scenario.run(driver);
    const entry = await this.envoy.accessLog.find(`the log line of ${name}`, ({ path }) => path === `/${name}`);
    const { client, upstream } = driver;
    // What does not come to an end in time is compared as it is.
    const settled = () => (client.isWhole && (upstream?.isWhole ?? true) ? true : null);
    await until("both sides to end", settled, 1).catch(() => null);
    await until(
      "the last callback",
      () => (this.told(name).length >= (linesAfterSteps.at(-1) ?? 0) ? true : null),
      1,
    ).catch(() => null);
    const outcome: Outcome = {
      guest: this.told(name),
      upstream: messageOf(upstream?.bytes ?? Buffer.alloc(0), upstream?.isGone ?? false),
      client: messageOf(client.bytes, client.isGone),
      details: String(entry.details ?? ""),
      state: String(entry.state ?? ""),
    };
    client.socket.destroy();
    upstream?.socket.destroy();
    return outcome;
  }

  async stop(): Promise<void> {
    await this.envoy.stop();
    for (const { socket } of this.connections) socket.destroy();
    this.server.close();
  }

  private told(name: string): string[] {
    const mark = `puppet ${name}: `;
    return this.envoy.log.items
      .filter((line) => line.includes(mark))
      .map((line) => line.slice(line.indexOf(mark) + mark.length));
  }
}

class RealDriver implements Driver {
  upstream: Connection | undefined;
  #step = 0;

  constructor(
    private readonly name: string,
    readonly client: Connection,
    private readonly connections: Connection[],
    private readonly told: () => string[],
    private readonly linesAfterSteps: readonly number[],
  ) {}

  request(isLast?: "last"): Promise<void> {
    const head = `${isLast ? "GET" : "POST"} /${this.name} HTTP/1.1\r\nhost: test\r\nx-a: sent\r\n`;
    return this.step(() => this.send(head + (isLast ? "\r\n" : "transfer-encoding: chunked\r\n\r\n")));
  }

  requestBody(text: string): Promise<void> {
    return this.step(() => this.send(chunk(text)));
  }

  requestEnd(): Promise<void> {
    return this.step(() => this.send("0\r\n\r\n"));
  }

  requestTrailers(): Promise<void> {
    return this.step(() => this.send("0\r\nx-a: trailer\r\n\r\n"));
  }

  response(isLast?: "last"): Promise<void> {
    const body = isLast ? "content-length: 0" : "transfer-encoding: chunked";
    return this.step(() => this.give(`HTTP/1.1 200 OK\r\nx-b: given\r\n${body}\r\n\r\n`));
  }

  responseBody(text: string): Promise<void> {
    return this.step(() => this.give(chunk(text)));
  }

  responseEnd(): Promise<void> {
    return this.step(() => this.give("0\r\n\r\n"));
  }

  responseTrailers(): Promise<void> {
    return this.step(() => this.give("0\r\nx-b: trailer\r\n\r\n"));
  }

  clientReset(): Promise<void> {
    return this.step(() => void this.client.socket.resetAndDestroy());
  }

  upstreamReset(): Promise<void> {
    return this.step(async () => void (await this.answering()).socket.resetAndDestroy());
  }

  idle(): Promise<void> {
    return this.step(() => {}, IDLE_SECONDS * 3);
  }

  callout(end: CalloutEnd): Promise<void> {
    return this.step(async () => {
      if (end !== "ok" && end !== "reset") return;
      const { socket } = await this.connectionOf((path) => path.startsWith("/callout/"));
      if (end === "ok") socket.end("HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nfine");
      else socket.resetAndDestroy();
    });
  }

  private send(text: string): void {
    this.client.socket.write(text);
  }

  private async give(text: string): Promise<void> {
    (await this.answering()).socket.write(text);
  }

  private async answering(): Promise<Connection> {
    this.upstream = await this.connectionOf((path) => path === `/${this.name}`);
    return this.upstream;
  }

  private connectionOf(matches: (path: string) => boolean): Promise<Connection> {
    return until(
      `a connection of ${this.name}`,
      () => this.connections.findLast((c) => !c.isGone && matches(c.path)) ?? null,
      3,
    );
  }

  /** Takes a step, and waits until the guest has told of it as much as it should. */
  private async step(take: () => void | Promise<void>, seconds = 2): Promise<void> {
    const wanted = this.linesAfterSteps[this.#step] ?? 0;
    const before = this.#step === 0 ? 0 : (this.linesAfterSteps[this.#step - 1] ?? 0);
    this.#step++;
    await take();
    this.upstream ??= this.connections.find(({ path }) => path === `/${this.name}`);
    if (wanted === before) await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
    // What does not come is missed where the outcomes are compared.
    await until("the guest", () => (this.told().length >= wanted ? true : null), seconds).catch(() => null);
    this.upstream ??= this.connections.find(({ path }) => path === `/${this.name}`);
  }
}

function chunk(text: string): string {
  return `${text.length.toString(16)}\r\n${text}\r\n`;
}

/** envoy/envoy.yaml with the guest in the filter's place, on three listeners. */
function bootstrapOf(wasm: string, script: string, port: number): Part {
  const gateway = loadGateway({ wasm, provider: { port } });
  const { plugin, connectionManager, listener, bootstrap, cluster } = gateway;
  plugin.configuration = { "@type": "type.googleapis.com/google.protobuf.StringValue", value: script };
  connectionManager.http_protocol_options = { enable_trailers: true };
  const fields = { path: "%REQ(:PATH)%", details: "%RESPONSE_CODE_DETAILS%", state: "%FILTER_STATE(wasm.x:PLAIN)%" };
  const [log] = connectionManager.access_log as { typed_config: Part }[];
  if (log) log.typed_config.log_format = { json_format: fields };
  const resources = bootstrap.static_resources as { listeners: Part[]; clusters: Part[] };
  // One connection each, so that none carries two scenarios.
  const options = cluster.typed_extension_protocol_options as Record<string, Part>;
  for (const option of Object.values(options)) option.common_http_protocol_options = { max_requests_per_connection: 1 };
  resources.clusters.push(plainCluster("nobody", 1));
  listener.name = "withFlag";
  const small = { ...structuredClone(listener), name: "small", per_connection_buffer_limit_bytes: SMALL_BYTES };
  const again = loadGateway({ wasm, provider: { port }, stopHeaders: "notAllowed" });
  again.plugin.configuration = plugin.configuration;
  Object.assign(again.connectionManager, {
    access_log: connectionManager.access_log,
    http_protocol_options: connectionManager.http_protocol_options,
    stream_idle_timeout: `${IDLE_SECONDS}s`,
  });
  resources.listeners = [listener, { ...again.listener, name: "withoutFlag" }, small];
  return bootstrap;
}
