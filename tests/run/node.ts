import { run } from "node:test";
import { inspect } from "node:util";
import { join, relative } from "node:path";
import { filesIn, ROOT } from "./files.ts";
import { isAskedFor, type Request, type Outcome } from "./outcome.ts";

/** How a kind of node:test files is run. */
export interface Kind {
  readonly folder: string;
  /** Files at a time. */
  readonly concurrency: number;
  readonly fileTimeoutMs: number;
}

/** What an event tells of one test; node's types leave parts of it out. */
interface Ended {
  name: string;
  nesting: number;
  file?: string;
  skip?: string | boolean;
  todo?: string | boolean;
  details: { type?: string; error?: { failureType?: string; cause?: unknown; message?: string } };
}

/** The events that matter here; node's types have them as one. */
type Event =
  | { type: "test:start"; data: { nesting: number; name: string } }
  | { type: "test:stdout" | "test:stderr"; data: { file: string; message: string } }
  | { type: "test:pass" | "test:fail"; data: Ended };

/** Lines that a file wrote last, shown when something in it failed. */
const SHOWN_LINES = 40;

/** Runs <folder>/**\/*.test.ts with node:test, each file in a process of its own. */
export async function runNode(kind: Kind, request: Request): Promise<void> {
  const files = filesIn(kind.folder, ".test.ts").filter((file) => isAskedFor(file, request));
  if (files.length === 0) return;
  // Node 20 gives its test processes the environment, but no arguments.
  if (request.updateGolden) process.env["WEIR_UPDATE_GOLDEN"] = "1";
  const paths = files.map((file) => join(ROOT, file));
  const events = run({ files: paths, concurrency: kind.concurrency, timeout: kind.fileTimeoutMs });
  const told = new Map<string, number>();
  const output = new Map<string, string[]>();
  const names: string[] = [];
  for await (const { type, data } of events as AsyncIterable<Event>) {
    if (type === "test:start") {
      names.length = data.nesting;
      names.push(data.name);
    } else if (type === "test:stdout" || type === "test:stderr") {
      const lines = output.get(data.file) ?? [];
      lines.push(data.message.trimEnd());
      output.set(data.file, lines.slice(-SHOWN_LINES));
    } else if (type === "test:pass" || type === "test:fail") {
      const path = data.file ?? "";
      const outcome = outcomeOf(data, type === "test:pass", names.slice(0, data.nesting), told.get(path) ?? 0);
      if (!outcome) continue;
      told.set(path, (told.get(path) ?? 0) + 1);
      request.report(outcome.result === "failed" ? withOutput(outcome, output.get(path)) : outcome);
    }
  }
}

/** What an event says, if it is about a test; groups and files are not, unless they themselves fail. */
function outcomeOf(ended: Ended, isPass: boolean, parents: string[], toldOfFile: number): Outcome | null {
  const file = relative(ROOT, ended.file ?? "");
  const name = [...parents, ended.name].join(" ");
  if (ended.skip !== undefined) return { file, name, result: "skipped", details: reasonOf(ended.skip) };
  if (ended.todo !== undefined) return { file, name, result: "skipped", details: `to do: ${reasonOf(ended.todo)}` };
  if (ended.name === ended.file) {
    if (!isPass) return { file, name: "ends well", result: "failed", details: detailsOf(ended) };
    return toldOfFile > 0 ? null : { file, name: "has tests", result: "failed", details: "there are none" };
  }
  if (isPass) return ended.details.type === "suite" ? null : { file, name, result: "passed", details: "" };
  if (ended.details.error?.failureType === "subtestsFailed") return null;
  return { file, name, result: "failed", details: detailsOf(ended) };
}

function reasonOf(given: string | boolean): string {
  return typeof given === "string" && given !== "" ? given : "no reason given";
}

function detailsOf(ended: Ended): string {
  const error = ended.details.error;
  const cause = error?.cause;
  if (cause instanceof Error) return cause.stack ?? cause.message;
  return cause === undefined ? (error?.message ?? "failed") : inspect(cause);
}

function withOutput(outcome: Outcome, lines: string[] | undefined): Outcome {
  if (!lines) return outcome;
  return { ...outcome, details: `${outcome.details}\n--- the last that the file wrote:\n${lines.join("\n")}` };
}
