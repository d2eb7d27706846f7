import { byteAt } from "../bytes/scan";
import { fitting } from "./seams";
import { childOf, isLeaf, isToken, Node, NO_NODE, rootOf, tokenOf } from "./trie";
import { MOST_TOKEN_BYTES, NO_TOKEN, Vocabulary } from "./vocabulary";

/**
 * The tokens of a piece, from left to right: the longest token that fits behind the one before; where none does, one step back.
 *
 * Two tokens that fit are described in seams.ts. The encoding of a prefix is unique, so a place from which no way led on is never tried
 * again, whichever way leads there: that makes it linear. Constant memory, and tokens that are far behind are taken as settled:
 *
 *     STACK   u32 x 16,512       the tokens of the last 8,192 to 16,384 bytes
 *     DEAD    32,768 bits        which of these places lead nowhere, by the place modulo 32,768
 *
 * No text is known that has to go back behind these; should one, `mergedCount` says so, and prefixes.ts counts it.
 */
const WINDOW = 16384;
const STACK = memory.data((WINDOW + 128) << 2, 16);
const DEAD_BITS = 2 * WINDOW;
const DEAD = memory.data(DEAD_BITS >> 3, 16);

/** What `mergedCount` returns for a piece that it cannot count. */
export const GAVE_UP: i32 = -1;

let anyDead: bool = false;

/** How many tokens the piece `[at, end)` is, which is not empty; or `GAVE_UP`. */
export function mergedCount(vocabulary: Vocabulary, base: usize, at: i32, end: i32): i32 {
  const count = walk(vocabulary, base, at, end);
  if (anyDead) {
    memory.fill(DEAD, 0, DEAD_BITS >> 3);
    anyDead = false;
  }
  return count;
}

// Safe: the stack has room for a token of every byte of the window and of one more token, and never holds more.
function walk(vocabulary: Vocabulary, base: usize, at: i32, end: i32): i32 {
  const trie = vocabulary.trie;
  let place = at;
  let floor = at;
  let settled = 0;
  let height: usize = 0;
  let last = NO_TOKEN;
  let token = longestAt(trie, base, at, end);
  beginRun(at);
  while (place < end) {
    if (last != NO_TOKEN && token != NO_TOKEN) token = fitting(vocabulary, last, token);
    if (token != NO_TOKEN) {
      const record = vocabulary.record(token);
      const next = place + <i32>(record >> 54);
      if (anyDead && isDead(next)) {
        token = (<u32>(record >> 36)) & NO_TOKEN;
        continue;
      }
      store<u32>(STACK + (height << 2), token);
      height++;
      last = token;
      place = next;
      if (place - floor >= WINDOW) {
        const gone = settle(vocabulary, height, floor);
        floor = settledTo;
        settled += <i32>gone;
        height -= gone;
      }
      if (place < end) token = anyDead ? longestInRun(trie, base, place, end) : longestAt(trie, base, place, end);
    } else {
      // Nothing fits behind the last token: it was too long.
      if (height == 0 || (height == 1 && settled > 0)) return GAVE_UP;
      setDead(place);
      height--;
      const record = vocabulary.record(last);
      place -= <i32>(record >> 54);
      token = (<u32>(record >> 36)) & NO_TOKEN;
      last = height == 0 ? NO_TOKEN : load<u32>(STACK + ((height - 1) << 2));
    }
  }
  return settled + <i32>height;
}

let runAt: i32 = 0;
let runEnd: i32 = 0;
let runToken: u32 = NO_TOKEN;

/** No run is known yet. */
function beginRun(at: i32): void {
  runAt = at;
  runEnd = at;
}

/**
 * The longest token that begins at `at`, found once for all places of a long run of one byte. Runs are what is walked most: there are tokens
 * of many lengths that begin with each other, and few of them fit.
 */
function longestInRun(trie: usize, base: usize, at: i32, end: i32): u32 {
  if (at < runAt || at >= runEnd) {
    const byte = byteAt(base, at);
    runAt = at;
    runEnd = at + 1;
    while (runEnd < end && byteAt(base, runEnd) == byte) runEnd++;
    runToken = longestAt(trie, base, at, runEnd);
  }
  // Whatever begins here ends within the run.
  return at + MOST_TOKEN_BYTES < runEnd ? runToken : longestAt(trie, base, at, end);
}

let settledTo: i32 = 0;

/** Takes the older half of the window's tokens as settled: returns how many, and in `settledTo` where they end. */
function settle(vocabulary: Vocabulary, height: usize, floor: i32): usize {
  let gone: usize = 0;
  let to = floor;
  while (to - floor < WINDOW / 2) to += <i32>(vocabulary.record(load<u32>(STACK + (gone++ << 2))) >> 54);
  // Safe: the tokens move down within the stack.
  memory.copy(STACK, STACK + (gone << 2), (height - gone) << 2);
  if (anyDead) for (let place = floor; place < to; place++) clearDead(place);
  settledTo = to;
  return gone;
}

/** The longest token that begins at `at`. Every byte is one, so there is one. */
// @ts-ignore: decorator
@inline
function longestAt(trie: usize, base: usize, at: i32, end: i32): u32 {
  let node: Node = childOf(trie, rootOf(trie), byteAt(base, at));
  let longest = node;
  for (let i = at + 1; i < end && !isLeaf(node); i++) {
    node = childOf(trie, node, byteAt(base, i));
    if (node == NO_NODE) break;
    if (isToken(node)) longest = node;
  }
  return tokenOf(trie, longest);
}

// Safe: a place modulo DEAD_BITS is a bit of DEAD.
// @ts-ignore: decorator
@inline
function isDead(place: i32): bool {
  return ((load<u8>(DEAD + (((<usize>place) & (DEAD_BITS - 1)) >> 3)) >> (place & 7)) & 1) != 0;
}

function setDead(place: i32): void {
  const at = DEAD + (((<usize>place) & (DEAD_BITS - 1)) >> 3);
  const bit: u32 = 1 << (place & 7);
  store<u8>(at, <u8>(load<u8>(at) | bit));
  anyDead = true;
}

function clearDead(place: i32): void {
  const at = DEAD + (((<usize>place) & (DEAD_BITS - 1)) >> 3);
  const bit: u32 = 1 << (place & 7);
  store<u8>(at, <u8>(load<u8>(at) & ~bit));
}
