/** The tokenizer as a small module for scripts: a text stands in the input buffer, reached by address. */
// First: what is made at start-up needs an arena to be in.
import "../../../assembly/memory/arena";
import "../../../assembly/abi/abort";
import { Bytes } from "../../../assembly/bytes/bytes";
import { Encoding } from "../../../assembly/tokenizer/encoding";
import { classOf } from "../../../assembly/tokenizer/image";
import { Tokenizer } from "../../../assembly/tokenizer/tokenizer";

const INPUT_BYTES = 5 << 20;
const input = Bytes.of(new ArrayBuffer(INPUT_BYTES));
const tokenizers = [new Tokenizer(Encoding.O200kBase), new Tokenizer(Encoding.Cl100kBase)];

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
