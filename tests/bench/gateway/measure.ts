import { type Spread, spreadOf } from "../statistics.ts";
import { cpuNs } from "./cpu.ts";
import { Client } from "./load.ts";
import { bare, type RunningPeer } from "./peers.ts";
import type { Work } from "./works.ts";

/** What one peer used for one work, per request. */
export interface Figure {
  /** Processor time of the whole Envoy process in microseconds. */
  cpuUs: Spread;
  /** What it used beyond the bare router in the same round, in microseconds. */
  addedUs: Spread;
}

/** The figures of one work. */
export interface WorkResult {
  work: Work;
  rounds: number;
  figures: Map<string, Figure>;
  /** `addedUs` of one peer in parts of another's, by round. */
  ratio(of: string, to: string): Spread;
  /** What one peer used beyond another, in microseconds, by round. */
  difference(of: string, to: string): Spread;
}

/** How long to measure. */
export interface Effort {
  rounds: number;
  /** No round is begun after this time. */
  seconds: number;
}

/**
 * Lets the peers do every work in turn, round after round, and puts in order what each used.
 *
 * The order of peers is drawn anew for every work of every round, so that nobody always follows the same neighbour. A
 * peer's turn begins with requests that are not measured, which bring its code back into the caches.
 */
export async function measure(
  peers: RunningPeer[],
  works: Work[],
  effort: Effort,
  report: (line: string) => void,
): Promise<WorkResult[]> {
  const clients = new Map(peers.map((one) => [one, new Client(one.port)]));
  const turns = new Map(works.map((work) => [work, new Map(peers.map((one) => [one.peer.name, [] as number[]]))]));
  const made = new Map(peers.map((one) => [one, 0]));
  const end = Date.now() + effort.seconds * 1000;
  const random = randomFrom(1);
  let rounds = 0;
  try {
    // The first round compiles, fills caches and opens connections: it is not counted.
    for (let round = 0; round <= effort.rounds && (rounds < 3 || Date.now() < end); round++) {
      for (const work of works) {
        for (const one of shuffled(peers, random)) {
          const client = clients.get(one) as Client;
          const turn = await takeTurn(one, client, work, made);
          if (round > 0) turns.get(work)?.get(one.peer.name)?.push(turn);
        }
      }
      rounds = round;
      if (round % 5 === 0) report(`round ${round} of ${effort.rounds}`);
    }
    for (const one of peers) await checkCounts(one, made.get(one) ?? 0);
  } finally {
    for (const client of clients.values()) client.close();
  }
  return works.map((work) => summarize(work, rounds, turns.get(work) ?? new Map<string, number[]>()));
}

/** Processor time per request in microseconds. */
async function takeTurn(one: RunningPeer, client: Client, work: Work, made: Map<RunningPeer, number>): Promise<number> {
  const warm = await client.turn(work, Math.floor(work.requests / 8));
  await rest();
  const before = cpuNs(one.envoy.pid);
  const requests = await client.turn(work, work.requests);
  await rest();
  const after = cpuNs(one.envoy.pid);
  made.set(one, (made.get(one) ?? 0) + warm + requests);
  return (after - before) / 1000 / requests;
}

function shuffled<T>(items: T[], random: () => number): T[] {
  const left = [...items];
  const drawn: T[] = [];
  while (left.length > 0) drawn.push(...left.splice(Math.floor(random() * left.length), 1));
  return drawn;
}

/** The same numbers from 0 to 1 in every run: a linear congruential generator with the constants of Numerical Recipes. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** The last answer reaches the client before Envoy has done all its work for it. */
function rest(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 4));
}

/** Envoy must have counted what the client counted, and all of it as success, on connections that were kept. */
async function checkCounts(one: RunningPeer, made: number): Promise<void> {
  const stats = await one.envoy.admin.stats("http.bench.downstream_");
  const succeeded = stats["http.bench.downstream_rq_2xx"] ?? 0;
  const total = stats["http.bench.downstream_rq_total"] ?? 0;
  const resets = stats["http.bench.downstream_rq_rx_reset"] ?? 0;
  const upstream = await one.envoy.admin.stats("cluster.provider.upstream_rq_");
  const retries = upstream["cluster.provider.upstream_rq_retry"] ?? 0;
  const completed = upstream["cluster.provider.upstream_rq_completed"] ?? 0;
  if (succeeded !== made || total !== made || completed !== made || resets !== 0 || retries !== 0) {
    throw new Error(
      `${one.peer.name}: ${made} requests were made; Envoy counted ${total}, ${succeeded} of them successful, ` +
        `${completed} answered by the provider, ${resets} reset, ${retries} tried again.`,
    );
  }
}

function summarize(work: Work, rounds: number, turns: Map<string, number[]>): WorkResult {
  const cpu = (name: string): number[] => turns.get(name) ?? [];
  const ground = cpu(bare.name);
  const added = (name: string): number[] => cpu(name).map((us, round) => us - (ground[round] ?? NaN));
  const figures = new Map<string, Figure>();
  for (const name of turns.keys()) {
    figures.set(name, { cpuUs: spreadOf(cpu(name)), addedUs: spreadOf(added(name)) });
  }
  return {
    work,
    rounds,
    figures,
    difference: (of, to) => {
      const other = cpu(to);
      return spreadOf(cpu(of).map((us, round) => us - (other[round] ?? NaN)));
    },
    ratio: (of, to) => {
      const other = added(to);
      return spreadOf(added(of).map((us, round) => us / (other[round] ?? NaN)));
    },
  };
}
