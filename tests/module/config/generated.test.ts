/** What `npm run generate` makes of the settings: complete, linked, and the same as what is committed. */
import { before, test } from "node:test";
import { deepEqual, equal, ok } from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { compileDescription, type Description, ROOT } from "../../../build/generate/description.ts";
import { firstDifference } from "../../../build/generate/difference.ts";
import type { Schema } from "./configurations.ts";

const descriptions: Description[] = [];

before(async () => {
  for (const entry of ["assembly/describe.ts", "tests/unit/config/sample-description.ts"])
    descriptions.push(await compileDescription(entry));
});

test("the committed schema and reference say what the settings say", () => {
  execFileSync(process.execPath, ["--import", "tsx", join(ROOT, "build/generate.ts"), "--check"], { cwd: ROOT });
});

test("the schema is valid under the meta-schema of its draft", () => {
  for (const description of descriptions) {
    const ajv = new Ajv2020();
    const schema = JSON.parse(description.schema()) as object;
    ok(ajv.validateSchema(schema), JSON.stringify(ajv.errors));
  }
});

test("every default in the schema is a valid value of its field", () => {
  for (const description of descriptions)
    for (const [name, field] of fieldsOf(JSON.parse(description.schema()) as Schema)) {
      if (field.default === undefined) continue;
      ok(new Ajv2020({ strict: false }).validate(field, field.default), `${name}: ${JSON.stringify(field.default)}`);
    }
});

test("the reference has every field of the schema, with its doc", () => {
  for (const description of descriptions) {
    const page = description.reference();
    for (const [name, field] of fieldsOf(JSON.parse(description.schema()) as Schema)) {
      ok(page.includes(`\`${name}\``), name);
      const doc = (field.description ?? "").replace(/ Written as a whole number and a unit .*$/, "");
      if (field.enum === undefined || doc !== "") ok(page.includes(doc), `${name}: ${doc}`);
    }
  }
});

test("every link in the reference leads to one heading", () => {
  for (const description of descriptions) {
    const page = description.reference();
    const anchors = [...page.matchAll(/^#+ (.*)$/gm)].map((heading) => slug(heading[1]!));
    equal(new Set(anchors).size, anchors.length, anchors.join(" "));
    const links = [...page.matchAll(/\]\(#([^)]*)\)/g)].map((link) => link[1]!);
    ok(links.length > 0);
    deepEqual(
      links.filter((link) => !anchors.includes(link)),
      [],
    );
  }
});

test("a stale file is told by its first different lines", () => {
  equal(firstDifference("a\nb\n", "a\nb\n"), "");
  equal(firstDifference("a\nb\nc\n", "a\nx\nc\n"), "@@ line 2 @@\n-b\n-c\n-\n+x\n+c\n+");
  equal(firstDifference("", "a"), "@@ line 1 @@\n-\n+a");
});

/** How GitHub makes an anchor of a heading. */
function slug(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, "")
    .replaceAll(" ", "-");
}

/** All members that a schema names, at any depth. */
function fieldsOf(schema: Schema): [string, Schema][] {
  const below = [...(schema.oneOf ?? []), ...(schema.items ? [schema.items] : [])].flatMap(fieldsOf);
  const own = Object.entries(schema.properties ?? {});
  return [...own, ...own.flatMap(([, field]) => fieldsOf(field)), ...below];
}
