import { byteAt } from "../bytes/scan";
import { childOf, isLeaf, isToken, Node, NO_NODE, rootOf, tokenOf } from "./trie";
import { NO_TOKEN, Vocabulary } from "./vocabulary";

/**
 * The token that the piece `[at, end)` is although merging its bytes does not come to it, or `NO_TOKEN`.
 *
 * The reference looks for a piece as a whole before it merges. Vocabularies that were made by merging need no such look; Llama 3's was
 * put together from two, and has 695 tokens that are found in no other way.
 */
// @ts-ignore: decorator
@inline
export function wholePiece(vocabulary: Vocabulary, base: usize, at: i32, end: i32): u32 {
  return vocabulary.whole == 0 ? NO_TOKEN : exactly(vocabulary.whole, base, at, end);
}

function exactly(trie: usize, base: usize, at: i32, end: i32): u32 {
  let node: Node = rootOf(trie);
  for (let i = at; i < end; i++) {
    if (i > at && isLeaf(node)) return NO_TOKEN;
    node = childOf(trie, node, byteAt(base, i));
    if (node == NO_NODE) return NO_TOKEN;
  }
  return isToken(node) ? tokenOf(trie, node) : NO_TOKEN;
}
