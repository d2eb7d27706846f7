import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Admin } from "./admin.ts";
import { findEnvoy, OperatorError } from "./find.ts";
import { LineSplitter, Journal } from "./journal.ts";

/** One line of Envoy's access log, as envoy/access-log.yaml formats it; absent values are absent or null. */
export type AccessEntry = Record<string, string | number | null>;

/** How to run an Envoy. */
export interface EnvoyOptions {
  /** The bootstrap as Envoy reads it from JSON or YAML. The admin interface's port may be 0. */
  bootstrap: object;
  /** The binary; found by `findEnvoy` if absent. */
  binary?: string;
  /** Worker threads; 1 by default. */
  concurrency?: number;
  /** `warning` by default; `wasmLogLevel` is that of what filters log. */
  logLevel?: string;
  wasmLogLevel?: string;
  /** Added to this process's environment. */
  environment?: Record<string, string>;
  /** How long the connections of a replaced or stopped listener may last. */
  drainSeconds?: number;
  onLog?: (line: string) => void;
  onAccess?: (entry: AccessEntry) => void;
  /** How long Envoy may take until it is ready. */
  startSeconds?: number;
}

/** An Envoy that was started by `startEnvoy` and is ready. */
export interface Envoy {
  readonly pid: number;
  readonly admin: Admin;
  /** What Envoy wrote to its log, line by line: `[time][level][component] text`. */
  readonly log: Journal<string>;
  readonly accessLog: Journal<AccessEntry>;
  /** The bound port of a listener; waits until it is there. */
  port(listener: string): Promise<number>;
  /** Settles with the reason when Envoy ends without having been asked to; stays pending after `stop`. */
  readonly crashed: Promise<string>;
  /** Ends Envoy and removes its files; safe to call again. */
  stop(): Promise<void>;
}

const running = new Set<ChildProcess>();
let guarded = false;

/**
 * Starts Envoy and waits until it is ready to serve.
 *
 * Rejects with `OperatorError` and the end of Envoy's log if it does not come up. No Envoy outlives this process,
 * except when the process is killed by SIGKILL.
 */
export async function startEnvoy(options: EnvoyOptions): Promise<Envoy> {
  const binary = options.binary ?? (await findEnvoy()).path;
  const directory = mkdtempSync(join(tmpdir(), "weir-envoy-"));
  const bootstrapFile = join(directory, "bootstrap.json");
  const adminFile = join(directory, "admin");
  writeFileSync(bootstrapFile, JSON.stringify(options.bootstrap), { mode: 0o600 });

  const log = new Journal<string>();
  const accessLog = new Journal<AccessEntry>();
  const child = spawn(binary, envoyArguments(options, bootstrapFile, adminFile), {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...options.environment },
    // Its own process group: Ctrl-C reaches this process alone, which then stops Envoy in order.
    detached: true,
  });
  guard(child);
  new LineSplitter(child.stderr, (line) => {
    log.add(line);
    options.onLog?.(line);
  });
  new LineSplitter(child.stdout, (line) => {
    const entry = parseAccess(line);
    if (entry === null) return;
    accessLog.add(entry);
    options.onAccess?.(entry);
  });

  let stopping = false;
  let over = false;
  const ended = new Promise<string>((resolve) => {
    child.on("error", (error) => {
      over = true;
      resolve(`could not be run: ${error.message}`);
    });
    child.on("close", (status, signal) => {
      running.delete(child);
      over = true;
      resolve(signal === null ? `ended with status ${status}` : `was ended by ${signal}`);
    });
  });
  const stop = async (): Promise<void> => {
    stopping = true;
    if (child.exitCode === null && child.signalCode === null) child.kill("SIGTERM");
    const force = setTimeout(() => child.kill("SIGKILL"), 5_000);
    await ended;
    clearTimeout(force);
    rmSync(directory, { recursive: true, force: true });
  };
  try {
    const admin = await Promise.race([
      waitUntilReady(adminFile, options.startSeconds ?? 60, () => over),
      ended.then((reason) => {
        throw new OperatorError(`Envoy ${reason}.\n${log.items.slice(-12).join("\n")}`);
      }),
    ]);
    const crashed = new Promise<string>((resolve) => {
      void ended.then((reason) => {
        if (!stopping) resolve(reason);
      });
    });
    return { pid: child.pid ?? 0, admin, log, accessLog, port: (name) => waitForPort(admin, name), crashed, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Tries `attempt` again every few milliseconds until it gives something other than `null`. */
export async function until<T>(what: string, attempt: () => Promise<T | null> | T | null, seconds = 20): Promise<T> {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const result = await attempt();
    if (result !== null) return result;
    if (Date.now() > end) throw new Error(`Waited ${seconds} s for ${what}.`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function envoyArguments(options: EnvoyOptions, bootstrapFile: string, adminFile: string): string[] {
  const level = options.logLevel ?? "warning";
  return [
    ...["-c", bootstrapFile],
    ...["--admin-address-path", adminFile],
    ...["--concurrency", String(options.concurrency ?? 1)],
    ...["--log-level", level, "--component-log-level", `wasm:${options.wasmLogLevel ?? level}`],
    ...["--log-format", "[%Y-%m-%dT%H:%M:%S.%e][%l][%n] %v"],
    // The access log is read as it is written.
    ...["--file-flush-interval-msec", "50"],
    // Connections of a replaced listener are told to close with their next answer, so that changes take effect.
    ...["--drain-strategy", "immediate", "--drain-time-s", String(options.drainSeconds ?? 600)],
    // Several Envoys share a machine without agreeing on a base id.
    "--disable-hot-restart",
  ];
}

async function waitUntilReady(adminFile: string, seconds: number, isOver: () => boolean): Promise<Admin> {
  const giveUp = (): null => {
    if (isOver()) throw new OperatorError("Envoy ended before it was ready.");
    return null;
  };
  const admin = await until(
    "Envoy's admin interface",
    async () => {
      const address = await readFile(adminFile, "utf8").catch(() => "");
      const at = address.lastIndexOf(":");
      return at < 0 ? giveUp() : new Admin(address.slice(0, at), Number(address.slice(at + 1)));
    },
    seconds,
  );
  await until("Envoy to be ready", async () => ((await admin.isReady()) ? true : giveUp()), seconds);
  return admin;
}

function waitForPort(admin: Admin, listener: string): Promise<number> {
  return until(`listener ${listener}`, async () => (await admin.listenerPorts()).get(listener) ?? null);
}

function parseAccess(line: string): AccessEntry | null {
  try {
    return JSON.parse(line) as AccessEntry;
  } catch {
    return null;
  }
}

/** Ends every Envoy with this process, however it ends. */
function guard(child: ChildProcess): void {
  running.add(child);
  if (guarded) return;
  guarded = true;
  process.on("exit", () => {
    for (const one of running) one.kill("SIGKILL");
  });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    // Whoever handles the signal as well decides when to end; otherwise this process ends as it would have.
    const onSignal = (): void => {
      if (process.listenerCount(signal) > 1) return;
      for (const one of running) one.kill("SIGKILL");
      process.off(signal, onSignal);
      process.kill(process.pid, signal);
    };
    process.on(signal, onSignal);
  }
}
