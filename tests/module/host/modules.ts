import { readFileSync } from "node:fs";
import { buildModule, type Variant } from "../../../build/wasm/build.ts";

/** All builds of the same sources: they must do the same. */
export const VARIANTS: readonly Variant[] = ["release", "checked", "collected"];

/** The filter as it is shipped, or with the processor of tests/module/probe. */
export type Entry = "filter" | "probe";

const ENTRIES: Record<Entry, string> = { filter: "assembly/index.ts", probe: "tests/module/probe/index.ts" };

const compiled = new Map<string, Promise<WebAssembly.Module>>();

/** The compiled module, built first if its sources have changed. */
export function moduleOf(variant: Variant, entry: Entry = "filter"): Promise<WebAssembly.Module> {
  const key = `${entry} ${variant}`;
  let module = compiled.get(key);
  if (!module) {
    module = buildModule({ variant, entry: ENTRIES[entry], tables: "standard" }).then(
      ({ path }) => new WebAssembly.Module(readFileSync(path)),
    );
    compiled.set(key, module);
  }
  return module;
}

export type { Variant };
