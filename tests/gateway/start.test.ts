import assert from "node:assert/strict";
import { type ChildProcess, execFile, execFileSync, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer as createTcpServer, connect, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { createServer as createTlsServer } from "node:tls";
import { fileURLToPath } from "node:url";
import { Journal, LineSplitter, until } from "../../build/envoy/index.ts";
import { type Provider, startProvider } from "../../demo/provider.ts";

/** `npm start` as an operator sees it: what it prints, what it answers, and what it leaves behind. */

const project = fileURLToPath(new URL("../../", import.meta.url));
const directory = mkdtempSync(join(tmpdir(), "weir-start-test-"));
const children = new Set<ChildProcess>();

after(async () => {
  // What a failed test left behind: SIGTERM, so that it can stop its Envoy.
  for (const child of children) child.kill("SIGTERM");
  await until("npm start to end", () => (children.size === 0 ? true : null));
  rmSync(directory, { recursive: true, force: true });
});

interface Started {
  pid: number;
  output: Journal<string>;
  /** All that was printed, to both streams. */
  text: () => string;
  signal: (name: NodeJS.Signals) => void;
  /** The exit status; rejects if it takes long. */
  ended: () => Promise<number>;
}

function start(args: string[], environment: Record<string, string> = {}): Started {
  const free = ["--port", "0", "--admin-port", "0", "--provider-port", "0", "--workers", "1"];
  const { OPENAI_API_KEY: _, OPENAI_BASE_URL: __, ...inherited } = process.env;
  const child = spawn(process.execPath, ["--import", "tsx", "build/start/main.ts", ...free, ...args], {
    cwd: project,
    env: { ...inherited, ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  children.add(child);
  const output = new Journal<string>();
  new LineSplitter(child.stdout, (line) => output.add(line));
  new LineSplitter(child.stderr, (line) => output.add(line));
  const ended = new Promise<number>((resolve) => child.on("close", (status) => resolve(status ?? -1)));
  void ended.then(() => children.delete(child));
  return {
    pid: child.pid ?? 0,
    output,
    text: () => output.items.join("\n"),
    signal: (name) => child.kill(name),
    ended: () =>
      Promise.race([
        ended,
        new Promise<never>((_, reject) => {
          setTimeout(() => reject(new Error(`npm start did not end:\n${output.items.join("\n")}`)), 30_000).unref();
        }),
      ]),
  };
}

/** The address that was announced, once Weir serves. */
async function served(started: Started): Promise<string> {
  const line = await Promise.race([
    started.output.find("the address", (one) => one.startsWith("Weir serves "), 60),
    started.ended().then((status) => assert.fail(`npm start ended with ${status}:\n${started.text()}`)),
  ]);
  await started.output.find("the table's header", (one) => one.startsWith("time "));
  return line.replace("Weir serves ", "");
}

function descendants(pid: number): number[] {
  const rows = execFileSync("ps", ["-A", "-o", "pid=,ppid=,comm="], { encoding: "utf8" }).trim().split("\n");
  return rows
    .map((row) => row.trim().split(/\s+/))
    .filter(([, parent, command]) => Number(parent) === pid && command === "envoy")
    .map(([child]) => Number(child));
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

function shell(command: string): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile("sh", ["-c", command], (error, stdout) => (error instanceof Error ? reject(error) : resolve(stdout)));
  });
}

test("the printed commands work as they are, each request is a line, and Ctrl-C leaves nothing behind", async () => {
  const started = start([]);
  await served(started);
  const [whole, streamed] = started.output.items.filter((line) => line.trim().startsWith("curl "));
  const answer = JSON.parse(await shell(whole ?? "")) as { usage: { prompt_tokens: number } };
  assert.match(await shell(streamed ?? ""), /data: \[DONE\]\n\n$/);

  const lines = await started.output.atLeast(2, "a line per request", (line) => /^\d\d:\d\d:\d\d {2}/.test(line));
  const header = started.output.items.find((line) => line.startsWith("time ")) ?? "";
  for (const line of lines) {
    assert.match(line, /\bme\b.*\bchat\b.*\bgpt-4o-mini\b.*\bcompleted$/);
    assert.equal(
      line
        .slice(0, header.indexOf("input") + 5)
        .split(" ")
        .pop(),
      String(answer.usage.prompt_tokens),
    );
  }
  const envoys = descendants(started.pid);
  assert.equal(envoys.length, 1);
  started.signal("SIGINT");
  assert.equal(await started.ended(), 0);
  for (const pid of envoys) assert.ok(!isAlive(pid), "Envoy is gone");
});

test("a configuration is taken live, and a wrong one is explained while the old goes on serving", async () => {
  const file = join(directory, "live.yaml");
  writeFileSync(file, "consumer: [{ header: x-red }]\n");
  const started = start(["--config", file]);
  const url = await served(started);
  const ask = async (): Promise<string> => {
    const lines = started.output.items.length;
    const headers = { "content-type": "application/json", "x-red": "team-red", "x-blue": "team-blue" };
    const body = '{"model":"gpt-4o","messages":[{"role":"user","content":"Hi"}]}';
    const answer = await fetch(`${url}/chat/completions`, { method: "POST", headers, body });
    assert.equal(answer.status, 200);
    await answer.text();
    const isNew = (line: string): boolean => /team-/.test(line) && started.output.items.indexOf(line, lines) >= 0;
    return /team-\w+/.exec(await started.output.find("the request's line", isNew))?.[0] ?? "";
  };
  assert.equal(await ask(), "team-red");

  writeFileSync(file, "consumer: [{ header: x-blue }]\n");
  await started.output.find("the change", (line) => line.endsWith("live.yaml is in effect."));
  await until("the new consumer", async () => ((await ask()) === "team-blue" ? true : null));

  writeFileSync(file, "consumer: [{ header: x-red }]\nnonsense: true\n");
  await started.output.find("the refusal", (line) => line.includes("live.yaml was refused"));
  assert.match(started.text(), /^envoy error: .*nonsense/m);
  assert.equal(await ask(), "team-blue");

  writeFileSync(file, "consumer: [\n");
  await started.output.find("the syntax error", (line) => line.includes("is neither JSON nor YAML"));
  assert.equal(await ask(), "team-blue");

  started.signal("SIGTERM");
  assert.equal(await started.ended(), 0);
});

test("a configuration that is wrong from the start is explained, and nothing is left running", async () => {
  const file = join(directory, "wrong.json");
  writeFileSync(file, '{ "nonsense": true }');
  const started = start(["--config", file]);
  assert.equal(await started.ended(), 1);
  assert.match(started.text(), /nonsense/);
  assert.match(started.text(), /Weir refused its configuration, for the reasons above\.$/);
});

for (const [what, name, content, sentence] of [
  ["is absent", "absent.yaml", null, /absent\.yaml cannot be read: there is no such file\.$/],
  ["is no YAML", "broken.yaml", "a: [", /broken\.yaml is neither JSON nor YAML: .*$/],
  ["is no object", "list.json", "[1]", /list\.json must hold an object of options.*$/],
] as const) {
  test(`a configuration file that ${what} is one sentence`, async () => {
    const file = join(directory, name);
    if (content !== null) writeFileSync(file, content);
    await assertOneSentence(start(["--config", file]), sentence);
  });
}

test("a taken port is one sentence that names the option", async () => {
  const taken = createTcpServer();
  await new Promise<void>((resolve) => taken.listen(0, "127.0.0.1", resolve));
  const { port } = taken.address() as AddressInfo;
  try {
    for (const option of ["--port", "--admin-port", "--provider-port"]) {
      const sentence = new RegExp(`^Port ${port} on 127\\.0\\.0\\.1 is taken: choose another with ${option}\\.$`);
      await assertOneSentence(start([option, String(port)]), sentence);
    }
  } finally {
    taken.close();
  }
});

test("options that are not understood are one sentence", async () => {
  await assertOneSentence(start(["--prot", "1"]), /^Unknown option '--prot'; npm start -- --help lists the options\.$/);
  await assertOneSentence(start(["--port", "http"]), /^--port takes a whole number from 0 to 65535, not 'http'\.$/);
});

test("an ENVOY that cannot be run is one sentence", async () => {
  const empty = mkdtempSync(join(directory, "empty-"));
  await assertOneSentence(start([], { PATH: empty, ENVOY: join(empty, "envoy") }), /envoy did not answer --version.*$/);
});

test("when Envoy dies, so does everything, and the end says so", async () => {
  const started = start([]);
  await served(started);
  for (const pid of descendants(started.pid)) process.kill(pid, "SIGKILL");
  assert.equal(await started.ended(), 1);
  assert.match(started.text(), /Envoy was ended by SIGKILL\.$/);
});

const key = "sk-proj-0123456789-never-shown";

test("with a key, requests go to the API with it, whatever the client sent, and the key is shown nowhere", async () => {
  const api = await startProvider({ keep: true });
  try {
    await assertKeyArrives(api, { OPENAI_BASE_URL: `http://127.0.0.1:${api.port}/v1` });
  } finally {
    await api.stop();
  }
});

test("with a key, the API is spoken to over TLS and must show a certificate that the system trusts", async (context) => {
  const files = makeCertificate();
  if (files === null) return context.skip("SKIPPED: openssl, which makes the certificate, is not installed");
  const api = await startProvider({ keep: true });
  const tls = createTlsServer({ key: readFileSync(files.key), cert: readFileSync(files.certificate) }, (socket) => {
    const onward = connect(api.port, "127.0.0.1");
    socket.on("error", () => onward.destroy());
    onward.on("error", () => socket.destroy());
    socket.pipe(onward).pipe(socket);
  });
  await new Promise<void>((resolve) => tls.listen(0, "127.0.0.1", resolve));
  const url = `https://localhost:${(tls.address() as AddressInfo).port}/v1`;
  try {
    await assertKeyArrives(api, { OPENAI_BASE_URL: url, SSL_CERT_FILE: files.certificate });

    const reached = api.received.length;
    const untrusting = start([], { OPENAI_API_KEY: key, OPENAI_BASE_URL: url, SSL_CERT_FILE: "" });
    const answer = await fetch(`${await served(untrusting)}/models`);
    assert.equal(answer.status, 503);
    assert.equal(api.received.length, reached);
    untrusting.signal("SIGINT");
    assert.equal(await untrusting.ended(), 0);
  } finally {
    tls.close();
    await api.stop();
  }
});

test("a key is not sent over a network in plain text", async () => {
  const environment = { OPENAI_API_KEY: key, OPENAI_BASE_URL: "http://api.example.com/v1" };
  await assertOneSentence(start([], environment), /^OPENAI_BASE_URL must use https: .*$/);
});

async function assertKeyArrives(api: Provider, environment: Record<string, string>): Promise<void> {
  const started = start([], { OPENAI_API_KEY: key, ...environment });
  const url = await served(started);
  const headers = { "content-type": "application/json", authorization: "Bearer the-clients-own" };
  const body = '{"model":"gpt-4o","messages":[{"role":"user","content":"Hi"}]}';
  const answer = await fetch(`${url}/chat/completions`, { method: "POST", headers, body });
  assert.equal(answer.status, 200);
  assert.match(await answer.text(), /"object": "chat.completion"/);
  assert.equal(api.received.at(-1)?.headers.authorization, `Bearer ${key}`);

  const admin = /http:\S+(?=\/stats\/prometheus)/.exec(started.text())?.[0] ?? "";
  const dump = await (await fetch(`${admin}/config_dump`)).text();
  assert.ok(!dump.includes(key), "Envoy's configuration dump does not show the key");
  const written = await shell(`grep -rlF ${key} ${tmpdir()}/weir-* 2>/dev/null || true`);
  assert.equal(written, "");
  const commands = execFileSync("ps", ["-A", "-o", "args="], { encoding: "utf8" });
  assert.ok(!commands.includes(key), "no command line shows the key");
  started.signal("SIGINT");
  assert.equal(await started.ended(), 0);
  assert.ok(!started.text().includes(key), "the output does not show the key");
}

async function assertOneSentence(started: Started, sentence: RegExp): Promise<void> {
  assert.equal(await started.ended(), 1);
  const lines = started.output.items.filter((line) => line !== "");
  assert.equal(lines.length, 1, started.text());
  assert.match(lines[0] ?? "", sentence);
}

function makeCertificate(): { key: string; certificate: string } | null {
  const files = { key: join(directory, "key.pem"), certificate: join(directory, "certificate.pem") };
  const subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"];
  const request = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", ...subject];
  try {
    execFileSync("openssl", [...request, "-keyout", files.key, "-out", files.certificate], { stdio: "ignore" });
    return files;
  } catch {
    return null;
  }
}
