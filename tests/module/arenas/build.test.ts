/** What the build makes of a module beside its code. */
import { test } from "node:test";
import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { readFileSync } from "node:fs";
import { buildModule, type Variant } from "../../../build/wasm/build.ts";

const GUESTS = "tests/module/arenas/guests";
const VARIANTS: Variant[] = ["release", "checked", "collected"];

test("a module that imports what Envoy does not have is refused", async () => {
  await rejects(
    buildModule({ variant: "release", entry: `${GUESTS}/foreign.ts` }),
    /imports what Envoy does not have: env\.proxy_open_file/,
  );
});

test("the environment and the clock come from WASI in all three builds, and the abort stays our own", async () => {
  for (const variant of VARIANTS) {
    const { path } = await buildModule({ variant, entry: `${GUESTS}/environment.ts` });
    const module = new WebAssembly.Module(readFileSync(path));
    const names = WebAssembly.Module.imports(module).map((i) => `${i.module}.${i.name}`);
    deepEqual(
      names.filter((name) => !name.startsWith("wasi_snapshot_preview1.")),
      ["env.proxy_log"],
      variant,
    );
    const lines: string[] = [];
    const environment = Buffer.from("REGION=eu-1\0");
    const memory = (): Buffer => Buffer.from((instance.exports["memory"] as WebAssembly.Memory).buffer);
    const wasi = {
      environ_sizes_get: (count: number, size: number) => {
        memory().writeUInt32LE(1, count);
        memory().writeUInt32LE(environment.length, size);
        return 0;
      },
      environ_get: (list: number, at: number) => {
        memory().writeUInt32LE(at, list);
        environment.copy(memory(), at);
        return 0;
      },
      clock_time_get: (_clock: number, _precision: bigint, at: number) => {
        memory().writeBigUInt64LE(1_700_000_000_000_000_000n, at);
        return 0;
      },
    };
    const others = new Proxy(wasi, { get: (known: Record<string, unknown>, name: string) => known[name] ?? (() => 0) });
    const instance = new WebAssembly.Instance(module, {
      env: { proxy_log: (_l: number, at: number, n: number) => (lines.push(memory().toString("utf8", at, at + n)), 0) },
      wasi_snapshot_preview1: others as WebAssembly.ModuleImports,
    });
    (instance.exports["_initialize"] as () => void)();
    equal((instance.exports["tell"] as () => number)(), 4, variant);
    deepEqual(lines, ["eu-1 1700000000000"], variant);
  }
});

test("the names of functions are kept, for backtraces, and nothing is built twice", async () => {
  const order = { variant: "release", entry: `${GUESTS}/early.ts` } as const;
  const { path } = await buildModule(order);
  const module = new WebAssembly.Module(readFileSync(path));
  equal(WebAssembly.Module.customSections(module, "name").length, 1);
  const section = Buffer.from(WebAssembly.Module.customSections(module, "name")[0] ?? new ArrayBuffer(0));
  ok(section.includes("assembly/memory/"), "no function of the sources is named");
  equal((await buildModule(order)).isFresh, true);
});
