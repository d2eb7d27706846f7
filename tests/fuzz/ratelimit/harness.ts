/** The messages of the rate limit service as a small module for scripts. */
// First: what is made at start-up needs an arena to be in.
import { Arena, beginCallback, endCallback } from "../../../assembly/memory/arena";
import "../../../assembly/abi/abort";
import { Bytes } from "../../../assembly/bytes/bytes";
import { Hits, RateLimitRequest } from "../../../assembly/limits/ratelimit-request";
import { DescriptorStatus, readRateLimitResponse } from "../../../assembly/limits/ratelimit-response";

const INPUT_BYTES = 1 << 16;
const input = Bytes.of(new ArrayBuffer(INPUT_BYTES));
const output = new StaticArray<i64>(4096);

/** Where texts and messages are written to. */
export function inputAddress(): usize {
  return input.address(0);
}

/** Where results are read from. */
export function outputAddress(): usize {
  return changetype<usize>(output);
}

/**
 * A request from what stands in the input, texts with a zero behind each: the domain, then for each descriptor the hits, "+" or "-", and
 * keys and values with an empty text behind the last. The message takes its place; returns its length.
 */
export function request(length: i32): i32 {
  const outer: Arena = beginCallback();
  const texts = input.slice(0, length).toString().split("\0");
  const made = new RateLimitRequest(texts[0]);
  let i = 1;
  while (i + 2 < texts.length) {
    const hits = U64.parseInt(texts[i]);
    const what = texts[i + 1] == "-" ? Hits.GiveBack : Hits.Add;
    i += 2;
    for (; texts[i] != ""; i += 2) made.entry(texts[i].substring(1), texts[i + 1]);
    i++;
    made.descriptor(hits, what);
  }
  const bytes = made.toBytes();
  const size = bytes.length;
  memory.copy(input.address(0), bytes.address(0), size);
  endCallback(outer);
  return size;
}

/** Reads the response in the input; how many numbers are in the output, or -1 if it is none. */
export function response(length: i32): i32 {
  const outer: Arena = beginCallback();
  const read = readRateLimitResponse(input.slice(0, length));
  let count = -1;
  if (read) {
    count = 0;
    output[count++] = read.code;
    for (let i = 0; i < read.statuses.length && i < 800; i++) {
      const status: DescriptorStatus = read.statuses[i];
      output[count++] = status.code;
      output[count++] = status.requestsPerUnit;
      output[count++] = status.unit;
      output[count++] = status.limitRemaining;
      output[count++] = status.msUntilReset;
    }
  }
  endCallback(outer);
  return count;
}
