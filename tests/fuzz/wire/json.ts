/**
 * The JSON reader against `JSON.parse`: the same documents accepted and refused, the same values at the right places, whatever the
 * cuts, in the SIMD and in the scalar build. Run alone: `tsx tests/fuzz/wire/json.ts [--count N | --seconds N] [--seed N]`.
 */
import { fileURLToPath } from "node:url";
import { Documents } from "./json-documents";
import { MAX_DEPTH, type Place, places, Walk } from "./json-walk";
import { type Budget, budgetOf, Harness, Reader, repeat } from "./module";
import { Random } from "./random";

const TOO_DEEP = 7;

const CHAT = places([
  ["", 0],
  ["model", 1],
  ["stream", 2],
  ["stream_options", 3],
  ["stream_options.include_usage", 4],
  ["max_tokens", 5],
  ["messages[]", 6],
  ["messages[].role", 7],
  ["messages[].content", 8, true],
  ["messages[].content[].text", 9, true],
  ["[]", 10],
  ["[][]", 11],
  ["a", 12],
  ["a.b[].c", 13],
]);

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function isValid(bytes: Buffer): boolean {
  try {
    JSON.parse(decoder.decode(bytes));
    return true;
  } catch {
    return false;
  }
}

/** What one reading gave: the error, where, and the events. */
interface Reading {
  readonly error: number;
  readonly errorAt: number;
  readonly trace: string;
}

function read(harness: Harness, which: Reader, length: number, cut: (at: number) => number): Reading {
  const { exports } = harness;
  exports.jsonReset(which);
  let error = 0;
  for (let at = 0; at < length && error === 0;) {
    const end = Math.min(length, cut(at));
    error = exports.jsonFeed(which, at, end);
    at = end;
  }
  if (error === 0) error = exports.jsonFinish(which);
  return { error, errorAt: error === 0 ? -1 : exports.jsonErrorAt(which), trace: harness.output };
}

/** Whether reading takes no memory: a hundred thousand readings leave it as it was. */
function keepsMemory(harness: Harness): boolean {
  const { memory, jsonLoop } = harness.exports;
  const document =
    '{"model":"m\\n","x":[1,true,{"choices":0}],"choices":[{"delta":{"content":"a\\u00e9\\n"}}],"usage":{"prompt_tokens":5}}';
  const bytes = Buffer.from(document);
  harness.put(bytes);
  for (const which of [Reader.Chunk, Reader.Body, Reader.Nothing]) {
    const before = memory.buffer.byteLength;
    if (jsonLoop(which, bytes.length, 100_000) !== 0 || memory.buffer.byteLength !== before) return false;
  }
  return true;
}

/** Runs the fuzzer; returns the number of disagreements. */
export function fuzzJson(budget: Budget, count: number): number {
  const random = new Random(budget.seed);
  const documents = new Documents(random);
  const harnesses = [Harness.build("simd"), Harness.build("scalar")];
  let accepted = 0;
  let failures = 0;
  const fail = (bytes: Buffer, why: string, ...more: unknown[]): void => {
    if (failures++ < 5) console.error(`json: ${why}\n  ${JSON.stringify(bytes.toString("latin1"))}`, ...more);
  };
  const check = (bytes: Buffer, which: Reader, shape: Place | "everything", valid: boolean): void => {
    const length = bytes.length;
    const whole = harnesses.map((harness) => read(harness, which, length, () => length));
    const first = whole[0] as Reading;
    if (valid) {
      const walk = new Walk(bytes, shape);
      const expected = walk.trace();
      if (walk.depth > MAX_DEPTH) {
        if (first.error !== TOO_DEEP) fail(bytes, "too deep, but read");
      } else if (first.error !== 0) fail(bytes, "valid, but refused", first.error, first.errorAt);
      else if (first.trace !== expected) fail(bytes, "other events", "\n" + first.trace, "\n" + expected);
    } else if (first.error === 0) fail(bytes, "invalid, but accepted");
    const step = 1 + random.below(random.oneIn(2) ? 3 : 20);
    const cuts = [(at: number) => at + step, (at: number) => at + 1 + random.below(12)];
    harnesses.forEach((harness, i) => {
      const cut = read(harness, which, length, cuts[i] as (at: number) => number);
      for (const other of [whole[i] as Reading, cut]) {
        if (other.error !== first.error || other.errorAt !== first.errorAt) {
          fail(bytes, "another error when cut or scalar", first.error, first.errorAt, other.error, other.errorAt);
        } else if (first.error === 0 && other.trace !== first.trace) {
          fail(bytes, "other events when cut or scalar", "\n" + first.trace, "\n" + other.trace);
        }
      }
    });
  };
  const done = repeat(budget, count, (i) => {
    const bytes = documents.next();
    const valid = isValid(bytes);
    if (valid) accepted++;
    for (const harness of harnesses) harness.put(bytes);
    if (i % 2 === 0) check(bytes, Reader.Everything, "everything", valid);
    else check(bytes, Reader.Chat, CHAT, valid);
  });
  if (!harnesses.every(keepsMemory)) {
    console.error("json: reading a document takes memory, or refuses it");
    failures++;
  }
  console.log(`json: ${done} documents, ${accepted} valid, ${failures} disagreements`);
  return failures;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.exitCode = fuzzJson(budgetOf(process.argv), 200_000) > 0 ? 1 : 0;
}
