/** The tokenizer as a small module for scripts: a text stands in the input buffer, reached by address. */
// First: what is made at start-up needs an arena to be in.
import { beginCallback, endCallback } from "../../../assembly/memory/arena";
import "../../../assembly/abi/abort";
import { Bytes } from "../../../assembly/bytes/bytes";
import { TokenCounter } from "../../../assembly/tokenizer/counter";
import { Encoding } from "../../../assembly/tokenizer/encoding";
import { classOf } from "../../../assembly/tokenizer/image";
import { Tokenizer } from "../../../assembly/tokenizer/tokenizer";

const INPUT_BYTES = 5 << 20;
const input = Bytes.of(new ArrayBuffer(INPUT_BYTES));
const tokenizers = new Array<Tokenizer>();
const counters = new Array<TokenCounter>();
for (let i = 0; Tokenizer.isAvailable(<Encoding>i); i++) {
  tokenizers.push(new Tokenizer(<Encoding>i));
  counters.push(new TokenCounter(tokenizers[i]));
}

/** Where the input is written to. */
export function inputAddress(): usize {
  return input.address(0);
}

/** How many tokens the first `length` bytes of the input are. */
export function count(encoding: Encoding, length: i32): i64 {
  return tokenizers[encoding].count(input, 0, length);
}

/** The same, but it may stop above `limit`. */
export function countUpTo(encoding: Encoding, length: i32, limit: i64): i64 {
  return tokenizers[encoding].countUpTo(input, 0, length, limit);
}

/** The class of a code point. */
export function classAt(point: u32): u32 {
  return classOf(point);
}

/** Empties the counter of an encoding. */
export function counterReset(encoding: Encoding): void {
  counters[encoding].reset();
}

/** Appends bytes `[at, end)` of the input to the counter. */
export function counterAppend(encoding: Encoding, at: i32, end: i32): void {
  counters[encoding].append(input, at, end);
}

/** The counter's total. */
export function counterTotal(encoding: Encoding): i64 {
  return counters[encoding].total;
}

/** Appends the first `length` bytes in pieces of `piece` bytes, asking for the total after each; returns the last. */
export function counterRun(encoding: Encoding, length: i32, piece: i32): i64 {
  const counter = counters[encoding];
  counter.reset();
  let total: i64 = 0;
  for (let at = 0; at < length; at += piece) {
    counter.append(input, at, min(at + piece, length));
    total = counter.total;
  }
  return total;
}

/** Encodes the first `length` bytes, and writes the ids over them, four bytes each; returns their number. */
export function encode(encoding: Encoding, length: i32): i32 {
  const previous = beginCallback();
  const ids = tokenizers[encoding].encode(input, 0, length);
  const count = ids.length;
  for (let i = 0; i < count; i++) store<i32>(input.address(i << 2), ids[i]);
  endCallback(previous);
  return count;
}
