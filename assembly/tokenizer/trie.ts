import { NO_TOKEN } from "./vocabulary";

/**
 * A node of the trie of tokens, with what leads on from it; build/vocabularies/trie.ts made them.
 *
 *     bit 30: a token ends here, and others go on    bit 29: a token ends here, and none goes on
 *     bits 20-28: 1 + the byte that led here         bits 0-19: where its children begin, or the token if none goes on
 */
export type Node = u32;

/** No node: no token begins with these bytes. */
export const NO_NODE: Node = 0;

const LEAF: Node = 1 << 29;
const ENDS: Node = 1 << 30;

/** The node of no bytes. */
// @ts-ignore: decorator
@inline
export function rootOf(trie: usize): Node {
  return load<u32>(trie);
}

/** The node that `byte` leads to, or `NO_NODE`; `node` is neither that nor a leaf. */
// @ts-ignore: decorator
@inline
export function childOf(trie: usize, node: Node, byte: u32): Node {
  // Safe: 257 places stand behind the place where any node's children begin.
  const child = load<u32>(trie + ((<usize>((node & 0xfffff) + 1 + byte)) << 2));
  return ((child >> 20) & 511) == byte + 1 ? child : NO_NODE;
}

/** Whether no token goes on from `node`. */
// @ts-ignore: decorator
@inline
export function isLeaf(node: Node): bool {
  return (node & LEAF) != 0;
}

/** Whether the bytes that lead to `node` are a token. */
// @ts-ignore: decorator
@inline
export function isToken(node: Node): bool {
  return (node & (LEAF | ENDS)) != 0;
}

/** The token that the bytes up to `node` are; `isToken(node)`. */
// @ts-ignore: decorator
@inline
export function tokenOf(trie: usize, node: Node): u32 {
  // Safe: the place of a token that goes on is where the children begin.
  return (isLeaf(node) ? node : load<u32>(trie + ((<usize>(node & 0xfffff)) << 2))) & NO_TOKEN;
}
