import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { findEnvoy } from "../../../build/envoy/index.ts";
import { buildModule } from "../../../build/wasm/build.ts";
import { buildFloor } from "../floor/build.ts";
import { type Effort, measure, type WorkResult } from "./measure.ts";
import { accessRules, bare, cppDeclared, cppObserving, type RunningPeer, startPeer, wasm } from "./peers.ts";
import { countPieces, type Proof, prove } from "./proof.ts";
import { startBenchProvider } from "./provider.ts";
import { allWorks } from "./works.ts";

const root = fileURLToPath(new URL("../../../", import.meta.url));

/** Everything that one run has found out. */
export interface GatewayRun {
  envoyVersion: string;
  seconds: number;
  peers: { name: string; title: string; proof: Proof }[];
  /** Pieces in which the proxy hands on one answer, by work. */
  pieces: Map<string, number>;
  results: WorkResult[];
}

/** Measures Weir in a real Envoy beside its peers. */
export async function benchGateway(effort: Effort, report: (line: string) => void): Promise<GatewayRun> {
  const began = Date.now();
  const weir = await weirModule();
  const floor = await buildFloor();
  const envoy = await findEnvoy({ report });
  const works = allWorks();
  const peers = [
    bare,
    cppObserving,
    cppDeclared,
    wasm("floor", "floor", floor, null),
    wasm("telling", "Weir's calls alone", await buildFloor("telling"), null),
    wasm("weir", "Weir, `{}`", weir, {}),
    wasm("weir-rules", "Weir, access rules", weir, accessRules),
    wasm("weir-count", "Weir, tokens counted", weir, { processors: [{ type: "tokenCount" }] }),
  ];
  const provider = await startBenchProvider();
  const running: RunningPeer[] = [];
  try {
    const pieces = await countPieces(floor, provider.port, works);
    const proofs: GatewayRun["peers"] = [];
    for (const peer of peers) {
      const prover = await startPeer(peer, provider.port);
      const proof = await prove(prover, works).finally(() => prover.envoy.stop());
      proofs.push({ name: peer.name, title: peer.title, proof });
      report(`${peer.title}: ${proof.text}; ${proof.unchanged.length} of ${works.length} answers byte for byte`);
    }
    for (const peer of peers) running.push(await startPeer(peer, provider.port));
    const results = await measure(running, works, effort, report);
    return {
      envoyVersion: envoy.version,
      seconds: (Date.now() - began) / 1000,
      peers: proofs,
      pieces,
      results,
    };
  } finally {
    await Promise.all(running.map((one) => one.envoy.stop()));
    await provider.stop();
  }
}

/** The module that `WEIR_WASM` names, else the release build of the sources as they are. */
export async function weirModule(): Promise<string> {
  const named = process.env.WEIR_WASM ?? "";
  if (named !== "" && !existsSync(named)) throw new Error(`WEIR_WASM names ${named}, but there is no such file.`);
  return named !== "" ? named : `${root}${(await buildModule({ variant: "release" })).out}`;
}
