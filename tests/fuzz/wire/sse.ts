/**
 * The event stream framing against eventsource-parser, and against itself with the stream cut at every byte.
 * Run alone: `tsx tests/fuzz/wire/sse.ts [--count N | --seconds N] [--seed N]`.
 */
import { createParser } from "eventsource-parser";
import { fileURLToPath } from "node:url";
import { type Budget, budgetOf, Harness, repeat } from "./module";
import { Random } from "./random";

const LINES = [
  "data: hello",
  "data:hello",
  "data",
  "data:",
  "data: ",
  "data:  two",
  "data: é😀",
  ": comment",
  ":",
  "event: add",
  "event:add",
  "event",
  "event: ",
  "id: 7",
  "id",
  "retry: 100",
  "dat: x",
  "datax: y",
  "data : z",
  "dataa",
  "eventt: q",
  "Data: no",
  " data: no",
  "unknown",
  'data: {"a":1}',
  "data: [DONE]",
  "data: a:b",
  "\ufeffdata: x",
];
const ENDS = ["\n", "\n", "\n", "\r\n", "\r\n", "\r"];

/** Random event streams; their bytes are mutated now and then. */
function stream(random: Random): Buffer {
  let text = random.oneIn(6) ? "\ufeff" : "";
  const ends = random.oneIn(2) ? ENDS : [random.pick(ENDS)];
  for (let n = random.below(12); n > 0; n--) text += (random.oneIn(3) ? "" : random.pick(LINES)) + random.pick(ends);
  let bytes = Buffer.from(text);
  for (let n = random.below(3); n > 0; n--) {
    const at = random.below(bytes.length + 1);
    const piece = Buffer.from(random.pick(["\n", "\r", ":", " ", "data", "x", "\ufeff", ""]));
    bytes = Buffer.concat([bytes.subarray(0, at), piece, bytes.subarray(at + random.below(2))]);
  }
  return bytes;
}

/** The trace of one reading; `cuts` are where pieces end. */
function read(harness: Harness, length: number, cuts: readonly number[]): string {
  const { exports } = harness;
  exports.sseReset();
  let at = 0;
  for (const end of [...cuts, length]) {
    exports.sseFeed(at, end);
    at = end;
  }
  exports.sseFinish();
  return harness.output;
}

/** The events in a trace, as eventsource-parser tells them. */
function events(trace: string): string[] {
  const found: string[] = [];
  let data = "";
  let name = "";
  for (const line of trace.split("\n")) {
    const [what, value = ""] = line.split(" ");
    if (what === "data") data += value;
    else if (what === "start") name = "";
    else if (what === "name") name += value;
    else if (what === "event" || what === "empty") {
      if (what === "event") found.push(text(name) + "|" + text(data));
      data = "";
      name = "";
    }
  }
  return found;
}

function text(hex: string): string {
  return Buffer.from(hex, "hex").toString("utf8");
}

function peer(bytes: Buffer): string[] {
  const found: string[] = [];
  const parser = createParser({ onEvent: ({ event, data }) => found.push((event ?? "") + "|" + data) });
  // The peer reads text: the standard's decoder takes the byte order mark away before.
  parser.feed(new TextDecoder().decode(bytes));
  // A CR at the very end waits for its LF; what would follow it decides nothing else.
  if (bytes.at(-1) === 0x0d) parser.feed("\n");
  return found;
}

/** Blocks follow each other without a gap, and none goes beyond the stream. */
function tiles(trace: string, length: number): boolean {
  let at = 0;
  for (const line of trace.split("\n")) {
    const [what, from, to] = line.split(" ");
    if (what !== "event" && what !== "empty") continue;
    if (Number(from) !== at || Number(to) <= at || Number(to) > length) return false;
    at = Number(to);
  }
  return true;
}

/** Runs the fuzzer; returns the number of disagreements. */
export function fuzzSse(budget: Budget, count: number): number {
  const random = new Random(budget.seed);
  const harnesses = [Harness.build("simd"), Harness.build("scalar")];
  let failures = 0;
  let found = 0;
  let cuts = 0;
  const fail = (bytes: Buffer, why: string, ...more: unknown[]): void => {
    if (failures++ < 5) console.error(`sse: ${why}\n  ${JSON.stringify(bytes.toString("latin1"))}`, ...more);
  };
  const done = repeat(budget, count, () => {
    const bytes = stream(random);
    for (const harness of harnesses) harness.put(bytes);
    const [simd, scalar] = harnesses as [Harness, Harness];
    const whole = read(simd, bytes.length, []);
    const expected = peer(bytes);
    const actual = events(whole);
    found += expected.length;
    if (JSON.stringify(actual) !== JSON.stringify(expected)) fail(bytes, "other events", actual, expected);
    if (!tiles(whole, bytes.length)) fail(bytes, "blocks with a gap", whole);
    if (whole.includes("!")) fail(bytes, "data that does not stand where it says", whole);
    if (read(scalar, bytes.length, []) !== whole) fail(bytes, "other events in the scalar build");
    const bytewise = Array.from(bytes.keys());
    if (read(scalar, bytes.length, bytewise) !== whole) fail(bytes, "other events byte by byte");
    for (let cut = 0; cut <= bytes.length; cut++) {
      cuts++;
      const trace = read(simd, bytes.length, [cut]);
      if (trace !== whole) fail(bytes, `other events when cut at ${cut}`, "\n" + whole, "\n" + trace);
    }
  });
  console.log(`sse: ${done} streams, ${found} events, ${cuts} cuts, ${failures} disagreements`);
  return failures;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.exitCode = fuzzSse(budgetOf(process.argv), 10_000) > 0 ? 1 : 0;
}
