import { createHash } from "node:crypto";
import { execFile } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { checkImports } from "./imports.ts";

/** What a module is built for. */
export type Variant = "release" | "checked" | "collected";

/** One module to build. Paths are relative to the root of the project, or absolute. */
export interface Order {
  variant: Variant;
  entry?: string;
  out?: string;
  /** Further names for `--use`, such as `WEIR_SOMETHING=1`. */
  defines?: string[];
}

export interface Built {
  out: string;
  bytes: number;
  milliseconds: number;
  /** Whether it was there already, from the same sources and options. */
  isFresh: boolean;
}

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const NAMES: Record<Variant, string> = { release: "weir", checked: "weir.checked", collected: "weir.collected" };

/** The options that all variants share. `stackSize: -1` keeps the compiler from keeping a shadow stack for a collector that is not there. */
const COMMON = { exportStart: "_initialize", enable: ["simd"], debug: true };

const OPTIONS: Record<Variant, { options: object; use: string[] }> = {
  // `debug` keeps the names of functions for backtraces and profiles; the code is the same without it.
  release: { options: { ...COMMON, runtime: "assembly/memory/runtime", stackSize: -1, optimizeLevel: 3 }, use: [] },
  checked: {
    options: { ...COMMON, runtime: "assembly/memory/runtime", stackSize: -1, optimizeLevel: 1 },
    use: ["WEIR_CHECKED=1"],
  },
  collected: { options: { ...COMMON, runtime: "minimal", optimizeLevel: 1 }, use: ["WEIR_COLLECTED=1"] },
};

/** Builds several variants of the filter, two at a time. */
export async function buildVariants(variants: Variant[]): Promise<Built[]> {
  return Promise.all(variants.map((variant) => buildModule({ variant })));
}

/** Builds one module, unless it is up to date; throws with the compiler's messages if it cannot be built. */
export async function buildModule(order: Order): Promise<Built> {
  const entry = order.entry ?? "assembly/index.ts";
  const out = order.out ?? `build/out/${NAMES[order.variant]}.wasm`;
  const path = join(ROOT, out);
  const { options, use } = OPTIONS[order.variant];
  const config = { options: { ...options, use: [ABORT, ...use, ...(order.defines ?? [])] } };
  const stamp = stampOf(entry, config);
  const stampPath = `${path}.stamp`;
  if (existsSync(path) && existsSync(stampPath) && readFileSync(stampPath, "utf8") === stamp)
    return { out, bytes: statSync(path).size, milliseconds: 0, isFresh: true };
  mkdirSync(dirname(path), { recursive: true });
  const configPath = `${path}.asconfig.json`;
  writeFileSync(configPath, JSON.stringify(config));
  const began = performance.now();
  await compile(entry, configPath, path);
  checkImports(readFileSync(path), out);
  writeFileSync(stampPath, stamp);
  return { out, bytes: statSync(path).size, milliseconds: performance.now() - began, isFresh: false };
}

const ABORT = "abort=assembly/abi/abort/abort";

async function compile(entry: string, config: string, out: string): Promise<void> {
  const asc = join(ROOT, "node_modules/assemblyscript/bin/asc.js");
  const args = [asc, relative(ROOT, join(ROOT, entry)), "--config", config, "--outFile", out];
  try {
    await promisify(execFile)(process.execPath, args, { cwd: ROOT, maxBuffer: 1 << 26 });
  } catch (error) {
    const { stdout, stderr } = error as { stdout?: string; stderr?: string };
    throw new Error(`${entry} does not compile:\n${stdout ?? ""}${stderr ?? String(error)}`);
  }
}

/** A hash of everything that the module is made of. */
function stampOf(entry: string, config: object): string {
  const hash = createHash("sha256").update(JSON.stringify(config)).update(entry);
  hash.update(readFileSync(join(ROOT, "node_modules/assemblyscript/package.json")));
  for (const folder of new Set(["assembly", dirname(entry)]))
    for (const file of sourcesIn(join(ROOT, folder))) hash.update(relative(ROOT, file)).update(readFileSync(file));
  return hash.digest("hex");
}

function sourcesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .sort()
    .map((name) => join(folder, name));
}
