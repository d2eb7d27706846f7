import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

/** The benchmark's provider in a process of its own. */
export interface BenchProvider {
  readonly port: number;
  readonly pid: number;
  stop(): Promise<void>;
}

/** Starts the provider; it ends with this process at the latest. */
export async function startBenchProvider(): Promise<BenchProvider> {
  const child = fork(fileURLToPath(new URL("provider-process.ts", import.meta.url)));
  const [message] = (await once(child, "message")) as [{ port: number }];
  return {
    port: message.port,
    pid: child.pid ?? 0,
    stop: async () => {
      const ended = once(child, "exit");
      child.kill("SIGTERM");
      await ended;
    },
  };
}
