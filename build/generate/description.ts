import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import asc from "assemblyscript/asc";

/** The project's root. */
export const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), "../..");

/** What a module such as assembly/describe.ts tells of a class of settings. */
export interface Description {
  /** The JSON Schema, compact. */
  schema(): string;
  /** The reference page, Markdown. */
  reference(): string;
  /** What is wrong with a configuration, a line each. */
  check(json: Uint8Array): string[];
}

interface Exports {
  schema(): string;
  reference(): string;
  check(json: ArrayBuffer): string;
  __collect(): void;
}

interface Bindings {
  instantiate: (module: WebAssembly.Module, imports: { env: object }) => Promise<Exports>;
}

/** Compiles `entry`, a path from the project's root, and loads it. */
export async function compileDescription(entry: string): Promise<Description> {
  // A folder of its own: tests that run at the same time compile the same entry.
  mkdirSync(join(ROOT, "build/out"), { recursive: true });
  const out = mkdtempSync(join(ROOT, "build/out/description-"));
  try {
    const wasm = relative(ROOT, join(out, "module.wasm"));
    const options = ["--outFile", wasm, "--runtime", "minimal", "--exportRuntime", "--bindings", "raw"];
    const { error, stderr } = await asc.main([entry, "--baseDir", ROOT, "--enable", "simd", "-O", ...options]);
    if (error) throw new Error(`${entry} does not compile\n${stderr.toString()}`);
    return await load(join(out, "module.wasm"), join(out, "module.js"));
  } finally {
    rmSync(out, { recursive: true });
  }
}

async function load(wasm: string, bindings: string): Promise<Description> {
  const { instantiate } = (await import(pathToFileURL(bindings).href)) as Bindings;
  const exports = await instantiate(await WebAssembly.compile(await readFile(wasm)), { env: {} });
  return {
    schema: () => exports.schema(),
    reference: () => exports.reference(),
    check: (json) => {
      const lines = exports.check(json.buffer.slice(json.byteOffset, json.byteOffset + json.byteLength) as ArrayBuffer);
      exports.__collect();
      return lines === "" ? [] : lines.split("\n");
    },
  };
}
