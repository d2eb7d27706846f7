import { readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { filesIn, ROOT } from "../run/files.ts";

/** One import or re-export of a file of the filter. */
export interface Import {
  /** The importing file, from the project's root. */
  readonly file: string;
  /** What is written between the quotes. */
  readonly specifier: string;
  /** The imported file, from the project's root; null for the compiler's own modules. */
  readonly target: string | null;
}

/** All files of the filter, from the project's root. */
export const SOURCES = filesIn("assembly", ".ts");

/** A file's text. */
export function textOf(file: string): string {
  return readFileSync(join(ROOT, file), "utf8");
}

/** The imports of a source text, as if it were `file`. */
export function importsOf(file: string, text: string): Import[] {
  const statement = /^(?:import|export)\b(?:[^"';]*?\bfrom)?\s*"([^"]+)"/gm;
  return [...text.matchAll(statement)].map(([, specifier = ""]) => ({
    file,
    specifier,
    target: specifier.startsWith(".") ? resolve(file, specifier) : null,
  }));
}

function resolve(file: string, specifier: string): string {
  const path = normalize(join(dirname(file), specifier));
  return SOURCES.includes(`${path}.ts`) ? `${path}.ts` : join(path, "index.ts");
}

/** The layer that a file belongs to: its folder under assembly/, or its own name right in it. */
export function layerOf(file: string): string {
  const [, layer = ""] = file.split("/");
  return layer.replace(/\.ts$/, "");
}
