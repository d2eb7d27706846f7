import { spawn } from "node:child_process";
import { dirname, join } from "node:path";
import { filesIn, ROOT } from "./files.ts";
import { isAskedFor, type Outcome, type Request } from "./outcome.ts";

const TIMEOUT_MS = 600_000;
const SHOWN_LINES = 60;

/** Runs every fuzzer, tests/fuzz/<what>/index.ts, on its default seed and count: one test each. */
export async function runFuzz(request: Request): Promise<void> {
  const scripts = filesIn("tests/fuzz", "/index.ts").filter((file) => isAskedFor(file, request));
  const workers = [0, 1].map(async () => {
    for (let script = scripts.shift(); script; script = scripts.shift()) request.report(await fuzz(script));
  });
  await Promise.all(workers);
}

async function fuzz(file: string): Promise<Outcome> {
  const { ended, output } = await runScript(file);
  const last = output.trim().split("\n").slice(-SHOWN_LINES).join("\n");
  const name = `${dirname(file).split("/").slice(2).join("/")}: no disagreement, no trap`;
  if (ended !== 0) return { file, name, result: "failed", details: `ended with ${ended}\n${last}` };
  return { file, name, result: "passed", details: last };
}

function runScript(file: string): Promise<{ ended: number | string; output: string }> {
  // This process runs by tsx; its options make the child run by it, too.
  const child = spawn(process.execPath, [...process.execArgv, join(ROOT, file)], {
    cwd: ROOT,
    stdio: ["ignore", "pipe", "pipe"],
    timeout: TIMEOUT_MS,
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => (output += text));
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => resolve({ ended: signal ?? code ?? "nothing", output }));
  });
}
