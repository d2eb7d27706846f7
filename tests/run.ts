import { parseArgs } from "node:util";
import { runUnit } from "./run/unit.ts";
import type { Request } from "./run/outcome.ts";
const { positionals } = parseArgs({ allowPositionals: true });
let passed = 0;
let failed = 0;
const request: Request = {
  only: positionals.slice(1),
  updateGolden: false,
  report: (o) => {
    if (o.result === "passed") passed++;
    if (o.result === "failed") failed++;
    if (o.result !== "passed") console.log(o.result, o.file, o.name, o.details);
  },
};
await runUnit(request);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
