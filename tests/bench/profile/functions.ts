import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { table } from "../document.ts";
import type { Work } from "../gateway/works.ts";

/** The part of V8's CPU profile that is read: https://chromedevtools.github.io/devtools-protocol/tot/Profiler/ */
interface CpuProfile {
  nodes: { id: number; callFrame: { functionName: string; url: string } }[];
  samples: number[];
  timeDeltas: number[];
}

/** What run-module.ts reports of its run. */
export interface ModuleRun {
  requests: number;
  calls: [string, number][];
  bytesIn: number;
  bytesOut: number;
}

const SHOWN = 12;

/** Runs the module under V8's profiler in a process of its own: its functions by their own time, and its host calls. */
export async function profileFunctions(module: string, work: Work): Promise<string> {
  const directory = mkdtempSync(join(tmpdir(), "weir-profile-"));
  try {
    const script = fileURLToPath(new URL("run-module.ts", import.meta.url));
    const flags = ["--no-liftoff", "--cpu-prof", "--cpu-prof-interval", "200", "--cpu-prof-dir", directory];
    const ran = await promisify(execFile)(process.execPath, [...flags, ...process.execArgv, script, module, work.name]);
    const run = JSON.parse(ran.stdout) as ModuleRun;
    const us = readProfiles(directory);
    return [functionTable(us, run), layerTable(us), callTable(run)].join("\n\n");
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Microseconds that each function of the module ran itself, by the name that the module's name section gives it. */
function readProfiles(directory: string): Map<string, number> {
  const us = new Map<string, number>();
  for (const file of readdirSync(directory).filter((name) => name.endsWith(".cpuprofile"))) {
    const profile = JSON.parse(readFileSync(join(directory, file), "utf8")) as CpuProfile;
    const names = new Map(
      profile.nodes
        .filter((node) => node.callFrame.url.startsWith("wasm:"))
        .map((node) => [node.id, node.callFrame.functionName]),
    );
    profile.samples.forEach((id, i) => {
      const name = names.get(id);
      if (name !== undefined) us.set(name, (us.get(name) ?? 0) + (profile.timeDeltas[i] ?? 0));
    });
  }
  return us;
}

function functionTable(us: Map<string, number>, run: ModuleRun): string {
  const all = sum(us);
  const rows = [...us]
    .sort((a, b) => b[1] - a[1])
    .slice(0, SHOWN)
    .map(([name, own]) => [
      `\`${name.replace(/^assembly\//, "")}\``,
      (own / run.requests).toFixed(2),
      percent(own, all),
    ]);
  const title = `Weir's own functions in Node, ${(all / run.requests).toFixed(1)} µs per request without host calls:`;
  return `${title}\n\n${table(["function", "µs per request", "share"], rows)}`;
}

function layerTable(us: Map<string, number>): string {
  const layers = new Map<string, number>();
  for (const [name, own] of us) {
    const layer = /^assembly\/([^/]+)/.exec(name)?.[1] ?? (name.startsWith("~lib") ? "standard library" : "other");
    layers.set(layer, (layers.get(layer) ?? 0) + own);
  }
  const rows = [...layers].sort((a, b) => b[1] - a[1]).map(([layer, own]) => [layer, percent(own, sum(us))]);
  return `The same by layer; the compiler counts what it inlines to the caller:\n\n${table(["layer", "share"], rows)}`;
}

function callTable(run: ModuleRun): string {
  const rows = run.calls.sort((a, b) => b[1] - a[1]).map(([name, count]) => [`\`${name}\``, count.toFixed(1)]);
  const copied = `${run.bytesIn.toFixed(0)} bytes into the module, ${run.bytesOut.toFixed(0)} out of it`;
  return `Host calls per request (${copied}):\n\n${table(["call", "times"], rows)}`;
}

function sum(us: Map<string, number>): number {
  return [...us.values()].reduce((all, own) => all + own, 0);
}

function percent(part: number, all: number): string {
  return `${((100 * part) / all).toFixed(1)} %`;
}
