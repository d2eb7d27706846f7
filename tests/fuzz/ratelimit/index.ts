/**
 * The messages of the rate limit service against protobufjs: what Weir writes is read by it, and what it writes is read by Weir, whole, cut
 * at every byte and with bytes changed.
 *
 *     tsx tests/fuzz/ratelimit/index.ts [--count N | --seconds N] [--seed N]
 */
import { deepEqual } from "node:assert/strict";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { buildModule } from "../../../build/wasm/build.ts";
import { type Budget, budgetOf, repeat } from "../wire/module";
import { Random } from "../wire/random";
import { Request, Response, type ResponseView } from "./messages";

interface Exports {
  memory: WebAssembly.Memory;
  _initialize(): void;
  inputAddress(): number;
  outputAddress(): number;
  request(length: number): number;
  response(length: number): number;
}

const TEXTS = ["consumer", "team-red", "model", "gpt-4o", "Ünïcode 漢字", "x".repeat(200), "header:x-tier", "1"];
const U64_MAX = (1n << 64n) - 1n;

class Harness {
  constructor(private readonly exports: Exports) {}

  put(bytes: Uint8Array): number {
    new Uint8Array(this.exports.memory.buffer, this.exports.inputAddress()).set(bytes);
    return bytes.length;
  }

  request(texts: readonly string[]): Uint8Array {
    const length = this.exports.request(this.put(Buffer.from(texts.join("\0"))));
    return new Uint8Array(this.exports.memory.buffer, this.exports.inputAddress(), length).slice();
  }

  response(bytes: Uint8Array): bigint[] | null {
    const count = this.exports.response(this.put(bytes));
    return count < 0 ? null : [...new BigInt64Array(this.exports.memory.buffer, this.exports.outputAddress(), count)];
  }
}

async function start(): Promise<Harness> {
  const { path } = await buildModule({ variant: "checked", entry: "tests/fuzz/ratelimit/harness.ts" });
  const module = new WebAssembly.Module(readFileSync(path));
  const imports: Record<string, Record<string, () => void>> = {};
  for (const { module: from, name } of WebAssembly.Module.imports(module)) (imports[from] ??= {})[name] = () => {};
  const exports = new WebAssembly.Instance(module, imports).exports as unknown as Exports;
  exports._initialize();
  return new Harness(exports);
}

function checkRequest(random: Random, harness: Harness): void {
  const domain = random.pick(TEXTS);
  const descriptors = Array.from({ length: random.below(5) }, () => ({
    entries: Array.from({ length: random.below(4) }, () => ({
      key: random.pick(TEXTS),
      value: random.oneIn(9) ? "" : random.pick(TEXTS),
    })),
    hitsAddend: { value: anyNumber(random, U64_MAX).toString() },
    isNegativeHits: random.oneIn(3),
  }));
  const texts = descriptors.flatMap(({ entries, hitsAddend, isNegativeHits }) => [
    hitsAddend.value,
    isNegativeHits ? "-" : "+",
    // A letter before each key: an empty text ends the entries.
    ...entries.flatMap(({ key, value }) => [`k${key}`, value]),
    "",
  ]);
  const bytes = harness.request([domain, ...texts, ""]);
  const read = Request.toObject(Request.decode(bytes), { longs: String, defaults: true }) as Record<string, unknown>;
  deepEqual(read, { domain, descriptors, hitsAddend: 0 });
}

/** Mostly small numbers, and those at the borders of a varint's bytes. */
function anyNumber(random: Random, most: bigint): bigint {
  const bits = BigInt(random.below(most.toString(2).length + 1));
  const near = (1n << bits) + BigInt(random.below(5) - 3);
  return near < 0n ? 0n : near > most ? most : near;
}

function anyResponse(random: Random): Uint8Array {
  const number = (most: bigint): number => Number(anyNumber(random, most));
  const statuses = Array.from({ length: random.below(4) }, () => ({
    code: random.below(4) - random.below(2),
    ...(random.oneIn(4)
      ? {}
      : { currentLimit: { requestsPerUnit: number(0xffffffffn), unit: random.below(9), name: random.pick(TEXTS) } }),
    limitRemaining: number(0xffffffffn),
    ...(random.oneIn(4)
      ? {}
      : {
          durationUntilReset: {
            seconds: (anyNumber(random, (1n << 63n) - 1n) * (random.oneIn(9) ? -1n : 1n)).toString(),
            nanos: random.below(1_000_000_001) * (random.oneIn(9) ? -1 : 1),
          },
        }),
    ...(random.oneIn(3) ? { quota: { requests: 3, id: random.pick(TEXTS) } } : {}),
  }));
  return Response.encode(
    Response.fromObject({
      overallCode: random.below(4),
      statuses,
      ...(random.oneIn(3) ? { responseHeadersToAdd: [{ key: "x-a", value: random.pick(TEXTS) }] } : {}),
      ...(random.oneIn(3) ? { rawBody: Buffer.from(random.pick(TEXTS)) } : {}),
      ...(random.oneIn(3) ? { unknownFixed64: "77", unknownFixed32: 7 } : {}),
    }),
  ).finish();
}

/** What Weir should make of what protobufjs has read. */
function viewOf(bytes: Uint8Array): bigint[] {
  const options = { longs: String, defaults: true };
  const { overallCode, statuses } = Response.toObject(Response.decode(bytes), options) as ResponseView;
  const known = (value: number, most: number): bigint => BigInt(value >= 0 && value <= most ? value : 0);
  return [
    known(overallCode, 2),
    ...statuses.flatMap(({ code, currentLimit, limitRemaining, durationUntilReset }) => [
      known(code, 2),
      BigInt(currentLimit?.requestsPerUnit ?? 0),
      known(currentLimit?.unit ?? 0, 6),
      BigInt(limitRemaining),
      durationUntilReset ? msOf(BigInt(durationUntilReset.seconds), BigInt(durationUntilReset.nanos)) : 0n,
    ]),
  ];
}

function msOf(seconds: bigint, nanos: bigint): bigint {
  const most = (1n << 50n) / 1000n;
  const whole = seconds < 0n ? 0n : seconds > most ? most : seconds;
  return whole * 1000n + (nanos > 0n ? (nanos + 999_999n) / 1_000_000n : 0n);
}

function checkResponse(random: Random, harness: Harness): void {
  const bytes = anyResponse(random);
  deepEqual(harness.response(bytes), viewOf(bytes));
  for (let length = 0; length < bytes.length; length++) checkSame(harness, bytes.subarray(0, length));
  const changed = Uint8Array.from(bytes);
  for (let i = 0; i < 20 && changed.length > 0; i++) {
    changed[random.below(changed.length)] = random.below(256);
    // It has other opinions on some of these; none may trap.
    harness.response(changed);
  }
}

/** A message that was cut is one or none for both. */
function checkSame(harness: Harness, bytes: Uint8Array): void {
  let expected: bigint[] | null;
  try {
    expected = viewOf(bytes);
  } catch {
    expected = null;
  }
  deepEqual(harness.response(bytes), expected, Buffer.from(bytes).toString("hex"));
}

/** Runs the fuzzer; throws at the first disagreement. */
export async function fuzzRateLimit(budget: Budget): Promise<void> {
  const random = new Random(budget.seed);
  const harness = await start();
  const done = repeat(budget, 3_000, () => {
    checkRequest(random, harness);
    checkResponse(random, harness);
  });
  console.log(`ratelimit: ${done} requests and responses, no disagreement`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await fuzzRateLimit(budgetOf(process.argv));
