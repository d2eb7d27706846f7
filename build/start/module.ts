import { existsSync } from "node:fs";
import { OperatorError } from "../envoy/index.ts";

/** The module to run: the one `WEIR_WASM` names, else build/out/weir.wasm, built if the sources are newer. */
export async function moduleForStart(report: (line: string) => void): Promise<string> {
  const named = process.env.WEIR_WASM ?? "";
  if (named !== "") {
    if (!existsSync(named)) throw new OperatorError(`WEIR_WASM names ${named}, but there is no such file.`);
    return named;
  }
  report("Building Weir.");
  throw new OperatorError("build/wasm.ts is missing.");
}
