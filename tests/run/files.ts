import { readdirSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** The project's root. */
export const ROOT = resolve(fileURLToPath(new URL("../..", import.meta.url)));

/** The files under `folder` whose names end with `ending`, as paths from the root, sorted; none if there is no such folder. */
export function filesIn(folder: string, ending: string): string[] {
  let names: string[];
  try {
    names = readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" });
  } catch {
    return [];
  }
  const files = names.filter((name) => name.endsWith(ending)).map((name) => join(folder, name));
  return files.map((file) => relative(ROOT, join(ROOT, file))).sort();
}
