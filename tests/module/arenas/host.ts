import { readFileSync } from "node:fs";
import { buildModule, type Order } from "../../../build/wasm/build.ts";
import { type Pair, readPairs, writePairs } from "./pairs.ts";

/** Levels of the proxy's log. */
export const CRITICAL = 5;

export const OK = 0;
const NOT_FOUND = 1;
const BAD_ARGUMENT = 2;
const INVALID_MEMORY = 6;
const CAS_MISMATCH = 8;

const REQUEST_BODY = 0;
const RESPONSE_BODY = 1;
const HTTP_CALL_BODY = 4;
const VM_CONFIGURATION = 6;
const PLUGIN_CONFIGURATION = 7;

type Numbers = (...args: number[]) => number;

const modules = new Map<string, WebAssembly.Module>();

/** Builds a module unless it is there, and compiles it once. */
export async function moduleOf(order: Order): Promise<WebAssembly.Module> {
  const { path } = await buildModule(order);
  const known = modules.get(path);
  if (known) return known;
  const module = new WebAssembly.Module(readFileSync(path));
  modules.set(path, module);
  return module;
}

/** One stream as the proxy sees it. */
export class HttpStream {
  requestHeaders: Pair[] = [];
  responseHeaders: Pair[] = [];
  requestBody: Buffer = Buffer.alloc(0);
  responseBody: Buffer = Buffer.alloc(0);
  replies: { status: number; details: string; headers: Pair[]; body: string }[] = [];
  isGone = false;
}

/**
 * As much of a proxy as these tests need: maps, buffers, properties, shared data, metrics, and local replies that run further
 * callbacks of the stream inside of the host call, its last ones too, as Envoy does.
 */
export class TestProxy {
  readonly logs: string[] = [];
  readonly critical: string[] = [];
  readonly streams = new Map<number, HttpStream>();
  readonly properties = new Map<string, Buffer>();
  readonly shared = new Map<string, { value: Buffer; cas: number }>();
  readonly metrics: { name: string; value: bigint }[] = [];
  readonly calls: { cluster: string; headers: Pair[]; body: string }[] = [];
  /** Whether a local reply also ends the stream before the host call returns. */
  endsOnReply = false;
  configuration: Buffer = Buffer.alloc(0);
  callBody: Buffer = Buffer.alloc(0);
  nowNanoseconds = 1_700_000_000_000_000_000n;
  /** Buffers that the module refused. */
  refusals = 0;
  readonly exports: Record<string, Numbers>;
  readonly memory: WebAssembly.Memory;
  private current = 0;

  constructor(module: WebAssembly.Module) {
    const instance = new WebAssembly.Instance(module, this.imports());
    this.exports = instance.exports as unknown as Record<string, Numbers>;
    this.memory = instance.exports["memory"] as WebAssembly.Memory;
    this.call("_initialize");
  }

  /** Calls an export; what it throws is told with what the module logged last. */
  call(name: string, ...args: number[]): number {
    const run = this.exports[name];
    if (!run) throw new Error(`there is no export ${name}`);
    try {
      return run(...args);
    } catch (error) {
      throw new Error(`${name} trapped: ${this.critical.at(-1) ?? String(error)}`, { cause: error });
    }
  }

  /** Runs a callback of a context. */
  on(name: string, id: number, ...args: number[]): number {
    const outer = this.current;
    this.current = id;
    try {
      return this.call(`proxy_on_${name}`, id, ...args);
    } finally {
      this.current = outer;
    }
  }

  startPlugin(id: number, configuration: string): boolean {
    this.on("context_create", id, 0);
    return this.configure(id, configuration);
  }

  configure(id: number, configuration: string): boolean {
    this.configuration = Buffer.from(configuration);
    return this.on("configure", id, this.configuration.length) !== 0;
  }

  open(id: number, plugin: number): HttpStream {
    const stream = new HttpStream();
    this.streams.set(id, stream);
    this.on("context_create", id, plugin);
    return stream;
  }

  requestHeaders(id: number, headers: Pair[], isLast = false): number {
    this.stream(id).requestHeaders = headers;
    return this.on("request_headers", id, headers.length, Number(isLast));
  }

  requestBody(id: number, chunk: Buffer, isLast = false): number {
    this.stream(id).requestBody = chunk;
    return this.on("request_body", id, chunk.length, Number(isLast));
  }

  responseHeaders(id: number, headers: Pair[]): number {
    this.stream(id).responseHeaders = headers;
    return this.on("response_headers", id, headers.length, 0);
  }

  responseBody(id: number, chunk: Buffer, isLast = false): number {
    this.stream(id).responseBody = chunk;
    return this.on("response_body", id, chunk.length, Number(isLast));
  }

  /** The last three callbacks of a stream. */
  close(id: number): void {
    if (this.stream(id).isGone) return;
    this.stream(id).isGone = true;
    this.on("log", id);
    this.on("delete", id);
  }

  get pages(): number {
    return this.memory.buffer.byteLength / 65536;
  }

  /** Whether the bytes occur anywhere in memory. */
  holds(bytes: Buffer): boolean {
    return Buffer.from(this.memory.buffer).includes(bytes);
  }

  private stream(id: number): HttpStream {
    return this.streams.get(id) ?? new HttpStream();
  }

  // ---- host functions ----

  private text(at: number, size: number): string {
    return this.bytes(at, size).toString();
  }

  private bytes(at: number, size: number): Buffer {
    return Buffer.from(Buffer.from(this.memory.buffer, at >>> 0, size >>> 0));
  }

  private put32(at: number, value: number): void {
    new DataView(this.memory.buffer).setUint32(at >>> 0, value, true);
  }

  /** Gives bytes to the module, in memory that it is asked for; none for none, as Envoy does. */
  private give(bytes: Buffer, at: number, sizeAt: number): number {
    let to = 0;
    if (bytes.length > 0) {
      to = this.call("malloc", bytes.length) >>> 0;
      if (to === 0) {
        this.refusals++;
        return INVALID_MEMORY;
      }
      bytes.copy(Buffer.from(this.memory.buffer), to);
    }
    this.put32(at, to);
    this.put32(sizeAt, bytes.length);
    return OK;
  }

  private map(type: number): Pair[] {
    const stream = this.stream(this.current);
    return type === 0 ? stream.requestHeaders : stream.responseHeaders;
  }

  private buffer(type: number): Buffer | undefined {
    const stream = this.streams.get(this.current);
    if (type === REQUEST_BODY) return stream?.requestBody;
    if (type === RESPONSE_BODY) return stream?.responseBody;
    if (type === HTTP_CALL_BODY) return this.callBody;
    if (type === VM_CONFIGURATION || type === PLUGIN_CONFIGURATION) return this.configuration;
    return undefined;
  }

  private pairs(at: number, size: number): Pair[] {
    return readPairs(this.bytes(at, size));
  }

  private imports(): WebAssembly.Imports {
    const env: Record<string, (...args: never[]) => number> = {
      proxy_log: (level: number, at: number, size: number) => {
        (level === CRITICAL ? this.critical : this.logs).push(this.text(at, size));
        return OK;
      },
      proxy_get_log_level: (at: number) => (this.put32(at, 2), OK),
      proxy_get_current_time_nanoseconds: (at: number) => {
        new DataView(this.memory.buffer).setBigUint64(at, this.nowNanoseconds, true);
        return OK;
      },
      proxy_get_header_map_value: (type: number, key: number, keySize: number, at: number, sizeAt: number) => {
        const name = this.text(key, keySize);
        const values = this.map(type)
          .filter(([n]) => n === name)
          .map(([, value]) => value);
        return values.length > 0 ? this.give(Buffer.from(values.join(","), "latin1"), at, sizeAt) : NOT_FOUND;
      },
      proxy_get_header_map_pairs: (type: number, at: number, sizeAt: number) =>
        this.give(writePairs(this.map(type)), at, sizeAt),
      proxy_set_header_map_pairs: (type: number, at: number, size: number) => {
        this.map(type).splice(0, Infinity, ...this.pairs(at, size));
        return OK;
      },
      proxy_add_header_map_value: (type: number, key: number, keySize: number, at: number, size: number) => {
        this.map(type).push([this.text(key, keySize), this.text(at, size)]);
        return OK;
      },
      proxy_replace_header_map_value: (type: number, key: number, keySize: number, at: number, size: number) => {
        const map = this.map(type);
        const name = this.text(key, keySize);
        map.splice(0, Infinity, ...map.filter(([n]) => n !== name), [name, this.text(at, size)]);
        return OK;
      },
      proxy_remove_header_map_value: (type: number, key: number, keySize: number) => {
        const map = this.map(type);
        const name = this.text(key, keySize);
        map.splice(0, Infinity, ...map.filter(([n]) => n !== name));
        return OK;
      },
      proxy_get_buffer_bytes: (type: number, from: number, size: number, at: number, sizeAt: number) => {
        const bytes = this.buffer(type);
        if (!bytes) return NOT_FOUND;
        return this.give(bytes.subarray(from >>> 0, (from >>> 0) + (size >>> 0)), at, sizeAt);
      },
      proxy_get_buffer_status: (type: number, at: number, flagsAt: number) => {
        const bytes = this.buffer(type);
        if (!bytes) return NOT_FOUND;
        this.put32(at, bytes.length);
        this.put32(flagsAt, 0);
        return OK;
      },
      proxy_set_buffer_bytes: (type: number, from: number, size: number, at: number, bytesSize: number) => {
        const held = this.buffer(type);
        const stream = this.streams.get(this.current);
        if (!held || !stream) return NOT_FOUND;
        const bytes = this.bytes(at, bytesSize);
        let next: Buffer;
        if (from === 0 && size === 0) next = Buffer.concat([bytes, held]);
        else if (from === 0 && size >>> 0 >= held.length) next = bytes;
        else if (from >>> 0 >= held.length) next = Buffer.concat([held, bytes]);
        else return BAD_ARGUMENT;
        if (type === REQUEST_BODY) stream.requestBody = next;
        else stream.responseBody = next;
        return OK;
      },
      proxy_get_property: (path: number, pathSize: number, at: number, sizeAt: number) => {
        const value = this.properties.get(this.text(path, pathSize));
        return value ? this.give(value, at, sizeAt) : NOT_FOUND;
      },
      proxy_set_property: (path: number, pathSize: number, at: number, size: number) => {
        this.properties.set(this.text(path, pathSize), this.bytes(at, size));
        return OK;
      },
      proxy_get_shared_data: (key: number, keySize: number, at: number, sizeAt: number, casAt: number) => {
        const entry = this.shared.get(this.text(key, keySize));
        if (!entry) return NOT_FOUND;
        this.put32(casAt, entry.cas);
        return this.give(entry.value, at, sizeAt);
      },
      proxy_set_shared_data: (key: number, keySize: number, at: number, size: number, cas: number) => {
        const name = this.text(key, keySize);
        const known = this.shared.get(name)?.cas ?? 0;
        if (cas !== 0 && cas !== known) return CAS_MISMATCH;
        this.shared.set(name, { value: this.bytes(at, size), cas: known + 1 });
        return OK;
      },
      proxy_send_local_response: (...args: number[]) => this.reply(args),
      proxy_define_metric: (_type: number, name: number, nameSize: number, at: number) => {
        this.metrics.push({ name: this.text(name, nameSize), value: 0n });
        this.put32(at, this.metrics.length);
        return OK;
      },
      proxy_increment_metric: (metric: number, by: bigint) => {
        const known = this.metrics[metric - 1];
        if (!known) return NOT_FOUND;
        known.value += by;
        return OK;
      },
      proxy_get_metric: (metric: number, at: number) => {
        const known = this.metrics[metric - 1];
        if (!known) return NOT_FOUND;
        new DataView(this.memory.buffer).setBigInt64(at, known.value, true);
        return OK;
      },
      proxy_http_call: (...args: number[]) => {
        const [cluster = 0, clusterSize = 0, headers = 0, headersSize = 0, body = 0, bodySize = 0] = args;
        if (this.text(cluster, clusterSize) === "nowhere") return BAD_ARGUMENT;
        this.calls.push({
          cluster: this.text(cluster, clusterSize),
          headers: this.pairs(headers, headersSize),
          body: this.text(body, bodySize),
        });
        this.put32(args[9] ?? 0, this.calls.length - 1);
        return OK;
      },
      proxy_call_foreign_function: (
        name: number,
        nameSize: number,
        from: number,
        size: number,
        at: number,
        sizeAt: number,
      ) =>
        this.text(name, nameSize) === "reverse"
          ? this.give(Buffer.from(this.bytes(from, size).reverse()), at, sizeAt)
          : NOT_FOUND,
    };
    // What these tests never look at succeeds and does nothing.
    const functions = new Proxy(env, { get: (known, name: string) => known[name] ?? (() => OK) });
    return { env: functions };
  }

  /** Answers here, with the callbacks inside of it that Envoy runs. */
  private reply(args: number[]): number {
    const [status = 0, details = 0, detailsSize = 0, body = 0, bodySize = 0, map = 0, mapSize = 0] = args;
    const id = this.current;
    const stream = this.stream(id);
    stream.replies.push({
      status,
      details: this.text(details, detailsSize),
      headers: this.pairs(map, mapSize),
      body: this.text(body, bodySize),
    });
    this.responseHeaders(id, [[":status", String(status)]]);
    this.responseBody(id, Buffer.from(stream.replies.at(-1)?.body ?? ""), true);
    if (this.endsOnReply) this.close(id);
    return OK;
  }
}
