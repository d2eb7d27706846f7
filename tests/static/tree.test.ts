/** What is true of the files of the project as such. */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { test } from "node:test";
import { deepEqual, ok } from "node:assert/strict";
import { ROOT } from "../run/files.ts";

const tracked = execFileSync("git", ["ls-files", "-z"], { cwd: ROOT, encoding: "utf8" })
  .split("\0")
  .filter((file) => file !== "" && existsSync(join(ROOT, file)));

const texts = new Map(
  tracked
    .filter((file) => !/\.(wasm|bin|gz|png)$/.test(file))
    .map((file) => [file, readFileSync(join(ROOT, file), "utf8")]),
);

test("no file holds a path of somebody's machine", () => {
  const self = "tests/static/tree.test.ts";
  const path = /(?<![\w.$}])\/(?:home\/\w+|Users\/\w+|root|work)\/[\w.-]+/;
  const found = [...texts]
    .filter(([file, text]) => file !== self && path.test(text))
    .map(([file, text]) => `${file}: ${path.exec(text)?.[0]}`);
  deepEqual(found, []);
});

test("the lock file names no registry", () => {
  ok(
    !/"resolved"|registry\.|npm\.pkg/.test(texts.get("package-lock.json") ?? ""),
    "package-lock.json names where packages came from",
  );
});

test("what tools need to know which sources are AssemblyScript is said the same to all of them", () => {
  const prettier = JSON.parse(texts.get(".prettierrc.json") ?? "{}") as { overrides: { files: string[] }[] };
  const typescript = JSON.parse(texts.get("tsconfig.json") ?? "{}") as { exclude: string[] };
  deepEqual(
    typescript.exclude.filter((glob) => glob.endsWith(".ts")),
    prettier.overrides[0]?.files,
  );
});

test("every file that an operator copies is named by a test", () => {
  const copied = tracked.filter((file) => file.startsWith("envoy/"));
  ok(copied.length > 0);
  const tests = [...texts].filter(([file]) => /^(tests|build)\//.test(file) && /\.ts$/.test(file));
  const isNamed = (file: string): boolean =>
    tests.some(
      ([where, text]) =>
        where.startsWith("tests/") && (text.includes(basename(file)) || text.includes(`"${dirname(file)}"`)),
    );
  deepEqual(
    copied.filter((file) => !isNamed(file)),
    [],
  );
});

test("no source says that something is left to do", () => {
  const marks = /\b(?:TODO|FIXME|XXX|HACK)\b/;
  const sources = [...texts].filter(([file]) => /\.(ts|js|yaml)$/.test(file) && file !== "tests/static/tree.test.ts");
  deepEqual(
    sources.filter(([, text]) => marks.test(text)).map(([file]) => file),
    [],
  );
});

test("links between the project's pages lead to files that are there", () => {
  const broken: string[] = [];
  for (const [file, text] of texts) {
    if (!file.endsWith(".md")) continue;
    for (const [, link = ""] of text.matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g))
      if (!/^[a-z]+:/.test(link) && !existsSync(join(ROOT, dirname(file), link))) broken.push(`${file}: ${link}`);
  }
  deepEqual(broken, []);
});
