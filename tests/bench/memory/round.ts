import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** What one round of one build measured, in microseconds for each stream of seven callbacks. */
export interface Round {
  meanUs: number;
  p50Us: number;
  p99Us: number;
  p999Us: number;
  maxMs: number;
  mebibytes: number;
}

interface Exports {
  memory: WebAssembly.Memory;
  _initialize(): void;
  create(id: number): void;
  requestHeaders(id: number, count: number): void;
  requestBody(id: number, size: number): void;
  requestEnd(id: number): void;
  responseHeaders(id: number): number;
  responseBody(id: number): number;
  end(id: number): void;
}

const HEADERS = 10;
const BODY_BYTES = 10_240;

/** Runs `count` streams, so many of them open at a time. The first ones, in which V8 and memory settle, are left out. */
export function runRound(path: string, count: number, live: number): Round {
  const module = new WebAssembly.Module(readFileSync(path));
  const instance = new WebAssembly.Instance(module, { env: { proxy_log: () => 0 } });
  const guest = instance.exports as unknown as Exports;
  guest._initialize();
  const times = new Float64Array(count);
  for (let id = 1; id <= count; id++) {
    const began = performance.now();
    guest.create(id);
    guest.requestHeaders(id, HEADERS);
    guest.requestBody(id, BODY_BYTES);
    guest.requestEnd(id);
    guest.responseHeaders(id);
    guest.responseBody(id);
    if (id > live) guest.end(id - live);
    times[id - 1] = performance.now() - began;
  }
  const settled = times.slice(Math.min(count >> 2, live + 5000)).sort();
  const at = (part: number): number => settled[Math.min(settled.length - 1, Math.floor(settled.length * part))] ?? NaN;
  return {
    meanUs: (settled.reduce((sum, time) => sum + time, 0) / settled.length) * 1000,
    p50Us: at(0.5) * 1000,
    p99Us: at(0.99) * 1000,
    p999Us: at(0.999) * 1000,
    maxMs: at(1),
    mebibytes: guest.memory.buffer.byteLength / (1 << 20),
  };
}

// In a process of its own: `round.ts <module> <count> <live>` prints the round as JSON.
if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [path = "", count, live] = process.argv.slice(2);
  console.log(JSON.stringify(runRound(path, Number(count), Number(live))));
}
