import { spawnSync } from "node:child_process";
import { type EncodingName } from "../../fuzz/tokenizer/module";
import { type Corpus } from "./corpora";

const SCRIPT = `
import json, sys, time
import tiktoken
asked = json.load(sys.stdin)
encoding = tiktoken.get_encoding(asked["encoding"])
encoding.encode_ordinary(asked["texts"][0][:20000])
times = []
for text in asked["texts"]:
    rounds = []
    for _ in range(asked["rounds"]):
        start = time.perf_counter()
        encoding.encode_ordinary(text)
        rounds.append((time.perf_counter() - start) * 1000)
    times.append(sorted(rounds)[len(rounds) // 2])
json.dump(times, sys.stdout)
`;

/** Milliseconds of the native tiktoken for each text, the median of the rounds; null if there is none. */
export function nativeTimes(encoding: EncodingName, texts: readonly Corpus[], rounds: number): number[] | null {
  const python = process.env["WEIR_PYTHON"];
  if (python === undefined) {
    console.error("  native tiktoken is left out: WEIR_PYTHON names no Python that has it");
    return null;
  }
  const input = JSON.stringify({ encoding, rounds, texts: texts.map(({ text }) => text) });
  const { status, stdout, stderr } = spawnSync(python, ["-c", SCRIPT], { input, encoding: "utf8", maxBuffer: 1 << 26 });
  if (status !== 0) throw new Error(`native tiktoken ended with ${status}: ${stderr}`);
  return JSON.parse(stdout) as number[];
}
