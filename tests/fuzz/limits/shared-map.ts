import type { Exports } from "./module";

const OK = 0;
const NOT_FOUND = 1;
const CAS_MISMATCH = 8;

type HostFunction = (...args: never[]) => number;

/**
 * The proxy's shared data, as proxy-wasm-cpp-host keeps them (src/shared_data.cc): versions are looked at only where there is a value, are
 * given in turn for all keys, and 0 stands for any.
 */
export class SharedMap {
  readonly values = new Map<string, { bytes: Uint8Array; version: number }>();
  reads = 0;
  writes = 0;
  mismatches = 0;
  /** Called before every write, which may then find that somebody was faster; or true if the write is to fail as if somebody had been. */
  interfere: (key: string) => boolean = () => false;
  #next = 1;

  /** All bytes of keys and values. */
  get bytes(): number {
    let bytes = 0;
    for (const [key, value] of this.values) bytes += key.length + value.bytes.length;
    return bytes;
  }

  /** Writes whatever is there. */
  put(key: string, bytes: Uint8Array): void {
    this.values.set(key, { bytes, version: this.#next });
    this.#next = this.#next === 0xffffffff ? 1 : this.#next + 1;
  }

  /** The host functions of one instance. */
  functions(exports: () => Exports): Record<string, HostFunction> {
    const slice = (at: number, size: number): Uint8Array =>
      new Uint8Array(exports().memory.buffer, at >>> 0, size >>> 0).slice();
    const text = (at: number, size: number): string => Buffer.from(slice(at, size)).toString("latin1");
    const put = (at: number, value: number): void =>
      new DataView(exports().memory.buffer).setUint32(at >>> 0, value >>> 0, true);
    return {
      proxy_get_shared_data: (key: number, keySize: number, value: number, valueSize: number, cas: number) => {
        this.reads++;
        const found = this.values.get(text(key, keySize));
        if (!found) return NOT_FOUND;
        const { malloc } = exports();
        const at = found.bytes.length === 0 ? 0 : malloc(found.bytes.length);
        new Uint8Array(exports().memory.buffer, at >>> 0, found.bytes.length).set(found.bytes);
        put(value, at);
        put(valueSize, found.bytes.length);
        put(cas, found.version);
        return OK;
      },
      proxy_set_shared_data: (key: number, keySize: number, value: number, valueSize: number, cas: number) => {
        this.writes++;
        const name = text(key, keySize);
        const isLost = this.interfere(name);
        const found = this.values.get(name);
        if (isLost || (cas !== 0 && found && found.version !== cas >>> 0)) {
          this.mismatches++;
          return CAS_MISMATCH;
        }
        this.put(name, slice(value, valueSize));
        return OK;
      },
      proxy_log: (_level: number, at: number, size: number) => {
        console.error(`module: ${text(at, size)}`);
        return OK;
      },
    };
  }
}
