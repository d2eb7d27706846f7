import { execFile } from "node:child_process";
import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const root = fileURLToPath(new URL("../../../", import.meta.url));

/**
 * Builds a module of this folder with the optimization and the features that Weir is built with; none needs arenas.
 * Gives the path of the built file.
 */
export async function buildFloor(name: "floor" | "host-calls" | "telling" = "floor"): Promise<string> {
  const out = `${root}build/out/${name}.wasm`;
  mkdirSync(`${root}build/out`, { recursive: true });
  const options = ["-O3", "--enable", "simd", "--runtime", "stub", "--exportStart", "_initialize", "--use", "abort="];
  const asc = `${root}node_modules/assemblyscript/bin/asc.js`;
  await promisify(execFile)(process.execPath, [asc, `tests/bench/floor/${name}.ts`, ...options, "--outFile", out], {
    cwd: root,
  });
  return out;
}
