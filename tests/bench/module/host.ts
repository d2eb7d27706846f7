import { readFileSync } from "node:fs";

/** What `ModuleHost` calls in the module. */
interface Guest {
  memory: WebAssembly.Memory;
  malloc(size: number): number;
  _initialize(): void;
  bytesHeld?(): number;
  proxy_on_vm_start(root: number, size: number): number;
  proxy_on_context_create(id: number, parent: number): void;
  proxy_on_configure(root: number, size: number): number;
  proxy_on_request_headers(id: number, count: number, isLast: number): number;
  proxy_on_request_body(id: number, size: number, isLast: number): number;
  proxy_on_response_headers(id: number, count: number, isLast: number): number;
  proxy_on_response_body(id: number, size: number, isLast: number): number;
  proxy_on_log(id: number): void;
  proxy_on_delete(id: number): void;
}

/** One call to a model, as the proxy would show it to the filter. */
export interface Exchange {
  requestHeaders: Map<string, string>;
  request: Uint8Array;
  responseHeaders: Map<string, string>;
  /** The answer in the pieces in which it arrives. */
  pieces: Uint8Array[];
}

const OK = 0;
const RANDOM_BYTE = 0x5a;
const NOT_FOUND = 1;
const ROOT = 1;
const REQUEST_HEADERS = 0;
const RESPONSE_HEADERS = 2;
const PLUGIN_CONFIGURATION = 7;

const properties = new Map([
  ["response\0code_details", "via_upstream"],
  ["source\0address", "127.0.0.1:50000"],
]);

/**
 * The least of a proxy that Weir runs in, to count and to profile: one exchange at a time, no faults, no checks.
 * Whether Weir does the right thing is for other tests.
 */
export class ModuleHost {
  /** Calls to the host since the start, by name. */
  readonly calls = new Map<string, number>();
  /** Bytes that were copied into the module's memory, and out of it. */
  bytesIn = 0;
  bytesOut = 0;
  readonly #guest: Guest;
  #view: DataView;
  #headers = [new Map<string, string>(), new Map<string, string>()];
  #buffer: Uint8Array = new Uint8Array();
  #configuration: Uint8Array = new Uint8Array();
  #metrics = 0;
  #lastId = ROOT;
  readonly #encoder = new TextEncoder();

  constructor(modulePath: string, configuration: object) {
    const module = new WebAssembly.Module(readFileSync(modulePath));
    const instance = new WebAssembly.Instance(module, {
      env: this.#imports(),
      wasi_snapshot_preview1: { random_get: (at: number, size: number) => this.#fill(at, size) },
    });
    this.#guest = instance.exports as unknown as Guest;
    this.#view = new DataView(this.#guest.memory.buffer);
    this.#guest._initialize();
    this.#guest.proxy_on_context_create(ROOT, 0);
    this.#guest.proxy_on_vm_start(ROOT, 0);
    this.#configuration = this.#encoder.encode(JSON.stringify(configuration));
    if (this.#guest.proxy_on_configure(ROOT, this.#configuration.length) === 0)
      throw new Error("Refused to be configured.");
  }

  /** Bytes of the module's memory; it never shrinks. */
  get memoryBytes(): number {
    return this.#guest.memory.buffer.byteLength;
  }

  /** Bytes that the module's arenas hold; needs a module built from probe.ts. */
  get heldBytes(): number {
    if (this.#guest.bytesHeld === undefined) throw new Error("This module does not tell what its arenas hold.");
    return this.#guest.bytesHeld() >>> 0;
  }

  /** Runs one exchange from its first callback to its last; `onPiece` is called after each piece of the answer. */
  run(exchange: Exchange, onPiece: ((index: number) => void) | null = null): void {
    const guest = this.#guest;
    const id = ++this.#lastId;
    const settled = this.#settled();
    this.#headers = [new Map(exchange.requestHeaders), new Map(exchange.responseHeaders)];
    guest.proxy_on_context_create(id, ROOT);
    guest.proxy_on_request_headers(id, exchange.requestHeaders.size, 0);
    this.#buffer = exchange.request;
    guest.proxy_on_request_body(id, this.#buffer.length, 1);
    guest.proxy_on_response_headers(id, exchange.responseHeaders.size, 0);
    for (let i = 0; i < exchange.pieces.length; i++) {
      this.#buffer = exchange.pieces[i] ?? this.#buffer;
      guest.proxy_on_response_body(id, this.#buffer.length, 0);
      onPiece?.(i);
    }
    this.#buffer = new Uint8Array();
    guest.proxy_on_response_body(id, 0, 1);
    guest.proxy_on_log(id);
    guest.proxy_on_delete(id);
    if (this.#settled() === settled)
      throw new Error("The module settled nothing: it took the exchange for other traffic.");
  }

  /** How often the module has counted something, which it does when it settles a call. */
  #settled(): number {
    return this.calls.get("proxy_increment_metric") ?? 0;
  }

  /** Hash keys, the same in every run, so that runs can be compared. */
  #fill(at: number, size: number): number {
    new Uint8Array(this.#memory().buffer, at, size).fill(RANDOM_BYTE);
    return OK;
  }

  #imports(): Record<string, (...args: number[]) => number> {
    const functions: Record<string, (...args: number[]) => number> = {
      proxy_get_buffer_bytes: (type = 0, start = 0, length = 0, data = 0, size = 0) => {
        const buffer = type === PLUGIN_CONFIGURATION ? this.#configuration : this.#buffer;
        return this.#give(buffer.subarray(start, start + length), data, size);
      },
      proxy_set_buffer_bytes: (_type = 0, start = 0, length = 0, data = 0, size = 0) => {
        const before = this.#buffer.subarray(0, start);
        const after = this.#buffer.subarray(Math.min(this.#buffer.length, start + length));
        this.bytesOut += size;
        this.#buffer = Buffer.concat([before, new Uint8Array(this.#memory().buffer, data, size), after]);
        return OK;
      },
      proxy_get_header_map_value: (type = 0, key = 0, keySize = 0, data = 0, size = 0) => {
        const value = this.#headersOf(type).get(this.#text(key, keySize));
        return value === undefined ? NOT_FOUND : this.#give(this.#encoder.encode(value), data, size);
      },
      proxy_get_header_map_pairs: (type = 0, data = 0, size = 0) => this.#give(this.#pairsOf(type), data, size),
      proxy_replace_header_map_value: (type = 0, key = 0, keySize = 0, value = 0, valueSize = 0) => {
        this.#headersOf(type).set(this.#text(key, keySize), this.#text(value, valueSize));
        return OK;
      },
      proxy_remove_header_map_value: (type = 0, key = 0, keySize = 0) => {
        this.#headersOf(type).delete(this.#text(key, keySize));
        return OK;
      },
      proxy_get_property: (path = 0, pathSize = 0, data = 0, size = 0) => {
        const value = properties.get(this.#text(path, pathSize));
        return value === undefined ? NOT_FOUND : this.#give(this.#encoder.encode(value), data, size);
      },
      proxy_get_current_time_nanoseconds: (result = 0) => {
        this.#memory().setBigUint64(result, process.hrtime.bigint(), true);
        return OK;
      },
      proxy_define_metric: (_type = 0, _name = 0, _nameSize = 0, result = 0) => {
        this.#memory().setUint32(result, ++this.#metrics, true);
        return OK;
      },
      proxy_log: (level = 0, text = 0, size = 0) => {
        if (level >= 3) throw new Error(`The module logs: ${this.#text(text, size)}`);
        return OK;
      },
      proxy_send_local_response: () => {
        throw new Error("The module refuses what it should let pass.");
      },
    };
    const imports: Record<string, (...args: number[]) => number> = {};
    // What only tells the host something is counted, and succeeds; what brings something back has to be known here.
    return new Proxy(imports, {
      get: (made, name: string) =>
        (made[name] ??= (...args: number[]) => {
          this.calls.set(name, (this.calls.get(name) ?? 0) + 1);
          const known = functions[name];
          if (known === undefined && name.startsWith("proxy_get_")) throw new Error(`This host has no ${name}.`);
          return known?.(...args) ?? OK;
        }),
    });
  }

  /** All headers as the ABI serialises them: a count, the sizes, then names and values, each with a zero behind it. */
  #pairsOf(type: number): Uint8Array {
    const texts = [...this.#headersOf(type)].flat().map((text) => this.#encoder.encode(text));
    const bytes = Buffer.alloc(4 + texts.reduce((sum, text) => sum + 4 + text.length + 1, 0));
    bytes.writeUInt32LE(texts.length / 2, 0);
    let at = 4 + 4 * texts.length;
    for (const [i, text] of texts.entries()) {
      bytes.writeUInt32LE(text.length, 4 + 4 * i);
      bytes.set(text, at);
      at += text.length + 1;
    }
    return bytes;
  }

  #give(bytes: Uint8Array, data: number, size: number): number {
    const at = bytes.length === 0 ? 0 : this.#guest.malloc(bytes.length);
    new Uint8Array(this.#guest.memory.buffer, at, bytes.length).set(bytes);
    this.bytesIn += bytes.length;
    this.#memory().setUint32(data, at, true);
    this.#memory().setUint32(size, bytes.length, true);
    return OK;
  }

  #headersOf(type: number): Map<string, string> {
    if (type !== REQUEST_HEADERS && type !== RESPONSE_HEADERS) throw new Error(`There are no headers of type ${type}.`);
    return this.#headers[type === REQUEST_HEADERS ? 0 : 1] as Map<string, string>;
  }

  #text(at: number, size: number): string {
    return Buffer.from(this.#guest.memory.buffer, at, size).toString("latin1");
  }

  /** The module's memory; another object after it has grown. */
  #memory(): DataView {
    if (this.#view.buffer !== this.#guest.memory.buffer) this.#view = new DataView(this.#guest.memory.buffer);
    return this.#view;
  }
}
