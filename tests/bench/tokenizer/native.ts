import { spawn, type ChildProcessWithoutNullStreams } from "node:child_process";
import { createInterface } from "node:readline";
import { type EncodingName } from "../../fuzz/tokenizer/module";

const SCRIPT = `
import json, sys, time
import tiktoken
encoding = tiktoken.get_encoding(sys.argv[1])
for line in sys.stdin:
    text = json.loads(line)
    start = time.perf_counter()
    count = len(encoding.encode_ordinary(text))
    print(json.dumps([count, (time.perf_counter() - start) * 1000]), flush=True)
`;

/** The native tiktoken, in a process that counts what it is sent and tells how long it took. */
export class Native {
  private readonly answers: AsyncIterator<string>;

  private constructor(private readonly child: ChildProcessWithoutNullStreams) {
    this.answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  }

  /** Starts it; null, with a word of it, if WEIR_PYTHON names no Python. */
  static start(encoding: EncodingName): Native | null {
    const python = process.env["WEIR_PYTHON"];
    if (python !== undefined) return new Native(spawn(python, ["-c", SCRIPT, encoding]));
    console.error("  native tiktoken is left out: WEIR_PYTHON names no Python that has it");
    return null;
  }

  /** Counts a text: the count, and the milliseconds it took. */
  async count(text: string): Promise<[count: number, milliseconds: number]> {
    this.child.stdin.write(`${JSON.stringify(text)}\n`);
    const { value, done } = await this.answers.next();
    if (done === true) throw new Error("the native tiktoken ended");
    return JSON.parse(value) as [number, number];
  }

  stop(): void {
    this.child.stdin.end();
  }
}
