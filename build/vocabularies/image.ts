import { classesOf, CODE_POINTS } from "./classes.ts";
import { type Splits, splitsOf } from "./merges.ts";
import { hash64, perfectHash, type PerfectHash } from "./perfect-hash.ts";
import { type Tokens } from "./ranks.ts";
import { PATTERNS } from "./registry.ts";
import { trieOf } from "./trie.ts";

/**
 * The image of all tables, as it stands in the memory of the module. All numbers are little-endian; offsets count from its beginning.
 * docs/tokenizer.md draws the parts, assembly/tokenizer/vocabulary.ts reads them.
 *
 *     header       64 x u32   MAGIC, bytes of the image, number of vocabularies, their offsets
 *     class index  u16        the block of every 64 code points
 *     class blocks u8         the class of each code point of a block
 *     vocabulary   32 x u32   its header, then its tables, for each
 */
export const MAGIC = 0x52494557;

/** What the tables of one vocabulary are made from. */
export interface Vocabulary {
  readonly tokens: Tokens;
  readonly pattern: keyof typeof PATTERNS;
  readonly wholePieces: number;
}

const HEADER_BYTES = 256;
const VOCABULARY_HEADER_BYTES = 128;
const MOST_TOKENS = 1 << 18;
const NO_TOKEN = MOST_TOKENS - 1;
const MASK_64 = (1n << 64n) - 1n;
const SECOND_MULTIPLIER = 0xff51afd7ed558ccdn;

/** Builds the image. Code points from `classEnd` on are of no class: the tests' small image leaves them out. */
export function imageOf(vocabularies: readonly Vocabulary[], classEnd = CODE_POINTS): Buffer {
  const parts = new Parts();
  parts.add(Buffer.alloc(HEADER_BYTES));
  addClasses(parts, classesOf().fill(0, classEnd));
  const headers = vocabularies.map((vocabulary) => addVocabulary(parts, vocabulary));
  const image = parts.joined();
  writeWords(image, 0, [MAGIC, image.length, headers.length, ...headers.map(({ at }) => at)]);
  for (const { at, words } of headers) writeWords(image, at, words);
  return image;
}

/** The parts of the image so far, each beginning at a multiple of 64 bytes. */
class Parts {
  private readonly bytes: Buffer[] = [];
  private length = 0;

  /** Adds a table; returns its offset. */
  add(table: Uint8Array | Uint16Array | Uint32Array | BigUint64Array): number {
    const at = this.length;
    const padded = Buffer.alloc(Math.ceil(table.byteLength / 64) * 64);
    padded.set(new Uint8Array(table.buffer, table.byteOffset, table.byteLength));
    this.bytes.push(padded);
    this.length += padded.length;
    return at;
  }

  /** All of them. */
  joined(): Buffer {
    return Buffer.concat(this.bytes);
  }
}

function writeWords(image: Buffer, at: number, words: readonly number[]): void {
  words.forEach((word, i) => image.writeUInt32LE(word, at + 4 * i));
}

function addClasses(parts: Parts, classes: Uint8Array): void {
  // Block 0 is that of no class, so that most of an index without classes is zeros.
  const blocks = new Map<string, number>([["\0".repeat(64), 0]]);
  const index = new Uint16Array(CODE_POINTS / 64);
  for (let i = 0; i < index.length; i++) {
    const block = Buffer.from(classes.subarray(i * 64, i * 64 + 64)).toString("latin1");
    if (!blocks.has(block)) blocks.set(block, blocks.size);
    index[i] = blocks.get(block) as number;
  }
  parts.add(index);
  parts.add(Buffer.from([...blocks.keys()].join(""), "latin1"));
}

/** Adds the tables of a vocabulary; returns where its header goes, and what it says. */
function addVocabulary(parts: Parts, { tokens, pattern, wholePieces }: Vocabulary): { at: number; words: number[] } {
  if (tokens.length >= MOST_TOKENS) throw new Error("tokens have ids of 18 bits");
  const splits = splitsOf(tokens);
  checkAssumptions(tokens, splits, wholePieces);
  const unreached = new Set(splits.unreached);
  const reached = [...tokens.entries()].filter(([id]) => !unreached.has(id));
  const at = parts.add(Buffer.alloc(VOCABULARY_HEADER_BYTES));
  const words = [tokens.length, PATTERNS[pattern], parts.add(trieOf(reached)), parts.add(recordsOf(tokens, splits))];
  for (const [hash, slots] of [pairsOf(tokens, splits), stringsOf(tokens, 1, 8), stringsOf(tokens, 9, 16)] as const)
    words.push(parts.add(hash.displacements), hash.shift, parts.add(slots), hash.slotCount);
  const whole = splits.unreached.map((id) => [id, tokens[id] as string] as const);
  words.push(whole.length > 0 ? parts.add(trieOf(whole)) : 0);
  return { at, words };
}

/** What the counting takes for granted of a vocabulary, besides what `splitsOf` checks. */
function checkAssumptions(tokens: Tokens, { unreached }: Splits, wholePieces: number): void {
  if (unreached.length !== wholePieces)
    throw new Error(`merging does not reach ${unreached.length} tokens, and not ${wholePieces}`);
  // A piece with broken bytes, which count as U+FFFD, is merged without looking for it as a whole.
  const replacement = Buffer.from("\ufffd").toString("latin1");
  if (unreached.some((id) => tokens[id]?.includes(replacement))) throw new Error("a whole piece has U+FFFD in it");
  if (tokens.some((token) => token.length > 128)) throw new Error("a token is longer than 128 bytes");
}

/**
 * A record of 64 bits for each token.
 *
 *     bits 0-17    right, bits 18-35 left: the tokens it is merged from
 *     bits 36-53   the longest other token that it begins with; all ones if there is none
 *     bits 54-61   its length in bytes
 */
function recordsOf(tokens: Tokens, { left, right, unreached }: Splits): BigUint64Array {
  const ids = new Map(tokens.map((token, id) => [token, id]));
  for (const id of unreached) ids.delete(tokens[id] as string);
  return BigUint64Array.from(tokens, (token, id) => {
    let prefix = NO_TOKEN;
    for (let length = token.length - 1; length > 0 && prefix === NO_TOKEN; length--)
      prefix = ids.get(token.slice(0, length)) ?? NO_TOKEN;
    const pair = pairKey(left[id] as number, right[id] as number);
    return pair | (BigInt(prefix) << 36n) | (BigInt(token.length) << 54n);
  });
}

function pairKey(left: number, right: number): bigint {
  return (BigInt(left) << 18n) | BigInt(right);
}

/** Which token two tokens make: a slot is its id, and above it 14 bits of the pair's hash. */
function pairsOf(tokens: Tokens, { left, right }: Splits): [PerfectHash, Uint32Array] {
  const merged = [...tokens.keys()].filter((id) => left[id] !== id);
  const hashes = merged.map((id) => hash64(pairKey(left[id] as number, right[id] as number)));
  const hash = perfectHash(hashes);
  const slots = Uint32Array.from(hash.slots, (key) =>
    key < 0 ? 0xffffffff : ((merged[key] as number) | (Number((hashes[key] as bigint) & 0x3fffn) << 18)) >>> 0,
  );
  return [hash, slots];
}

/** The tokens of some lengths, as their bytes filled up with zeros; those that end with a zero are left to the trie. */
function stringsOf(tokens: Tokens, shortest: number, longest: number): [PerfectHash, BigUint64Array] {
  const fits = (token: string): boolean => token.length >= shortest && token.length <= longest && !token.endsWith("\0");
  const keys = tokens.filter(fits).map((token) => {
    const bytes = Buffer.alloc(16);
    bytes.write(token, "latin1");
    return [bytes.readBigUInt64LE(0), bytes.readBigUInt64LE(8)] as const;
  });
  const hash = perfectHash(keys.map(([low, high]) => hash64((low + high * SECOND_MULTIPLIER) & MASK_64)));
  const words = longest / 8;
  const slots = new BigUint64Array(hash.slotCount * words);
  hash.slots.forEach((key, slot) => {
    if (key >= 0) slots.set((keys[key] as readonly [bigint, bigint]).slice(0, words), slot * words);
  });
  return [hash, slots];
}
