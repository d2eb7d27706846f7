import { table } from "../document.ts";
import { buildFloor } from "../floor/build.ts";
import { spreadOf } from "../statistics.ts";
import { type Effort, measure } from "./measure.ts";
import { bare, type RunningPeer, startPeer, wasm } from "./peers.ts";
import { startBenchProvider } from "./provider.ts";
import { allWorks } from "./works.ts";

/** As in floor/host-calls.ts, in the order of its enumeration. */
const kinds = ["no host call", "get a header", "set a property", "increment a counter", "record in a histogram"];
const CALLS = 10;

/** What one host call of each kind costs in a real Envoy: ten of them in each request, less a filter that makes none. */
export async function benchHostCalls(effort: Effort, report: (line: string) => void): Promise<string> {
  const module = await buildFloor("host-calls");
  const works = allWorks().filter((work) => work.name === "chat1k");
  const provider = await startBenchProvider();
  const running: RunningPeer[] = [];
  try {
    for (const peer of [bare, ...kinds.map((kind, i) => wasm(`calls-${i}`, kind, module, [i]))]) {
      running.push(await startPeer(peer, provider.port));
    }
    const [result] = await measure(running, works, effort, report);
    const rows = kinds.map((kind, i) => {
      const cost = i === 0 ? result?.figures.get("calls-0")?.addedUs : result?.difference(`calls-${i}`, "calls-0");
      const { low, median, high } = cost ?? spreadOf([]);
      const each = (us: number): string => (i === 0 ? us : us / CALLS).toFixed(1);
      return [i === 0 ? "a filter that does nothing" : kind, `${each(median)} (${each(low)} … ${each(high)})`];
    });
    return `Microseconds of processor time, median (quartiles):\n\n${table(["", "each"], rows)}`;
  } finally {
    await Promise.all(running.map((one) => one.envoy.stop()));
    await provider.stop();
  }
}
