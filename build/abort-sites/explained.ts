import type { Site } from "./sites.ts";

/** One row of docs/abort-sites.md: sites by pattern, with the reason. */
export interface Explanation {
  readonly where: string;
  readonly what: string;
  readonly why: string;
}

/** The rows of the page's table. */
export function explanationsIn(page: string): Explanation[] {
  const row = /^\| `([^`]+)`\s*\| `([^`]+)`\s*\| (.+?)\s*\|$/gm;
  return [...page.matchAll(row)].map(([, where = "", what = "", why = ""]) => ({ where, what, why }));
}

/** Whether a row is about a site. */
export function explains({ where, what }: Explanation, site: Site): boolean {
  return patternOf(where).test(site.where) && patternOf(what).test(site.what);
}

/** `*` stands for any characters. */
function patternOf(glob: string): RegExp {
  const parts = glob.split("*").map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`);
}
