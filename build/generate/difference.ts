const LINES_SHOWN = 3;

/** Where two texts first differ, a few lines of each as a patch shows them; empty if they do not. */
export function firstDifference(before: string, after: string): string {
  if (before === after) return "";
  const old = before.split("\n");
  const now = after.split("\n");
  let line = 0;
  while (line < old.length && line < now.length && old[line] === now[line]) line++;
  const shown = (lines: string[], sign: string) => lines.slice(line, line + LINES_SHOWN).map((text) => sign + text);
  return [`@@ line ${line + 1} @@`, ...shown(old, "-"), ...shown(now, "+")].join("\n");
}
