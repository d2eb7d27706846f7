import { equal, ok } from "node:assert/strict";
import { TOKEN } from "./model";
import { VERDICTS, Worker } from "./module";
import { MOST_SLOTS, PAGES } from "./pages";
import { SharedMap } from "./shared-map";

const CONSUMERS = 1_000_000;
const NOW = 1_700_000_000_000n;
const DAY_MS = 86_400_000n;
const TOKENS = 100n;

/**
 * A million consumers ask for 60 of 100 tokens each, twice. Nobody is admitted twice, the pages stay below their bound, and when the window
 * is over each has a budget of its own again.
 */
export function flood(module: WebAssembly.Module): string {
  const shared = new SharedMap();
  const limit = { algorithm: "fixedWindow", tokens: TOKENS, windowMs: DAY_MS, parts: 1, burst: 0n } as const;
  const worker = new Worker(module, shared, [limit]);
  const { exports } = worker;
  const verdicts = { granted: 0, spent: 0, tooLarge: 0, full: 0, unavailable: 0 };
  const ask = (consumer: number, now: bigint): boolean => {
    worker.setValues([`consumer-${consumer}`]);
    const isGranted = exports.admit(1, now, 60n * TOKEN, 60n * TOKEN) !== 0;
    verdicts[VERDICTS[exports.lastVerdict()] ?? "unavailable"]++;
    if (isGranted) ok(exports.settle(1, 60n * TOKEN, now));
    if (isGranted) exports.forget(1);
    return isGranted;
  };
  const first = Array.from({ length: CONSUMERS }, (_, i) => ask(i, NOW));
  const { granted } = verdicts;
  const peak = shared.bytes;
  for (let i = 0; i < CONSUMERS; i += 7) if (first[i]) ok(!ask(i, NOW), `consumer ${i} was admitted twice`);
  const bound = PAGES * (MOST_SLOTS * 64 + 8 + "weir.limits.1.3fff".length) + 100;
  ok(peak <= bound, `${peak} bytes of ${bound}`);
  ok(granted > PAGES * 24, `${granted} consumers had a place`);
  for (let i = 0; i < CONSUMERS; i += 10) ok(ask(i, NOW + DAY_MS), `consumer ${i} has no budget on the next day`);
  equal(verdicts.full + verdicts.unavailable + verdicts.tooLarge, 0);
  return `flood: ${CONSUMERS} consumers, ${granted} had a place of their own or were first at a shared one, ${(peak / 2 ** 20).toFixed(1)} MiB of at most ${(bound / 2 ** 20).toFixed(1)}`;
}
