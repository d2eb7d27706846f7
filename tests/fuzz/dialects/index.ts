/**
 * Every dialect of the registry against mutated requests, answers and streams.
 * `tsx tests/fuzz/dialects/index.ts [--count N | --seconds N] [--seed N] [--dialect NAME]`: so many cases for each dialect.
 *
 * It fails at a trap, at memory that does not come back, at an answer that is read otherwise when it comes in pieces, and where a client would
 * not get what the provider sent: only where Weir asked for usage may parts of a stream be cut out, and only whole reports of usage.
 */
import { fileURLToPath } from "node:url";
import { type Budget, budgetOf } from "../wire/module";
import { Random } from "../wire/random";
import { materialOf } from "./material.ts";
import { AnswerType, Dialects, UsageReport } from "./module.ts";

const MAX_FAILURES = 5;
const PIECES = [
  "\n",
  "\r",
  "\r\n\r\n",
  '"',
  "{",
  "}",
  ",",
  ":",
  "null",
  ',"usage":null',
  "[",
  "data: ",
  "\\",
  "\\ud83d",
  "\u00e2",
];

/** What went wrong with one case; empty if nothing did. */
type Complaint = string;

class Case {
  constructor(
    private readonly dialects: Dialects,
    private readonly dialect: number,
    private readonly random: Random,
  ) {}

  request(bytes: Buffer): Complaint {
    const { exports } = this.dialects;
    this.dialects.put(bytes);
    exports.request(this.dialect, bytes.length, bytes.toString("latin1", 0, 2) === "--" ? 1 : 0);
    const output = this.dialects.output();
    if (!output.startsWith("0 ")) return "";
    const edited = output.slice(output.indexOf("\n") + 1);
    // What was edited is still a body that can be read.
    if (edited !== bytes.toString("latin1")) JSON.parse(Buffer.from(edited, "latin1").toString());
    return "";
  }

  answer(bytes: Buffer, type: AnswerType): Complaint {
    const report = type === AnswerType.Events ? this.random.below(3) : UsageReport.NotApplicable;
    const read = (listens: boolean, feeding: 0 | 1): [wrong: number, fields: string[]] => {
      const seed = 1 + this.random.below(1 << 30);
      const wrong = this.dialects.exports.answer(
        this.dialect,
        bytes.length,
        type,
        report,
        listens ? 1 : 0,
        feeding,
        seed,
      );
      return [wrong, this.dialects.output().split("|")];
    };
    this.dialects.put(bytes);
    const listens = this.random.oneIn(2);
    const [wrong, whole] = read(listens, 0);
    const [wrongInPieces, pieces] = read(listens, 1);
    if (wrong + wrongInPieces > 0) return `${wrong}, in pieces ${wrongInPieces}`;
    // How much was read of a broken document, or of an event that the stream leaves unfinished, may depend on where it is cut; whatever else is
    // known must not.
    const settledAt = Number(whole[1]?.trim().split(" ").at(-1));
    const isUnfinished = (type === AnswerType.Events || type === AnswerType.Frames) && settledAt < bytes.length;
    const isBroken = whole[0]?.split(" ")[1] === "1" || isUnfinished;
    const comparable = (fields: string[]): string => (isBroken ? [fields[0], fields[2]] : fields).join("|");
    if (comparable(whole) !== comparable(pieces)) return `whole ${whole.join("|")}, in pieces ${pieces.join("|")}`;
    return this.cuts(bytes, whole[2] ?? "", type);
  }

  /** Whether what is cut out is nothing but reports of usage. */
  private cuts(bytes: Buffer, cuts: string, type: AnswerType): Complaint {
    if (type !== AnswerType.Events) return "";
    const numbers = cuts
      .split(" ")
      .filter((text) => text !== "")
      .map(Number);
    for (let i = 0; i + 1 < numbers.length; i += 2) {
      const cut = bytes.toString("latin1", numbers[i], numbers[i + 1]);
      if (/^,\s*"(usage|\\u[\da-f]{4}.*)"\s*:\s*null$/i.test(cut)) continue;
      if (!/usage/.test(cut) || !/data/.test(cut)) return `cut out: ${JSON.stringify(cut)}`;
    }
    return "";
  }
}

function mutated(random: Random, text: string): Buffer {
  let bytes = Buffer.from(text, "latin1");
  for (let n = random.below(4); n > 0; n--) {
    const at = random.below(bytes.length + 1);
    const [head, tail] = [bytes.subarray(0, at), bytes.subarray(at)];
    switch (random.below(5)) {
      case 0:
        bytes = Buffer.concat([head, tail.subarray(random.below(30))]);
        break;
      case 1:
        bytes = Buffer.concat([head, Buffer.from([random.below(256)]), tail.subarray(1)]);
        break;
      case 2:
        bytes = Buffer.concat([head, Buffer.from(random.pick(PIECES), "latin1"), tail]);
        break;
      case 3:
        if (bytes.length < 40_000) bytes = Buffer.concat([head, head.subarray(random.below(head.length + 1)), tail]);
        break;
      default:
        bytes = Buffer.from(head);
    }
  }
  return bytes;
}

/** Runs the fuzzer; returns the number of failures. */
export async function fuzzDialects(budget: Budget, only = ""): Promise<number> {
  let dialects = await Dialects.start("checked");
  const names = dialects.names();
  let all = 0;
  for (const [dialect, name] of names.entries()) {
    if (only !== "" && only !== name) continue;
    const began = Date.now();
    const most = budget.count > 0 ? budget.count : 4000;
    const deadline = began + (budget.seconds * 1000) / names.length;
    const { requests, answers, streams, lists, type = AnswerType.Events } = materialOf(name);
    const before = dialects.exports.held();
    let [run, failures] = [0, 0];
    for (; run < most && (run % 256 !== 0 || Date.now() < deadline) && failures < MAX_FAILURES; run++) {
      const random = new Random(budget.seed * 1_000_003 + run);
      const one = new Case(dialects, dialect, random);
      const kind = random.below(5);
      const isList = kind === 4 && lists !== undefined;
      const list = kind === 0 ? requests : kind === 1 ? answers : isList ? lists : streams;
      if (list.length === 0) continue;
      const bytes = mutated(random, random.pick(list));
      let complaint: string;
      try {
        complaint =
          kind === 0
            ? one.request(bytes)
            : one.answer(bytes, kind === 1 ? AnswerType.Json : isList ? AnswerType.List : type);
      } catch (error) {
        complaint = String((error as Error).stack);
        dialects = await Dialects.start("checked");
      }
      if (complaint === "") continue;
      failures++;
      console.error(
        `${name}: ${complaint}\n  seed ${budget.seed}, case ${run}: ${JSON.stringify(bytes.toString("latin1"))}`,
      );
    }
    const grown = dialects.exports.held() - before;
    if (grown > 1 << 20) {
      failures++;
      console.error(`${name}: ${grown} bytes were not given back`);
    }
    all += failures;
    console.log(`${name}: ${run} cases in ${((Date.now() - began) / 1000).toFixed(0)} s, ${grown} bytes more are held`);
  }
  return all;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const at = process.argv.indexOf("--dialect");
  const failures = await fuzzDialects(budgetOf(process.argv), at < 0 ? "" : process.argv[at + 1]);
  process.exitCode = failures > 0 ? 1 : 0;
}
