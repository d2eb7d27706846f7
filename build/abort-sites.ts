/**
 * Lists every place of a built module where it can trap on purpose: `tsx build/abort-sites.ts [module.wasm]`, by default
 * build/out/weir.wasm. docs/abort-sites.md says of each why no input leads there; tests/static holds the two against each other.
 *
 * Listed are calls of the abort function (with the compiler's message and the line it comes from), `unreachable` that follows no such
 * call, integer division and remainder by what is not a constant other than 0 (and -1 for signed division), indirect calls, and
 * truncation of numbers that may be out of range. Loads and stores are not listed: they trap beyond the end of the memory only.
 */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { explains, explanationsIn } from "./abort-sites/explained.ts";
import { abortSites } from "./abort-sites/sites.ts";
import { withoutImage } from "./vocabularies/embed.ts";

const path = process.argv[2] ?? fileURLToPath(new URL("out/weir.wasm", import.meta.url));
const rows = explanationsIn(readFileSync(new URL("../docs/abort-sites.md", import.meta.url), "utf8"));
const sites = abortSites(withoutImage(readFileSync(path)));
for (const site of sites) {
  const mark = rows.some((row) => explains(row, site)) ? "         " : "NO REASON";
  console.log(`${mark}  ${site.where}  ${site.what}${site.count > 1 ? `  (${site.count} times)` : ""}`);
}
console.log(`${sites.length} sites`);
