import { until } from "../../../build/envoy/index.ts";
import { Client, faultOf } from "./load.ts";
import { type Peer, type RunningPeer, startPeer, wasm } from "./peers.ts";
import { isStream, type Work } from "./works.ts";

/** What was seen a peer do before its time is measured. */
export interface Proof {
  /** A sentence for the report. */
  text: string;
  /** Names of the works whose answers the peer passed on byte for byte. */
  unchanged: string[];
}

/**
 * Sends every work through a peer once and looks at all of the answer, then asks Envoy whether the filter has really
 * done what it is compared for. Throws if not.
 */
export async function prove(one: RunningPeer, works: Work[]): Promise<Proof> {
  const client = new Client(one.port);
  const unchanged: string[] = [];
  for (const work of works) {
    const answer = await client.fetch(work);
    const fault = faultOf(answer, work);
    if (fault !== null) throw new Error(`${one.peer.name}: ${fault}`);
    if (answer.body.equals(work.expected)) unchanged.push(work.name);
  }
  const withUsage = works.filter((work) => !isStream(work) || work.name.endsWith("usage")).length;
  return { text: await evidence(one, works.length, withUsage), unchanged };
}

/** How often the proxy hands a filter a piece of an answer to each work, as the counting floor sees it. */
export async function countPieces(
  floorModule: string,
  providerPort: number,
  works: Work[],
): Promise<Map<string, number>> {
  const counting: Peer = wasm("floor-counting", "floor that counts", floorModule, { count: true });
  const one = await startPeer(counting, providerPort);
  const client = new Client(one.port);
  const pieces = new Map<string, number>();
  try {
    for (const work of works) {
      const before = await one.envoy.admin.stat("wasmcustom.floor_response_pieces");
      const requests = await client.turn(work, work.requests);
      const after = await one.envoy.admin.stat("wasmcustom.floor_response_pieces");
      pieces.set(work.name, (after - before) / requests);
    }
  } finally {
    client.close();
    await one.envoy.stop();
  }
  return pieces;
}

async function evidence(one: RunningPeer, requests: number, withUsage: number): Promise<string> {
  const { admin } = one.envoy;
  if (one.peer.name.startsWith("cpp")) {
    const stats = await until("the C++ filter's statistics", async () => {
      const now = await admin.stats("ai_protocol_manager.");
      return (now["ai_protocol_manager.request_parsed"] ?? 0) >= requests ? now : null;
    });
    const parsed = stats["ai_protocol_manager.request_parsed"] ?? 0;
    const found = stats["ai_protocol_manager.token_usage_found"] ?? 0;
    const failed =
      (stats["ai_protocol_manager.response_parse_error"] ?? 0) + (stats["ai_protocol_manager.token_usage_failed"] ?? 0);
    if (parsed !== requests || found !== withUsage || failed > 0) {
      throw new Error(`${one.peer.name} does not do its work: ${JSON.stringify(stats)}`);
    }
    return `parsed ${parsed} of ${requests} requests and found the usage in ${found} of ${requests} answers`;
  }
  if (one.peer.name.startsWith("weir")) {
    const settled = await until("Weir's metrics", async () => {
      const samples = await admin.prometheus("weir_requests");
      const sum = samples.reduce((all, sample) => all + sample.value, 0);
      return sum >= requests ? samples : null;
    });
    const sum = settled.reduce((all, sample) => all + sample.value, 0);
    const reported = await admin.prometheus("gen_ai_client_token_usage");
    if (sum !== requests || reported.length === 0)
      throw new Error(`${one.peer.name} settled ${sum} of ${requests} calls.`);
    return `settled ${sum} of ${requests} calls`;
  }
  return `passed on ${requests} answers`;
}
