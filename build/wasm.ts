import { buildVariants } from "./wasm/build.ts";

/** `npm run build [-- entry.ts]`: the three modules from one set of sources. */
for (const built of await buildVariants(["release", "checked", "collected"], process.argv[2])) {
  const state = built.isFresh ? "up to date" : `built in ${(built.milliseconds / 1000).toFixed(1)} s`;
  console.log(`${built.out}  ${(built.bytes / 1024).toFixed(0)} KB  ${state}`);
}
