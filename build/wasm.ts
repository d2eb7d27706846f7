import { parseArgs } from "node:util";
import { buildVariants } from "./wasm/build.ts";

/**
 * `npm run build [-- entry.ts] [--vocabularies all]`: the three modules from one set of sources. With all vocabularies they are modules of another
 * name, such as build/out/weir.vocabularies=all.wasm.
 */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { vocabularies: { type: "string", default: "standard" } },
});
const choice = values.vocabularies;
if (choice === "standard" || choice === "all") {
  const entry = positionals[0];
  const order = { ...(entry === undefined ? {} : { entry }), ...(choice === "all" ? { tables: "all" as const } : {}) };
  for (const built of await buildVariants(["release", "checked", "collected"], order)) {
    const state = built.isFresh ? "up to date" : `built in ${(built.milliseconds / 1000).toFixed(1)} s`;
    console.log(`${built.out}  ${(built.bytes / 1024).toFixed(0)} KB  ${state}`);
  }
} else {
  console.error(`--vocabularies is standard or all, not "${choice}".`);
  process.exitCode = 1;
}
