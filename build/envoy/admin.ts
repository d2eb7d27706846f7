import { request } from "node:http";

/** One sample of Prometheus's text format: a metric's name, its labels and its value. */
export interface Sample {
  name: string;
  labels: Record<string, string>;
  value: number;
}

/** Envoy's admin interface (https://www.envoyproxy.io/docs/envoy/latest/operations/admin), as far as Weir uses it. */
export class Admin {
  constructor(
    readonly host: string,
    readonly port: number,
  ) {}

  /** The body of a GET; rejects on any status but 200. */
  get(path: string): Promise<string> {
    return this.#call("GET", path);
  }

  /** The body of a POST, which is what Envoy asks for where something changes. */
  post(path: string): Promise<string> {
    return this.#call("POST", path);
  }

  /** True once every listener and cluster works. */
  async isReady(): Promise<boolean> {
    return this.get("/ready").then(
      (body) => body.trim() === "LIVE",
      () => false,
    );
  }

  /** The values of all counters and gauges whose name holds `part`. */
  async stats(part: string): Promise<Record<string, number>> {
    const pattern = encodeURIComponent(part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
    const body = await this.get(`/stats?format=json&filter=${pattern}`);
    const parsed = JSON.parse(body) as { stats: { name?: string; value?: number }[] };
    const values: Record<string, number> = {};
    for (const stat of parsed.stats) {
      if (stat.name !== undefined && typeof stat.value === "number") values[stat.name] = stat.value;
    }
    return values;
  }

  /** The value of one counter or gauge, 0 as long as Envoy does not know it. */
  async stat(name: string): Promise<number> {
    return (await this.stats(name))[name] ?? 0;
  }

  /** Every sample at /stats/prometheus whose metric name starts with `prefix`. */
  async prometheus(prefix: string): Promise<Sample[]> {
    return parsePrometheus(await this.get("/stats/prometheus")).filter((sample) => sample.name.startsWith(prefix));
  }

  /** The port each listener is really bound to, by listener name. */
  async listenerPorts(): Promise<Map<string, number>> {
    const body = JSON.parse(await this.get("/listeners?format=json")) as {
      listener_statuses?: { name: string; local_address: { socket_address?: { port_value: number } } }[];
    };
    const ports = new Map<string, number>();
    for (const listener of body.listener_statuses ?? []) {
      const port = listener.local_address.socket_address?.port_value;
      if (port !== undefined) ports.set(listener.name, port);
    }
    return ports;
  }

  #call(method: string, path: string): Promise<string> {
    return new Promise((resolve, reject) => {
      const call = request({ host: this.host, port: this.port, method, path, agent: false }, (answer) => {
        const parts: Buffer[] = [];
        answer.on("data", (part: Buffer) => parts.push(part));
        answer.on("error", reject);
        answer.on("end", () => {
          const body = Buffer.concat(parts).toString();
          if (answer.statusCode === 200) resolve(body);
          else reject(new Error(`Envoy's admin interface answered ${answer.statusCode} to ${method} ${path}: ${body}`));
        });
      });
      call.on("error", reject);
      call.end();
    });
  }
}

/** Reads Prometheus's text exposition format. Comments are skipped, timestamps ignored. */
export function parsePrometheus(text: string): Sample[] {
  const samples: Sample[] = [];
  for (const line of text.split("\n")) {
    const match = /^([A-Za-z_:][\w:]*)(?:\{(.*)\})? (\S+)/.exec(line);
    if (match === null) continue;
    const labels: Record<string, string> = {};
    for (const label of (match[2] ?? "").matchAll(/([A-Za-z_]\w*)="((?:[^"\\]|\\.)*)"/g)) {
      labels[label[1] ?? ""] = (label[2] ?? "").replace(/\\(.)/g, (_, c: string) => (c === "n" ? "\n" : c));
    }
    samples.push({ name: match[1] ?? "", labels, value: Number(match[3]) });
  }
  return samples;
}
