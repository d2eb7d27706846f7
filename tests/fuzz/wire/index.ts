/** All fuzzers of the byte and wire layers: `tsx tests/fuzz/wire/index.ts [--count N | --seconds N] [--seed N]`. */
import { fileURLToPath } from "node:url";
import { fuzzAws } from "./aws";
import { fuzzBytes } from "./bytes";
import { fuzzJson } from "./json";
import { type Budget, budgetOf } from "./module";
import { fuzzSse } from "./sse";

/** Runs each fuzzer on the budget; returns the number of disagreements. */
export function fuzzWire(budget: Budget): number {
  return fuzzJson(budget, 60_000) + fuzzSse(budget, 4_000) + fuzzBytes(budget, 8_000) + fuzzAws(budget, 500);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.exitCode = fuzzWire(budgetOf(process.argv)) > 0 ? 1 : 0;
}
