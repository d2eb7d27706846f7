import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { filesIn, ROOT } from "./files.ts";
import { isAskedFor, type Report, type Request } from "./outcome.ts";

/** The memory runtimes that every spec runs on: the compiler's collector, the arenas of the release build, and of the checked build. */
const RUNTIMES = ["collector", "arena", "checked"] as const;

type Runtime = (typeof RUNTIMES)[number];

/** Specs that one as-pect process compiles, one after the other, on one runtime. */
interface Job {
  readonly runtime: Runtime;
  readonly specs: readonly string[];
}

/** A line of as-pect/reporter.js. */
type Line =
  | { kind: "test" | "group"; name: string; passed: boolean; details: string; logs: string[] }
  | { kind: "todo"; name: string }
  | { kind: "file"; name: string; passed: boolean; tests: number; details: string };

const PREFIX = "\u0001report ";
/** More specs share a process's start and the parsed standard library; fewer share the cores better. */
const SPECS_PER_JOB = 6;
const JOB_TIMEOUT_MS = 300_000;

/** Runs tests/unit/**\/*.spec.ts inside WebAssembly, with as-pect. */
export async function runUnit(request: Request): Promise<void> {
  const specs = filesIn("tests/unit", ".spec.ts").filter((file) => isAskedFor(file, request));
  const jobs = RUNTIMES.flatMap((runtime) => [isBare, isWrapped].flatMap((is) => split(runtime, specs.filter(is))));
  const workers = Array.from({ length: Math.min(2, availableParallelism()) }, async () => {
    for (let job = jobs.shift(); job; job = jobs.shift()) jobs.push(...(await run(job, request.report)));
  });
  await Promise.all(workers);
}

/** Specs of the memory layer begin and end callbacks themselves. */
function isBare(spec: string): boolean {
  return spec.startsWith("tests/unit/memory/");
}

function isWrapped(spec: string): boolean {
  return !isBare(spec);
}

function split(runtime: Runtime, specs: string[]): Job[] {
  const jobs: Job[] = [];
  for (let i = 0; i < specs.length; i += SPECS_PER_JOB)
    jobs.push({ runtime, specs: specs.slice(i, i + SPECS_PER_JOB) });
  return jobs;
}

/** Runs one job; returns what is left of it when as-pect gives up, which it does at the first spec that does not compile. */
async function run(job: Job, report: Report): Promise<Job[]> {
  const finished = new Set<string>();
  let pending: Line[] = [];
  const rest: string[] = [];
  const code = await aspect(job, (text) => {
    const at = text.indexOf(PREFIX);
    if (at !== 0) return void rest.push(text);
    const line = JSON.parse(text.slice(PREFIX.length)) as Line;
    pending.push(line);
    if (line.kind !== "file") return;
    finished.add(line.name);
    tell(line.name, job.runtime, pending, report);
    pending = [];
  });
  const left = job.specs.filter((spec) => !finished.has(spec));
  const [broken, ...others] = left;
  if (broken === undefined) return [];
  const details = `as-pect ended with ${code} before the spec did:\n${rest.join("\n").trim()}`;
  report({ file: broken, name: `compiles and ends (${job.runtime})`, result: "failed", details });
  return others.length > 0 ? [{ ...job, specs: others }] : [];
}

function tell(file: string, runtime: Runtime, lines: readonly Line[], report: Report): void {
  let failures = 0;
  for (const line of lines) {
    const name = `${line.name} (${runtime})`;
    if (line.kind === "todo") {
      report({ file, name, result: "skipped", details: "not written yet" });
    } else if (line.kind !== "file") {
      if (!line.passed) failures++;
      const details = [line.details, ...line.logs.map((log) => `log: ${log}`)].join("\n").trim();
      report({ file, name, result: line.passed ? "passed" : "failed", details });
    } else if (line.passed ? line.tests === 0 : failures === 0) {
      report({ file, name: `has tests, and ends (${runtime})`, result: "failed", details: line.details || "no tests" });
    }
  }
}

/** Runs as-pect; resolves with how it ended. */
function aspect(job: Job, onLine: (text: string) => void): Promise<string> {
  const args = ["--config", "tests/unit/as-pect.config.js", "--as-config", `tests/unit/as-pect/${job.runtime}.json`];
  const script = join(ROOT, "node_modules/@as-pect/cli/lib/test.js");
  const child = spawn(process.execPath, [script, ...args, ...job.specs], {
    cwd: ROOT,
    env: {
      ...process.env,
      WEIR_UNIT_REPORT: job.specs.some(isBare) ? "bare" : "wrapped",
      NO_COLOR: "1",
      FORCE_COLOR: "0",
    },
    stdio: ["ignore", "pipe", "pipe"],
    timeout: JOB_TIMEOUT_MS,
  });
  for (const stream of [child.stdout, child.stderr]) createInterface({ input: stream }).on("line", onLine);
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => resolve(signal ?? `code ${code}`));
  });
}
