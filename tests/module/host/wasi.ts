import type { Envoy } from "./envoy.ts";

const FACILITY_STDERR = 2;
const RANDOM_MULTIPLIER = 1_664_525;
const RANDOM_INCREMENT = 1_013_904_223;

/** Of WASI's functions those that do something in Envoy; the clock is the virtual one, and what is random is the same each time. */
export function wasiFunctions(
  envoy: Envoy,
  environment: Record<string, string>,
): Record<string, (...args: never[]) => unknown> {
  const memory = () => envoy.memory;
  const variables = Object.entries(environment).map(([name, value]) => Buffer.from(`${name}=${value}\0`));
  let random = 1;
  return {
    fd_write: (file: number, parts: number, count: number, written: number) => {
      const pieces = Array.from({ length: count }, (_, i) => {
        const part = memory().copy(parts + i * 8, 8);
        return memory().copy(part.readUInt32LE(0), part.readUInt32LE(4));
      });
      const text = Buffer.concat(pieces);
      envoy.logs.push({ level: file === FACILITY_STDERR ? "error" : "info", text: text.toString("utf8") });
      memory().setU32(written, text.length);
      return 0;
    },
    environ_sizes_get: (count: number, size: number) => {
      memory().setU32(count, variables.length);
      memory().setU32(size, Buffer.concat(variables).length);
      return 0;
    },
    environ_get: (places: number, texts: number) => {
      let at = texts;
      variables.forEach((variable, i) => {
        memory().setU32(places + i * 4, at);
        memory().put(at, variable);
        at += variable.length;
      });
      return 0;
    },
    args_sizes_get: (count: number, size: number) => {
      memory().setU32(count, 0);
      memory().setU32(size, 0);
      return 0;
    },
    args_get: () => 0,
    clock_time_get: (_clock: number, _precision: bigint, time: number) => {
      memory().setU64(time, envoy.nowNanoseconds);
      return 0;
    },
    random_get: (at: number, size: number) => {
      const bytes = Buffer.from(Array.from({ length: size }, () => (random = step(random)) >>> 24));
      memory().put(at, bytes);
      return 0;
    },
    // Envoy writes it down and goes on.
    proc_exit: (code: number) => {
      envoy.logs.push({ level: "error", text: `proc_exit ${code}` });
    },
    fd_read: () => 0,
    fd_seek: () => 0,
    fd_close: () => 0,
    fd_fdstat_get: () => 0,
  };
}

function step(state: number): number {
  return (Math.imul(state, RANDOM_MULTIPLIER) + RANDOM_INCREMENT) >>> 0;
}
