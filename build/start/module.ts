import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { OperatorError } from "../envoy/index.ts";
import { buildModule } from "../wasm/build.ts";

const project = fileURLToPath(new URL("../../", import.meta.url));

/** The module to run, by its whole path: the one `WEIR_WASM` names, else the release build, made anew if it is stale. */
export async function moduleForStart(report: (line: string) => void): Promise<string> {
  const named = process.env.WEIR_WASM ?? "";
  if (named !== "") {
    if (!existsSync(named)) throw new OperatorError(`WEIR_WASM names ${named}, but there is no such file.`);
    return resolve(named);
  }
  report("Building Weir.");
  const built = await buildModule({ variant: "release" });
  report(`  ${built.out}, ${(built.bytes / 1024).toFixed(0)} KB${built.isFresh ? ", is up to date" : ""}`);
  return resolve(project, built.out);
}
