import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { writeSection } from "./document.ts";
import { benchGateway } from "./gateway/bench.ts";
import { benchHostCalls } from "./gateway/host-calls.ts";
import { gatewayTables } from "./gateway/report.ts";
import { profile } from "./profile/profile.ts";

const directory = fileURLToPath(new URL(".", import.meta.url));

const help = `npm run bench -- [gateway] [hostcalls] [wire] [tokenizer] [ratios] [memory] [--quick] [--write]
npm run bench -- --profile WORKS

  gateway         Weir in a real Envoy, beside the bare router, Envoy's own C++ filter and the least that a filter can do
  hostcalls       what one call from the filter to Envoy costs
  wire            JSON and event streams, beside other parsers, and the streams of each dialect
  tokenizer       counting tokens, beside other tokenizers, what costs most, and what is appended
  ratios          how far counts are off for models whose tokenizer is not public, before and after learning
  memory          arenas, and whether memory stays flat
                  (all of them if none is named)
  --quick         fewer rounds: about two minutes, apart from building
  --rounds N      so many rounds of the gateway's benchmark
  --write         put the results into docs/benchmarks.md
  --profile WORKS where Weir's own time goes in works of the gateway: chat1k,chat16k,stream100,stream1000 ...
`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: "boolean", default: false },
    write: { type: "boolean", default: false },
    rounds: { type: "string" },
    profile: { type: "string" },
    help: { type: "boolean", default: false },
  },
});

const sections: Record<string, () => Promise<string>> = {
  gateway: async () => {
    const rounds = Number(values.rounds ?? (values.quick ? 4 : 40));
    return gatewayTables(await benchGateway({ rounds, seconds: values.quick ? 35 : 420 }, report));
  },
  hostcalls: () => benchHostCalls({ rounds: values.quick ? 6 : 40, seconds: values.quick ? 8 : 45 }, report),
  wire: () => runScripts("wire", ["wire/index.ts", "dialects/index.ts"]),
  tokenizer: () => runScripts("tokenizer", ["tokenizer/index.ts"]),
  ratios: () => runScripts("ratios", ["ratios/index.ts"]),
  memory: () => runScripts("memory", ["memory.ts", "memory-flat.ts"]),
};

const names = positionals.length > 0 ? positionals : Object.keys(sections);
const unknown = names.find((name) => !(name in sections));
if (values.help || unknown !== undefined) {
  process.stdout.write(unknown === undefined ? help : `There is no benchmark "${unknown}".\n\n${help}`);
  process.exitCode = unknown === undefined ? 0 : 1;
} else if (values.profile !== undefined) {
  const texts: string[] = [];
  for (const work of values.profile.split(",")) texts.push(await profile(work, report));
  const text = texts.join("\n\n");
  console.log(text);
  if (values.write) await writeSection("profile", text, `npm run bench -- --profile ${values.profile}`);
} else {
  for (const name of names) {
    const text = await sections[name]?.();
    if (text === undefined || text === "") continue;
    console.log(text);
    if (values.write) await writeSection(name, text, `npm run bench -- ${name}${values.quick ? " --quick" : ""}`);
  }
}

function report(line: string): void {
  console.error(`  ${line}`);
}

/**
 * Runs scripts one after another, each in a process of its own, and gives what they print as one text. V8 compiles
 * WebAssembly there as it does in Envoy: with the optimizing compiler at once.
 */
async function runScripts(name: string, scripts: string[]): Promise<string> {
  const texts: string[] = [];
  for (const script of scripts.filter((one) => existsSync(join(directory, one)))) {
    report(`${name}: ${script}`);
    const flags = values.quick ? ["--quick"] : [];
    const child = spawn(process.execPath, ["--no-liftoff", ...process.execArgv, join(directory, script), ...flags], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    let text = "";
    child.stdout.setEncoding("utf8").on("data", (part: string) => (text += part));
    const status = await new Promise<number | null>((resolve) => child.on("close", resolve));
    if (status !== 0) throw new Error(`${script} ended with status ${status}.\n${text}`);
    // What is no Markdown is shown as it is.
    texts.push(text.includes("| --") ? text.trim() : `\`\`\`text\n${text.trim()}\n\`\`\``);
  }
  return texts.join("\n\n");
}
