import { execFileSync, spawn, type ChildProcessWithoutNullStreams } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { readTokens } from "../../../build/vocabularies/ranks.ts";
import { VOCABULARIES } from "../../../build/vocabularies/registry.ts";
import { type StandardEncoding } from "./module";

/** The native tiktoken that is compared with. */
const VERSION = "0.14.0";

const FOLDER = fileURLToPath(new URL("../../../.python", import.meta.url));

// Its own patterns and hashes; only what it would download comes from a file.
const SCRIPT = `
import base64, json, sys, time
import tiktoken, tiktoken.load
from tiktoken_ext import openai_public

def ranks_from_file(url, expected_hash):
    with open(sys.argv[2], "rb") as file:
        data = file.read()
    if not tiktoken.load.check_hash(data, expected_hash):
        sys.exit("the ranks are not those that tiktoken expects")
    lines = (line.split() for line in data.splitlines())
    return {base64.b64decode(token): int(rank) for token, rank in lines}

openai_public.load_tiktoken_bpe = ranks_from_file
encoding = tiktoken.get_encoding(sys.argv[1])
for line in sys.stdin:
    texts = json.loads(line)
    start = time.perf_counter()
    ids = [encoding.encode_ordinary(text) for text in texts]
    milliseconds = (time.perf_counter() - start) * 1000
    print(json.dumps([ids, milliseconds]), flush=True)
`;

/** What the native tiktoken makes of some texts. */
export interface Encoded {
  readonly ids: number[][];
  readonly milliseconds: number;
}

/** The native tiktoken of the Python package index, in a process of its own. */
export class Native {
  private readonly answers: AsyncIterator<string>;

  private constructor(private readonly child: ChildProcessWithoutNullStreams) {
    this.answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    child.stderr.pipe(process.stderr);
    // Should it end early, `encode` says so.
    child.stdin.on("error", () => {});
  }

  /** Starts it with the Python that WEIR_PYTHON names, or else with one that `install` made; null, with a word of it, if there is none. */
  static start(encoding: StandardEncoding): Native | null {
    const python = process.env["WEIR_PYTHON"] ?? installed();
    if (existsSync(python)) return new Native(spawn(python, ["-c", SCRIPT, encoding, ranksOf(encoding)]));
    console.error("  native tiktoken is left out: `tsx tests/fuzz/tokenizer/native-index.ts --install` installs it");
    return null;
  }

  /** Makes a virtual environment with it in the project's folder .python, unless it is there. */
  static install(): void {
    if (existsSync(installed())) return;
    execFileSync("python3", ["-m", "venv", FOLDER], { stdio: "inherit" });
    const pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", `tiktoken==${VERSION}`];
    execFileSync(installed(), pip, { stdio: "inherit" });
  }

  /** Encodes texts, special tokens as the text that they are; the time is that of the encoding alone. */
  async encode(texts: readonly string[]): Promise<Encoded> {
    this.child.stdin.write(`${JSON.stringify(texts)}\n`);
    const { value, done } = await this.answers.next();
    if (done === true) throw new Error("the native tiktoken ended");
    const [ids, milliseconds] = JSON.parse(value) as [number[][], number];
    return { ids, milliseconds };
  }

  stop(): void {
    this.child.stdin.end();
  }
}

function installed(): string {
  return join(FOLDER, "bin/python");
}

/** The file of a vocabulary, as its publisher writes it. */
function ranksOf(encoding: StandardEncoding): string {
  const published = VOCABULARIES.find(({ name }) => name === encoding);
  if (published === undefined) throw new Error(`there is no vocabulary ${encoding}`);
  const lines = readTokens(published).map(
    (token, rank) => `${Buffer.from(token, "latin1").toString("base64")} ${rank}\n`,
  );
  const path = join(FOLDER, `${encoding}.tiktoken`);
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(path, lines.join(""));
  return path;
}
