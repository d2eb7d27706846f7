/**
 * Event streams of AWS against the codec of its own clients: frames of any headers, whole, cut, broken, and with headers that contradict
 * their lengths. Run alone: `tsx tests/fuzz/wire/aws.ts [--count N | --seconds N] [--seed N]`.
 */
import { EventStreamCodec, Int64, type MessageHeaders, type MessageHeaderValue } from "@smithy/core/event-streams";
import { fromUtf8, toUtf8 } from "@smithy/core/serde";
import { fileURLToPath } from "node:url";
import { crc32 } from "node:zlib";
import { type Budget, budgetOf, Harness, repeat } from "./module";
import { Random } from "./random";

/** `AwsStreamError` of what is well. */
const NONE = 0;
const TRUNCATED = 5;

const NAMES = [
  ":event-type",
  ":message-type",
  ":content-type",
  ":exception-type",
  ":error-code",
  "n",
  "x-é",
  "a".repeat(255),
];
const TEXTS = ["event", "chunk", "contentBlockDelta", "exception", "application/json", "", "水", "v".repeat(300)];
const codec = new EventStreamCodec(toUtf8, fromUtf8);

function randomBytes(random: Random, length: number): Uint8Array {
  return Uint8Array.from({ length }, () => random.below(256));
}

function valueOf(random: Random): MessageHeaderValue {
  switch (random.below(12)) {
    case 0:
      return { type: "boolean", value: random.oneIn(2) };
    case 1:
      return { type: "byte", value: random.below(256) - 128 };
    case 2:
      return { type: "short", value: random.below(65536) - 32768 };
    case 3:
      return { type: "integer", value: random.below(4294967296) - 2147483648 };
    case 4:
      return { type: "long", value: new Int64(randomBytes(random, 8)) };
    case 5:
      return { type: "binary", value: randomBytes(random, random.below(40)) };
    case 6:
      return { type: "timestamp", value: new Date(random.below(2 ** 32) * 1000) };
    case 7:
      return {
        type: "uuid",
        value: Buffer.from(randomBytes(random, 16))
          .toString("hex")
          .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5"),
      };
    default:
      return { type: "string", value: random.pick(TEXTS) };
  }
}

function frameOf(random: Random): Buffer {
  const headers: MessageHeaders = {};
  for (let n = random.below(5); n > 0; n--) headers[random.pick(NAMES)] = valueOf(random);
  return Buffer.from(codec.encode({ headers, body: randomBytes(random, random.below(60)) }));
}

/** What the peer reads of a whole frame, in the words of the harness. */
function told(frame: Buffer, at: number): string {
  const { headers, body } = codec.decode(frame);
  const lines = Object.entries(headers).map(([name, value]) => {
    const written = Buffer.from(codec.formatHeaders({ [name]: value }));
    const typeAt = 1 + (written[0] as number);
    const type = written[typeAt] as number;
    const bytes = written.subarray(typeAt + (type === 6 || type === 7 ? 3 : 1));
    return line(written.subarray(1, typeAt), type, bytes);
  });
  return lines.join("") + ending(Buffer.from(body), at, frame.length);
}

function line(name: Buffer, type: number, value: Buffer): string {
  const isInteger = (type >= 2 && type <= 5) || type === 8;
  const integer = isInteger ? BigInt.asIntN(8 * value.length, BigInt(`0x${value.toString("hex")}`)) : 0n;
  return `header ${name.toString("hex")} ${type} ${value.toString("hex")} ${integer}\n`;
}

function ending(payload: Buffer, at: number, length: number): string {
  return `${payload.length > 0 ? `payload ${payload.toString("hex")}\n` : ""}frame ${at} ${at + length}\n`;
}

const FIXED = [0, 0, 1, 2, 4, 8, -1, -1, 8, 16];

/**
 * The headers of a block, by the letter of the format; null if they do not end where it does. The peer reads over the end
 * of a block into the payload, so it cannot be asked here.
 */
function strict(block: Buffer): string | null {
  const lines: string[] = [];
  for (let at = 0; at < block.length;) {
    const typeAt = at + 1 + (block[at] as number);
    const fixed = FIXED[block[typeAt] ?? 10];
    if (fixed === undefined) return null;
    const valueAt = typeAt + (fixed < 0 ? 3 : 1);
    if (valueAt > block.length) return null;
    const end = valueAt + (fixed < 0 ? block.readUInt16BE(typeAt + 1) : fixed);
    if (end > block.length) return null;
    lines.push(line(block.subarray(at + 1, typeAt), block[typeAt] as number, block.subarray(valueAt, end)));
    at = end;
  }
  return lines.join("");
}

/** Both checksums made right again. */
function summed(frame: Buffer): Buffer {
  frame.writeUInt32BE(crc32(frame.subarray(0, 8)), 8);
  frame.writeUInt32BE(crc32(frame.subarray(0, -4)), frame.length - 4);
  return frame;
}

/** The trace of one reading, with the error behind it; `cuts` are where pieces end. */
function read(harness: Harness, length: number, cuts: readonly number[]): [string, number] {
  const { exports } = harness;
  exports.awsReset();
  let at = 0;
  for (const end of [...cuts, length]) {
    exports.awsFeed(at, end);
    at = end;
  }
  const error = exports.awsFinish();
  return [harness.output, error];
}

/** Runs the fuzzer; returns the number of disagreements. */
export function fuzzAws(budget: Budget, count: number): number {
  const random = new Random(budget.seed);
  const harness = Harness.build("simd");
  let failures = 0;
  let frames = 0;
  let cuts = 0;
  const fail = (bytes: Buffer, why: string, ...more: unknown[]): void => {
    if (failures++ < 5) console.error(`aws: ${why}\n  ${bytes.toString("hex")}`, ...more);
  };
  const cutAnywhere = (bytes: Buffer, whole: [string, number]): void => {
    const check = (...at: number[]): void => {
      cuts++;
      const trace = read(harness, bytes.length, at);
      // The payload of a frame that breaks off may have been told in part.
      const isSame = whole[1] === NONE ? trace[0] === whole[0] : sound(trace[0]) === sound(whole[0]);
      if (!isSame || trace[1] !== whole[1]) fail(bytes, `read otherwise when cut at ${at.join(", ")}`, whole, trace);
    };
    for (let cut = 0; cut <= bytes.length; cut++) check(cut);
    check(...bytes.keys());
    if (bytes.length < 60)
      for (let i = 0; i < bytes.length; i++) for (let k = i + 1; k < bytes.length; k++) check(i, k);
  };
  const checkWhole = (): Buffer => {
    const parts = Array.from({ length: random.below(4) }, () => frameOf(random));
    const bytes = Buffer.concat(parts);
    harness.put(bytes);
    const whole = read(harness, bytes.length, []);
    let at = 0;
    const expected = parts.map((part) => told(part, (at += part.length) - part.length)).join("");
    frames += parts.length;
    if (whole[0] !== expected || whole[1] !== NONE) fail(bytes, "other frames", whole, expected);
    cutAnywhere(bytes, whole);
    return bytes;
  };
  /** A byte that is not as it was: nothing of that frame or behind it is told as whole. */
  const checkBroken = (good: Buffer): void => {
    if (good.length === 0) return;
    const bytes = Buffer.from(good);
    const at = random.below(bytes.length);
    bytes[at] = (bytes[at] as number) ^ (1 + random.below(255));
    harness.put(bytes);
    const trace = read(harness, bytes.length, []);
    if (trace[1] === NONE || trace[1] === TRUNCATED) fail(bytes, `byte ${at} is wrong, and nobody saw it`, trace);
    for (const [, end] of trace[0].matchAll(/^frame \d+ (\d+)$/gm))
      if (Number(end) > at) fail(bytes, `a frame with a wrong byte ${at} was told as whole`, trace);
    cutAnywhere(bytes, trace);
    const end = random.below(good.length);
    harness.put(good);
    const isBetween = read(harness, end, [])[1] === NONE;
    const ends = [
      0,
      ...[...read(harness, good.length, [])[0].matchAll(/^frame \d+ (\d+)$/gm)].map((m) => Number(m[1])),
    ];
    if (isBetween !== ends.includes(end)) fail(good, `cut short at ${end}`);
  };
  /** Headers and lengths that contradict each other, with right checksums. */
  const checkHeaders = (): void => {
    const bytes = frameOf(random);
    const headerBytes = bytes.readUInt32BE(4);
    if (headerBytes === 0) return;
    for (let n = 1 + random.below(3); n > 0; n--) {
      if (random.oneIn(4)) bytes.writeUInt32BE(Math.max(0, bytes.readUInt32BE(4) + random.below(9) - 4), 4);
      else bytes[12 + random.below(headerBytes)] = random.pick([0, 1, 2, 3, 6, 7, 9, 10, random.below(256)]);
    }
    summed(bytes);
    harness.put(bytes);
    const trace = read(harness, bytes.length, []);
    const headersEnd = 12 + bytes.readUInt32BE(4);
    const lines = headersEnd <= bytes.length - 4 ? strict(bytes.subarray(12, headersEnd)) : null;
    const payload = bytes.subarray(headersEnd, bytes.length - 4);
    const expected = lines === null ? null : lines + ending(payload, 0, bytes.length);
    if (expected === null ? trace[1] === NONE : trace[1] !== NONE || trace[0] !== expected)
      fail(bytes, "headers read otherwise", trace, expected);
    cutAnywhere(bytes, trace);
  };
  const checkSum = (): void => {
    const bytes = Buffer.from(randomBytes(random, random.below(200)));
    const at = random.below(bytes.length + 1);
    const cut = at + random.below(bytes.length + 1 - at);
    harness.put(bytes);
    if (harness.exports.crc(at, cut, bytes.length) >>> 0 !== crc32(bytes.subarray(at))) fail(bytes, "another CRC-32");
  };
  const done = repeat(budget, count, () => {
    checkBroken(checkWhole());
    checkHeaders();
    checkSum();
  });
  console.log(`aws: ${done} rounds, ${frames} frames, ${cuts} cuts, ${failures} disagreements`);
  return failures;
}

/** What a trace tells of whole frames. */
function sound(trace: string): string {
  return trace.slice(0, trace.lastIndexOf("frame "));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.exitCode = fuzzAws(budgetOf(process.argv), 3_000) > 0 ? 1 : 0;
}
