import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { OperatorError } from "../envoy/index.ts";
import { Counter, ENCODINGS } from "./module.ts";
import { linesOf } from "./print.ts";

const help = `npm run count -- [FILE] [--encoding NAME | --model NAME] [--total]

Counts the tokens of a text with the tokenizer that runs in the proxy, and shows them.

  FILE             the text; standard input if there is none, or if it is "-"
  --encoding NAME  one of ${ENCODINGS.join(", ")}; unless given, all of them
  --model NAME     the encoding of a model, as the filter knows it
  --total          the number only, without the tokens
`;

/** The longest text whose tokens are shown. */
const SHOWN_BYTES = 500_000;

/** What every complaint about a command line ends with. */
const HINT = "`npm run count -- --help` says how it is used.";

try {
  await main(process.argv.slice(2));
} catch (error) {
  console.error(error instanceof OperatorError ? error.message : error);
  process.exitCode = 1;
}

async function main(args: string[]): Promise<void> {
  const options = readOptions(args);
  if (options.help) return console.log(help.trimEnd());
  checkEncoding(options.encoding);
  const text = readText(options.file);
  const counter = await Counter.start();
  const chosen = options.encoding ?? (options.model === undefined ? undefined : encodingOf(counter, options.model));
  for (const encoding of chosen === undefined ? ENCODINGS : [chosen]) {
    const total = counter.count(encoding, [text]);
    console.log(`${encoding}: ${total} ${total === 1 ? "token" : "tokens"}, ${text.length} bytes`);
    if (options.total) continue;
    if (text.length > SHOWN_BYTES) console.log(`(longer than ${SHOWN_BYTES} bytes: not shown)`);
    else for (const line of linesOf(counter.tokens(encoding, text))) console.log(line);
  }
}

interface Options {
  file: string;
  encoding?: string | undefined;
  model?: string | undefined;
  total: boolean;
  help: boolean;
}

function readOptions(args: string[]): Options {
  const options = {
    encoding: { type: "string" },
    model: { type: "string" },
    total: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  } as const;
  try {
    const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
    if (positionals.length > 1)
      throw new OperatorError(`There is one text to count, not ${positionals.length}. ${HINT}`);
    if (values.encoding !== undefined && values.model !== undefined)
      throw new OperatorError(`A model has its encoding: give --encoding or --model. ${HINT}`);
    return { ...values, file: positionals[0] ?? "-" };
  } catch (error) {
    if (error instanceof OperatorError) throw error;
    throw new OperatorError(`${(error as Error).message}\n${HINT}`);
  }
}

function checkEncoding(encoding: string | undefined): void {
  if (encoding === undefined || ENCODINGS.includes(encoding)) return;
  throw new OperatorError(`There is no encoding "${encoding}"; there are ${ENCODINGS.join(" and ")}.`);
}

function encodingOf(counter: Counter, model: string): string {
  const encoding = counter.encodingOf(model);
  if (encoding !== null) return encoding;
  const known = `--encoding ${ENCODINGS.join(" or --encoding ")}`;
  throw new OperatorError(
    `The encoding of "${model}" is not published: the filter estimates its tokens. Count the text as another's with ${known}.`,
  );
}

function readText(file: string): Buffer {
  try {
    return readFileSync(file === "-" ? 0 : file);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") throw new OperatorError(`There is no file ${file}.`);
    if (code === "EISDIR") throw new OperatorError(`${file} is a folder; name a file.`);
    throw new OperatorError(`${file === "-" ? "Standard input" : file} cannot be read: ${message}`);
  }
}
