/** docs/abort-sites.md against the release build. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { deepEqual, ok } from "node:assert/strict";
import asc from "assemblyscript/asc";
import { abortSites, type Site } from "../../build/abort-sites/sites.ts";
import { explains, explanationsIn } from "../../build/abort-sites/explained.ts";
import { ROOT } from "../run/files.ts";
import { withoutImage } from "../../build/vocabularies/embed.ts";

const show = ({ where, what }: { where: string; what: string }): string => `${where}: ${what}`;

/** The sites of a program of a few lines. */
async function sitesOf(source: string): Promise<Site[]> {
  const { error, binary, stderr } = await asc.compileString(source, { optimizeLevel: 0, debug: true, runtime: "stub" });
  if (error || !binary) throw new Error(stderr.toString());
  return abortSites(binary).filter(({ where }) => !where.startsWith("~lib/"));
}

test("every place where the filter can trap is explained, and nothing that is gone is", () => {
  const sites = abortSites(withoutImage(readFileSync(join(ROOT, "build/out/weir.wasm"))));
  const explanations = explanationsIn(readFileSync(join(ROOT, "docs/abort-sites.md"), "utf8"));
  ok(sites.length > 0 && explanations.length > 0);
  deepEqual(sites.filter((site) => !explanations.some((row) => explains(row, site))).map(show), []);
  deepEqual(explanations.filter((row) => !sites.some((site) => explains(row, site))).map(show), []);
});

test("a failed assertion is found with its message", async () => {
  const sites = await sitesOf("export function f(a: i32): void { assert(a > 1, 'too few'); }");
  deepEqual(sites.map(show), ['input/f: abort input.ts "too few"']);
});

test("a bounds check is found with its place in the library", async () => {
  const sites = await sitesOf("export function f(): string { const a = ['x']; throw new Error('no ' + a[0]); }");
  ok(sites.some(({ what }) => what.startsWith("abort input.ts")));
});

test("division is found by what is not a constant, or a constant that traps", async () => {
  const sites = await sitesOf(`
    export function byConstant(a: i32): i32 { return a / 10 + a % 7; }
    export function byValue(a: u32, b: u32): u32 { return a / b; }
    export function remainder(a: i64, b: i64): i64 { return a % b; }
    export function byMinusOne(a: i32): i32 { return a / -1; }`);
  deepEqual(sites.map(show), ["input/byMinusOne: i32.div_s", "input/byValue: i32.div_u", "input/remainder: i64.rem_s"]);
});

test("an unreachable of one's own, an indirect call and a truncation are found", async () => {
  const sites = await sitesOf(`
    export function stop(): void { unreachable(); }
    export function call(f: (a: i32) => i32): i32 { return f(1); }`);
  deepEqual(sites.map(show), ["input/call: indirect call", "input/stop: unreachable"]);
});

test("a row is about what its stars leave open, and about nothing else", () => {
  const [row] = explanationsIn(
    '| Where | What | Why |\n| `~lib/array/Array<*>#__get` | `abort a.ts:* "x"` | Because. |',
  );
  ok(row);
  ok(explains(row, { where: "~lib/array/Array<i32>#__get", what: 'abort a.ts:114 "x"', count: 1 }));
  ok(!explains(row, { where: "~lib/array/Array<i32>#__set", what: 'abort a.ts:114 "x"', count: 1 }));
  ok(!explains(row, { where: "~lib/array/Array<i32>#__get", what: 'abort ats:114 "x"', count: 1 }));
});
