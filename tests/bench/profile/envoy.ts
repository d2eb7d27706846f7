import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { table } from "../document.ts";
import { cpuNs } from "../gateway/cpu.ts";
import { Client } from "../gateway/load.ts";
import { bare, type Peer, type RunningPeer, startPeer, wasm } from "../gateway/peers.ts";
import { startBenchProvider } from "../gateway/provider.ts";
import type { Work } from "../gateway/works.ts";
import { median } from "../statistics.ts";

/** Samples a second; no divisor of a timer's rate. */
const FREQUENCY = 2999;
const ROUNDS = 9;

/** Microseconds per request by part of the process. */
type Parts = Map<string, number>;

const SHOWN = ["compiled WebAssembly", "memset", "memmove", "rest of the C library", "Envoy", "kernel"];

/** Whether perf is installed and may sample here. */
export function hasPerf(): boolean {
  const file = join(tmpdir(), `weir-perf-${process.pid}`);
  const tried = spawnSync("perf", ["record", "-e", "cpu-clock", "-o", file, "--", "true"], { stdio: "ignore" });
  rmSync(file, { force: true });
  return tried.status === 0;
}

/** Samples Envoys in turns under `work` and says how much processor time each part of the process took. */
export async function profileEnvoy(
  modules: { floor: string; weir: string },
  work: Work,
  report: (line: string) => void,
): Promise<string> {
  const peers: Peer[] = [
    bare,
    wasm("floor", "floor", modules.floor, null),
    wasm("weir", "Weir, `{}`", modules.weir, {}),
  ];
  const provider = await startBenchProvider();
  const directory = mkdtempSync(join(tmpdir(), "weir-profile-"));
  const running: RunningPeer[] = [];
  const rounds = new Map(peers.map((peer) => [peer.name, [] as Parts[]]));
  try {
    for (const peer of peers) running.push(await startPeer(peer, provider.port));
    const clients = new Map(running.map((one) => [one, new Client(one.port)]));
    for (const one of running) await clients.get(one)?.turn(work, work.requests);
    for (let round = 0; round < ROUNDS; round++) {
      report(`profile: round ${round + 1} of ${ROUNDS}`);
      for (const one of running) {
        const client = clients.get(one) as Client;
        rounds.get(one.peer.name)?.push(await sample(one, client, work, join(directory, "perf.data")));
      }
    }
    for (const client of clients.values()) client.close();
  } finally {
    await Promise.all(running.map((one) => one.envoy.stop()));
    await provider.stop();
    rmSync(directory, { recursive: true, force: true });
  }
  const us = (peer: string, part: string): number => median((rounds.get(peer) ?? []).map((one) => one.get(part) ?? 0));
  const rows = SHOWN.map((part) => [
    part,
    ...peers.map((peer) => us(peer.name, part).toFixed(1)),
    (us("weir", part) - us(bare.name, part)).toFixed(1),
  ]);
  const head = [work.title, ...peers.map((peer) => peer.title), "Weir adds"];
  return `Microseconds per request by part of the Envoy process, as perf samples it:\n\n${table(head, rows)}`;
}

async function sample(one: RunningPeer, client: Client, work: Work, file: string): Promise<Parts> {
  const pid = one.envoy.pid;
  const perf = spawn("perf", ["record", "-e", "cpu-clock", "-F", String(FREQUENCY), "-o", file, "-p", String(pid)], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  const ended = once(perf, "exit");
  // perf says nothing when it has begun; what runs before is not sampled, and the time is shared out by samples.
  await new Promise((resolve) => setTimeout(resolve, 300));
  const before = cpuNs(pid);
  const requests = await client.turn(work, work.requests * 4);
  await new Promise((resolve) => setTimeout(resolve, 5));
  const usPerRequest = (cpuNs(pid) - before) / 1000 / requests;
  perf.kill("SIGINT");
  await ended;
  const samples = countSamples(file);
  let all = 0;
  for (const count of samples.values()) all += count;
  return new Map([...samples].map(([part, count]) => [part, (count / all) * usPerRequest]));
}

function countSamples(file: string): Map<string, number> {
  const text = execFileSync("perf", ["script", "-i", file, "-F", "ip,sym,dso"], {
    encoding: "latin1",
    maxBuffer: 1 << 28,
    stdio: ["ignore", "pipe", "ignore"],
  });
  const counts = new Map<string, number>();
  for (const line of text.split("\n")) {
    if (line.trim() === "") continue;
    const part = partOf(line);
    counts.set(part, (counts.get(part) ?? 0) + 1);
  }
  return counts;
}

/** `line` is "address symbol (object)". V8 keeps what it compiles in memory that belongs to no file. */
function partOf(line: string): string {
  const object = /\(([^()]*(?:\([^()]*\))?[^()]*)\)\s*$/.exec(line)?.[1] ?? "";
  if (object.includes("kernel") || object.includes("vdso") || /\/.*\.ko/.test(object)) return "kernel";
  if (object.endsWith("/envoy")) return "Envoy";
  if (object.includes(".so")) {
    if (line.includes("memset")) return "memset";
    return line.includes("memmove") || line.includes("memcpy") ? "memmove" : "rest of the C library";
  }
  return "compiled WebAssembly";
}
