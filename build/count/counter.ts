/** The tokenizer of the filter, from the same sources and with the same tables, for `npm run count`. */
// First: what is made at start-up needs an arena to be in.
import { beginCallback, endCallback } from "../../assembly/memory/arena";
import "../../assembly/abi/abort";
import { Bytes } from "../../assembly/bytes/bytes";
import { publishedEncoding } from "../../assembly/counting/model-encoding";
import { TokenCounter } from "../../assembly/tokenizer/counter";
import { Encoding } from "../../assembly/tokenizer/encoding";
import { Tokenizer } from "../../assembly/tokenizer/tokenizer";

/** Room for the tokens of a text, 8 bytes for each, of which a text has at most one for every byte. */
const TOKEN_BYTES = 8;
const TEXT_BYTES = 2 << 20;
const room = Bytes.of(new ArrayBuffer(TEXT_BYTES * TOKEN_BYTES));
const tokenizers = [new Tokenizer(Encoding.O200kBase), new Tokenizer(Encoding.Cl100kBase)];
const counters = [new TokenCounter(tokenizers[0]), new TokenCounter(tokenizers[1])];

/** Where a text is written to, of at most `textBytes()` bytes. */
export function textAddress(): usize {
  return room.address(0);
}

/** The most bytes of one text. */
export function textBytes(): i32 {
  return TEXT_BYTES;
}

/** Appends a text of `length` bytes to what is counted; returns how many tokens that is so far. */
export function append(encoding: Encoding, length: i32): i64 {
  const counter = counters[encoding];
  counter.append(room, 0, length);
  return counter.total;
}

/** Begins to count anew. */
export function reset(encoding: Encoding): void {
  counters[encoding].reset();
}

/**
 * Writes the tokens of a text of `length` bytes, which is valid UTF-8, over it: for each its id and its length in bytes, as two u32. Returns how
 * many there are.
 */
export function encode(encoding: Encoding, length: i32): i32 {
  const previous = beginCallback();
  const tokenizer = tokenizers[encoding];
  const ids = tokenizer.encode(room, 0, length);
  const count = ids.length;
  for (let i = 0; i < count; i++) {
    // Safe: there is room for a token of every byte.
    store<u32>(room.address(i * TOKEN_BYTES), ids[i]);
    store<u32>(room.address(i * TOKEN_BYTES + 4), <u32>(tokenizer.vocabulary.record(ids[i]) >> 54));
  }
  endCallback(previous);
  return count;
}

/** The published encoding of the model whose name is the text of `length` bytes; -1 if there is none. */
export function encodingOfModel(length: i32): i32 {
  const previous = beginCallback();
  const encoding = publishedEncoding(room.slice(0, length).toString());
  endCallback(previous);
  return encoding;
}
