import { allWorks } from "../gateway/works.ts";
import { exchangeOf } from "../module/exchanges.ts";
import { ModuleHost } from "../module/host.ts";
import type { ModuleRun } from "./functions.ts";

/** Runs one work through a module for some seconds: `run-module.ts MODULE WORK`. Run it under V8's profiler. */

const SECONDS = 5;

const [module = "", name = ""] = process.argv.slice(2);
const work = allWorks().find((one) => one.name === name);
if (work === undefined) throw new Error(`There is no work "${name}".`);
const host = new ModuleHost(module, {});
const exchange = exchangeOf(work);
host.run(exchange);

const before = new Map(host.calls);
const { bytesIn, bytesOut } = host;
let requests = 0;
for (const end = Date.now() + SECONDS * 1000; Date.now() < end; requests++) host.run(exchange);

const run: ModuleRun = {
  requests,
  calls: [...host.calls].map(([call, count]) => [call, (count - (before.get(call) ?? 0)) / requests]),
  bytesIn: (host.bytesIn - bytesIn) / requests,
  bytesOut: (host.bytesOut - bytesOut) / requests,
};
run.calls = run.calls.filter(([, count]) => count > 0);
console.log(JSON.stringify(run));
