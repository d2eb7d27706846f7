import { existsSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";

/** All files that the entries reach by relative imports, in a fixed order. Other imports are the compiler's own. */
export function sourcesOf(entries: string[], root: string): string[] {
  const found = new Set<string>();
  const open = entries.map((entry) => resolve(root, entry));
  for (let file = open.pop(); file !== undefined; file = open.pop()) {
    if (found.has(file)) continue;
    found.add(file);
    for (const name of importsOf(readFileSync(file, "utf8"))) open.push(fileOf(dirname(file), name));
  }
  return [...found].sort();
}

function importsOf(source: string): string[] {
  const clauses = source.matchAll(/^\s*(?:import|export|\})[^;"']*?["'](\.{1,2}\/[^"']*)["']/gm);
  return [...clauses].map((clause) => clause[1] ?? "");
}

function fileOf(folder: string, name: string): string {
  const path = join(folder, name);
  return existsSync(`${path}.ts`) ? `${path}.ts` : join(path, "index.ts");
}
