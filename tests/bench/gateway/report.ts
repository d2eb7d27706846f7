import { table } from "../document.ts";
import type { Spread } from "../statistics.ts";
import type { GatewayRun } from "./bench.ts";
import type { WorkResult } from "./measure.ts";

/** The tables of one run, as they stand in docs/benchmarks.md. */
export function gatewayTables(run: GatewayRun): string {
  const parts = [
    "Processor time of the whole Envoy process per request, microseconds, median (quartiles):",
    cpuTable(run),
    "What each adds to the bare router in the same round, microseconds, median (quartiles):",
    addedTable(run),
    "Weir's addition in parts of the C++ filter's, median of the rounds' ratios (quartiles):",
    ratioTable(run),
    "Seen before the measurement:",
    run.peers
      .map(({ title, proof }) => `- ${title}: ${proof.text}; ${unchangedText(run, proof.unchanged)}.`)
      .join("\n"),
    `Envoy ${run.envoyVersion}, one worker each; ${run.results[0]?.rounds ?? 0} rounds in ${run.seconds.toFixed(0)} s.`,
  ];
  return parts.join("\n\n");
}

function cpuTable(run: GatewayRun): string {
  const head = ["", "pieces", ...run.peers.map((peer) => peer.title)];
  const rows = run.results.map((result) => [
    result.work.title,
    (run.pieces.get(result.work.name) ?? NaN).toFixed(0),
    ...run.peers.map((peer) => cell(result.figures.get(peer.name)?.cpuUs)),
  ]);
  return table(head, rows);
}

function addedTable(run: GatewayRun): string {
  const others = run.peers.slice(1);
  const rows = run.results.map((result) => [
    result.work.title,
    ...others.map((peer) => cell(result.figures.get(peer.name)?.addedUs)),
  ]);
  return table(["", ...others.map((peer) => peer.title)], rows);
}

function ratioTable(run: GatewayRun): string {
  const head = ["", "at most", "Weir, `{}`", "Weir's calls alone", "floor", "Weir, `{}` to the declared route", ""];
  const rows = run.results.map((result) => {
    const medians = ratioOfMedians(result, "weir", "cpp");
    return [
      result.work.title,
      result.work.target.toFixed(2),
      ratio(result.ratio("weir", "cpp")),
      ratio(result.ratio("telling", "cpp")),
      ratio(result.ratio("floor", "cpp")),
      ratio(result.ratio("weir", "cpp-declared")),
      medians <= result.work.target ? "met" : `not met (${medians.toFixed(2)})`,
    ];
  });
  return table(head, rows);
}

/** Steadier than the median of ratios where one round's divisor is near zero; it decides whether a target is met. */
function ratioOfMedians(result: WorkResult, of: string, to: string): number {
  const added = (name: string): number => result.figures.get(name)?.addedUs.median ?? NaN;
  return added(of) / added(to);
}

function unchangedText(run: GatewayRun, unchanged: string[]): string {
  const changed = run.results.map((result) => result.work).filter((work) => !unchanged.includes(work.name));
  if (changed.length === 0) return "every answer byte for byte as the client asked for it";
  return `changes the bytes of ${changed.length} of ${run.results.length} answers, their number not`;
}

function cell(spread: Spread | undefined): string {
  if (spread === undefined) return "";
  const text = (us: number): string => (Math.abs(us) < 10 ? us.toFixed(1) : us.toFixed(0));
  return `${text(spread.median)} (${text(spread.low)} … ${text(spread.high)})`;
}

function ratio(spread: Spread): string {
  return `${spread.median.toFixed(2)} (${spread.low.toFixed(2)} … ${spread.high.toFixed(2)})`;
}
