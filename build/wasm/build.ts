import { createHash } from "node:crypto";
import { execFile } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { basename, dirname, isAbsolute, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { embed, memoryBaseFor } from "../vocabularies/embed.ts";
import { type Choice } from "../vocabularies/registry.ts";
import { readImage } from "../vocabularies/tables.ts";
import { checkImports } from "./imports.ts";
import { sourcesOf } from "./sources.ts";

/** What a module is built for. */
export type Variant = "release" | "checked" | "collected";

/** One module to build. Paths are relative to the root of the project, or absolute. */
export interface Order {
  variant: Variant;
  /** The filter itself, unless said otherwise. */
  entry?: string;
  /** Where the module goes; by default to build/out, by a name made of the rest of the order. */
  out?: string;
  /** Further names for `--use`, such as `WEIR_SOMETHING=1`. */
  defines?: string[];
  /** Further options of the compiler, by their names in its JSON configuration. */
  options?: Record<string, unknown>;
  /** Which vocabularies' tables are put into the module; the standard ones into the filter, and else none, unless said otherwise. */
  tables?: Choice | "none";
}

export interface Built {
  /** Relative to the root of the project. */
  out: string;
  /** Absolute. */
  path: string;
  bytes: number;
  milliseconds: number;
  /** Whether it was there already, from the same sources and options. */
  isFresh: boolean;
}

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const OUT = "build/out";
const FILTER = "assembly/index.ts";
const RUNTIME = "assembly/memory/runtime";
const ABORT = "assembly/abi/abort";
const COMPILER = "node_modules/assemblyscript";
const WASI_SHIM = "node_modules/@assemblyscript/wasi-shim";

const NAMES: Record<Variant, string> = { release: "weir", checked: "weir.checked", collected: "weir.collected" };

/**
 * The options that all variants share.
 *
 * `debug` keeps the names of functions for backtraces and profiles; the code is the same without it. Envoy has no
 * `env.Date.now` and the like: the WASI shim stands in for them. Its own configuration would put its `abort` in the place of ours,
 * whatever comes after; so its names are listed here.
 */
const COMMON = { exportStart: "_initialize", enable: ["simd"], debug: true };
const USE = [
  "ASC_WASI=1",
  "trace=wasi_trace",
  "seed=wasi_seed",
  "console=wasi_console",
  "crypto=wasi_crypto",
  "performance=wasi_performance",
  "process=wasi_process",
  "Date=wasi_Date",
  `abort=${ABORT}/abort`,
];

/** `stackSize: -1`: for a runtime that it does not know the compiler would keep a shadow stack, a third more code. */
const ARENAS = { ...COMMON, runtime: RUNTIME, stackSize: -1 };

const OPTIONS: Record<Variant, { options: Record<string, unknown>; use: string[] }> = {
  release: { options: { ...ARENAS, optimizeLevel: 3 }, use: [] },
  checked: { options: { ...ARENAS, optimizeLevel: 1 }, use: ["WEIR_CHECKED=1"] },
  collected: { options: { ...COMMON, runtime: "minimal", optimizeLevel: 1 }, use: ["WEIR_COLLECTED=1"] },
};

/** Builds several variants of one entry, each in a process of its own. */
export async function buildVariants(variants: Variant[], order: Omit<Order, "variant"> = {}): Promise<Built[]> {
  return Promise.all(variants.map((variant) => buildModule({ ...order, variant })));
}

/** Builds one module, unless it is up to date; throws with the compiler's messages if it cannot be built. */
export async function buildModule(order: Order): Promise<Built> {
  const entry = order.entry ?? FILTER;
  const { options, use } = OPTIONS[order.variant];
  const choice = order.tables ?? (isFilter(entry) ? "standard" : "none");
  const tables = choice === "none" ? null : readImage(choice);
  const room = tables ? { memoryBase: memoryBaseFor(tables) } : {};
  const config = {
    options: { ...options, ...room, ...order.options, use: [...USE, ...use, ...(order.defines ?? [])] },
  };
  const out = order.out ?? defaultOut(order, entry);
  const path = isAbsolute(out) ? out : join(ROOT, out);
  const stamp = stampOf(entry, config, tables);
  const stampPath = `${path}.stamp`;
  if (existsSync(path) && existsSync(stampPath) && readFileSync(stampPath, "utf8") === stamp)
    return { out, path, bytes: statSync(path).size, milliseconds: 0, isFresh: true };
  const began = performance.now();
  mkdirSync(dirname(path), { recursive: true });
  // Test files run in processes of their own and may order the same module: each makes its own, and the last one's stays.
  const own = `${path}.${process.pid}.${count++}.tmp`;
  try {
    writeFileSync(`${own}.json`, JSON.stringify(config));
    await compile(entry, `${own}.json`, `${own}.wasm`);
    const module = readFileSync(`${own}.wasm`);
    checkImports(module, out);
    if (tables) writeFileSync(`${own}.wasm`, embed(module, tables));
    renameSync(`${own}.wasm`, path);
  } finally {
    rmSync(`${own}.json`, { force: true });
    rmSync(`${own}.wasm`, { force: true });
  }
  writeFileSync(stampPath, stamp);
  return { out, path, bytes: statSync(path).size, milliseconds: performance.now() - began, isFresh: false };
}

let count = 0;

function defaultOut(order: Order, entry: string): string {
  const extras = [
    ...(order.defines ?? []),
    ...(order.tables === "all" ? ["vocabularies=all"] : []),
    ...Object.entries(order.options ?? {}).map(([k, v]) => `${k}=${String(v)}`),
  ];
  const suffix = extras.length > 0 ? `.${extras.join(".").replace(/[^\w.=-]/g, "_")}` : "";
  const name = isFilter(entry) ? NAMES[order.variant] : `${entryName(entry)}.${order.variant}`;
  return `${OUT}/${name}${suffix}.wasm`;
}

function isFilter(entry: string): boolean {
  return join(ROOT, entry) === join(ROOT, FILTER);
}

function entryName(entry: string): string {
  const folder = basename(dirname(entry));
  return `${folder}-${basename(entry, ".ts")}`;
}

async function compile(entry: string, config: string, out: string): Promise<void> {
  const asc = join(ROOT, COMPILER, "bin/asc.js");
  const file = isAbsolute(entry) ? relative(ROOT, entry) : entry;
  // `lib` is here because the compiler takes it to be relative to where it runs, and one in a configuration to be relative to that.
  const args = [asc, file, "--config", config, "--lib", `./${WASI_SHIM}/assembly`, "--outFile", out];
  try {
    await promisify(execFile)(process.execPath, args, { cwd: ROOT, maxBuffer: 1 << 26 });
  } catch (error) {
    const { stdout, stderr } = error as { stdout?: string; stderr?: string };
    throw new Error(`${entry} does not compile:\n${stdout ?? ""}${stderr ?? String(error)}`, { cause: error });
  }
}

/** A hash of everything that the module is made of. */
function stampOf(entry: string, config: object, tables: Uint8Array | null): string {
  const hash = createHash("sha256").update(JSON.stringify(config)).update(entry);
  if (tables) hash.update(tables);
  for (const tool of [COMPILER, WASI_SHIM]) hash.update(readFileSync(join(ROOT, tool, "package.json")));
  for (const file of sourcesOf([entry, `${RUNTIME}.ts`, `${ABORT}.ts`], ROOT))
    hash.update(relative(ROOT, file)).update(readFileSync(file));
  return hash.digest("hex");
}
