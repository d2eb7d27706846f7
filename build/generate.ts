/**
 * Writes what is made from the settings classes: envoy/weir.schema.json and envoy/reference.md. With `--check` it writes nothing, and
 * fails if what is committed says something else.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { format, resolveConfig } from "prettier";
import { compileDescription, ROOT } from "./generate/description.ts";
import { firstDifference } from "./generate/difference.ts";

const description = await compileDescription("assembly/describe.ts");
const files = [
  { path: "envoy/weir.schema.json", text: description.schema() },
  { path: "envoy/reference.md", text: description.reference() },
];

const isCheck = process.argv.includes("--check");
let stale = 0;
for (const file of files) {
  const path = join(ROOT, file.path);
  const text = await format(file.text, { ...(await resolveConfig(path)), filepath: path });
  const committed = readOrEmpty(path);
  if (committed === text) continue;
  stale++;
  if (isCheck) console.error(`${file.path} is stale.\n${firstDifference(committed, text)}`);
  else writeFileSync(path, text);
  if (!isCheck) console.log(`${file.path} written.`);
}
if (stale === 0) console.log("The schema and the reference say what the settings say.");
if (stale > 0 && isCheck) {
  console.error("Run `npm run generate` and commit what it writes.");
  process.exit(1);
}

function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
