import { spawn } from "node:child_process";
import { basename, dirname, join } from "node:path";
import { filesIn, ROOT } from "../run/files.ts";

/**
 * `npm run fuzz -- [WHAT] [--seconds N] [--seed S] [--count N]`: runs the fuzzers, tests/fuzz/<what>/index.ts, one after another, or those
 * that are named. All other arguments are theirs.
 */
async function main(args: string[]): Promise<void> {
  const fuzzers = filesIn("tests/fuzz", "/index.ts");
  const known = fuzzers.map((file) => basename(dirname(file)));
  const wanted = args.filter((arg) => known.includes(arg));
  const rest = args.filter((arg) => !known.includes(arg));
  for (const [i, file] of fuzzers.entries()) {
    const name = known[i] ?? file;
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    console.log(`== ${name}`);
    if ((await run(file, rest)) !== 0) process.exitCode = 1;
  }
}

function run(file: string, args: string[]): Promise<number> {
  const child = spawn(process.execPath, [...process.execArgv, join(ROOT, file), ...args], {
    cwd: ROOT,
    stdio: "inherit",
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve(code ?? 1));
  });
}

await main(process.argv.slice(2));
