/**
 * How fast the wire layer reads: JSON bodies against JSON.parse and json-as, chunks of a stream, event framing.
 * Envoy's V8 runs without its baseline compiler, so run it as `tsx --no-liftoff tests/bench/wire/index.ts`.
 */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { EventStreamCodec } from "@smithy/core/event-streams";
import { fromUtf8, toUtf8 } from "@smithy/core/serde";
import { Harness, Reader } from "../../fuzz/wire/module";
import { chatBody, chatChunk, converseFrames } from "./documents";

/** One thing that is timed: `run` does it `times` times. */
interface Candidate {
  readonly name: string;
  readonly run: (times: number) => void;
}

/** What was measured: nanoseconds for one time, the median of the rounds. */
export interface Measurement {
  readonly name: string;
  readonly bytes: number;
  readonly nanoseconds: number;
}

const ROUNDS = 11;

/** Times the candidates in turns, so that a noisy machine is noisy for all of them. */
function measure(bytes: number, times: number, candidates: readonly Candidate[]): Measurement[] {
  const samples = candidates.map(() => [] as number[]);
  for (const candidate of candidates) candidate.run(times);
  for (let round = 0; round < ROUNDS; round++) {
    candidates.forEach((candidate, i) => {
      const start = process.hrtime.bigint();
      candidate.run(times);
      samples[i]?.push(Number(process.hrtime.bigint() - start) / times);
    });
  }
  return candidates.map(({ name }, i) => {
    const sorted = (samples[i] as number[]).sort((a, b) => a - b);
    return { name, bytes, nanoseconds: sorted[ROUNDS >> 1] as number };
  });
}

/** json-as on `body`, or null if it does not compile here. */
function jsonAs(body: Buffer): Candidate | null {
  const root = join(dirname(fileURLToPath(import.meta.url)), "../../..");
  const file = join(root, "build/out/json-as.wasm");
  const asc = join(root, "node_modules/assemblyscript/bin/asc.js");
  const options = ["-O3", "--enable", "simd", "--transform", "json-as/transform", "--runtime", "minimal"];
  try {
    execFileSync(
      process.execPath,
      [asc, "tests/bench/wire/peer.ts", ...options, "--exportStart", "_initialize", "-o", file],
      {
        cwd: root,
        env: { ...process.env, JSON_MODE: "SIMD" },
        stdio: "pipe",
      },
    );
  } catch (error) {
    console.warn(`json-as is left out: ${String((error as { stderr?: Buffer }).stderr ?? error).slice(0, 400)}`);
    return null;
  }
  const refuse = (): never => {
    throw new Error("json-as aborted");
  };
  const imports = { env: { abort: refuse, "console.log": () => {}, seed: () => 1 } };
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(readFileSync(file)), imports);
  const peer = exports as unknown as {
    memory: WebAssembly.Memory;
    _initialize(): void;
    inputAddress(): number;
    parse(length: number, times: number): number;
  };
  peer._initialize();
  new Uint8Array(peer.memory.buffer, peer.inputAddress(), body.length).set(body);
  if (peer.parse(body.length, 1) !== (JSON.parse(body.toString()) as { messages: unknown[] }).messages.length) {
    throw new Error("json-as read another number of messages");
  }
  return { name: "json-as, typed, SIMD", run: (times) => peer.parse(body.length, times) };
}

function reading(name: string, harness: Harness, which: Reader, bytes: Buffer): Candidate {
  return {
    name,
    run: (times) => {
      harness.put(bytes);
      if (harness.exports.jsonLoop(which, bytes.length, times) !== 0) throw new Error(`${name} refused the document`);
    },
  };
}

/** Runs the benchmark; returns what it measured. */
export function benchWire(): Measurement[] {
  const simd = Harness.build("simd");
  const scalar = Harness.build("scalar");
  const text = chatBody(105_000);
  const body = Buffer.from(text);
  const peer = jsonAs(body);
  const bodies = measure(body.length, 200, [
    reading("body, what a gateway wants", simd, Reader.Body, body),
    reading("body, validated only", simd, Reader.Nothing, body),
    reading("body, what a gateway wants, scalar", scalar, Reader.Body, body),
    {
      name: "JSON.parse of a string",
      run: (times) => {
        for (let i = 0; i < times; i++) JSON.parse(text);
      },
    },
    {
      name: "JSON.parse of bytes",
      run: (times) => {
        for (let i = 0; i < times; i++) JSON.parse(body.toString());
      },
    },
    ...(peer === null ? [] : [peer]),
  ]);
  const chunk = Buffer.from(chatChunk());
  const chunks = measure(chunk.length, 50_000, [
    reading("chunk, what a gateway wants", simd, Reader.Chunk, chunk),
    reading("chunk, validated only", simd, Reader.Nothing, chunk),
    {
      name: "JSON.parse of bytes",
      run: (times) => {
        for (let i = 0; i < times; i++) JSON.parse(chunk.toString());
      },
    },
  ]);
  const stream = Buffer.from(`data: ${chatChunk()}\n\n`.repeat(300));
  const framing = (name: string, harness: Harness, piece: number): Candidate => ({
    name,
    run: (times) => {
      harness.put(stream);
      harness.exports.sseLoop(stream.length, piece, times);
    },
  });
  const streams = measure(stream.length, 200, [
    framing("300 events in pieces of 16 KB", simd, 16384),
    framing("300 events in pieces of 350 bytes", simd, 350),
    framing("300 events in pieces of 16 KB, scalar", scalar, 16384),
  ]);
  return [...bodies, ...chunks, ...streams, ...benchFrames(simd)];
}

/** Event streams of AWS, checksums and all, against the codec of its own clients, which is given whole frames. */
function benchFrames(harness: Harness): Measurement[] {
  const frames = converseFrames(300);
  const stream = Buffer.concat(frames);
  const reading = (piece: number): Candidate => ({
    name: `300 AWS frames in pieces of ${piece} bytes`,
    run: (times) => {
      harness.put(stream);
      if (harness.exports.awsLoop(stream.length, piece, times) !== 0) throw new Error("the frames were refused");
    },
  });
  const codec = new EventStreamCodec(toUtf8, fromUtf8);
  return measure(stream.length, 100, [
    reading(16384),
    reading(350),
    {
      name: "  their CRC-32 alone",
      run: (times) => {
        harness.put(stream);
        harness.exports.crcLoop(stream.length, times);
      },
    },
    {
      name: "  EventStreamCodec of @smithy/core",
      run: (times) => {
        for (let i = 0; i < times; i++) for (const frame of frames) codec.decode(frame);
      },
    },
  ]);
}

function print(measurements: readonly Measurement[]): void {
  let group = 0;
  let first = 1;
  for (const { name, bytes, nanoseconds } of measurements) {
    if (bytes !== group) first = nanoseconds;
    group = bytes;
    const speed = (bytes / nanoseconds).toFixed(2).padStart(6);
    const ratio = (nanoseconds / first).toFixed(2).padStart(6);
    console.log(
      `${name.padEnd(40)} ${String(bytes).padStart(7)} B ${nanoseconds.toFixed(0).padStart(9)} ns ${speed} GB/s ${ratio} x`,
    );
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) print(benchWire());
