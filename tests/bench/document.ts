import { readFileSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { fileURLToPath } from "node:url";
import { format, resolveConfig } from "prettier";

const documentFile = fileURLToPath(new URL("../../docs/benchmarks.md", import.meta.url));

/** A Markdown table. */
export function table(head: string[], rows: string[][]): string {
  const line = (cells: string[]): string => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map((_, i) => (i === 0 ? "---" : "--:"))), ...rows.map(line)].join("\n");
}

/** Puts `text` between the markers of section `name` in docs/benchmarks.md; the prose around them stays. */
export async function writeSection(name: string, text: string, command: string): Promise<void> {
  const begin = `<!-- results: ${name} -->`;
  const end = `<!-- end of results: ${name} -->`;
  const document = readFileSync(documentFile, "utf8");
  const at = document.indexOf(begin);
  const until = document.indexOf(end);
  if (at < 0 || until < at) throw new Error(`docs/benchmarks.md has no markers "${begin}" and "${end}".`);
  const body = `${begin}\n\n${text}\n\n${machine()} \`${command}\`\n\n${end}`;
  const options = { ...(await resolveConfig(documentFile)), parser: "markdown" };
  writeFileSync(documentFile, await format(document.slice(0, at) + body + document.slice(until + end.length), options));
}

/** Where and when a run was made, in general terms. */
function machine(): string {
  const processors = cpus();
  const model = (processors[0]?.model ?? "processor").replace(/\s+/g, " ").trim();
  const date = new Date().toISOString().slice(0, 10);
  return `${processors.length} processors (${model}), Node ${process.version}, ${process.platform}, ${date}:`;
}
