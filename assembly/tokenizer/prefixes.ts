import { Address } from "../bytes/bytes";
import { byteAt } from "../bytes/scan";
import { isBroken, peek, widthIn } from "./characters";
import { isKnownSeam } from "./seams";
import { childOf, isLeaf, isToken, Node, NO_NODE, rootOf, tokenOf } from "./trie";
import { MOST_TOKEN_BYTES, NO_TOKEN, Vocabulary } from "./vocabulary";

/**
 * Counts the tokens of a piece whose bytes come one by one, for every prefix of it: slower than merge.ts, and its meaning.
 *
 * Of the tokens that end where the piece ends so far, exactly one can stand behind the encoding of what is before it; that is the last
 * token of the encoding. Constant memory: of every place where a token that is still growing may have begun, it keeps
 *
 *     | node of the trie | last token before the place | tokens before the place |    u32 each, at most 129 places
 */
@final
export class PrefixCounter {
  /** How many tokens the bytes so far are. */
  count: i32 = 0;
  /** The last of them, or `NO_TOKEN`. */
  last: u32 = NO_TOKEN;
  private open: i32 = 0;
  private readonly places: StaticArray<u32> = new StaticArray<u32>((MOST_TOKEN_BYTES + 1) * PLACE);

  constructor(private readonly vocabulary: Vocabulary) {}

  /** Begins a new piece. */
  reset(): void {
    this.count = 0;
    this.last = NO_TOKEN;
    this.open = 0;
  }

  /** Becomes what `other` is; both are of one vocabulary. */
  copy(other: PrefixCounter): void {
    this.count = other.count;
    this.last = other.last;
    this.open = other.open;
    // Safe: both have the same length.
    memory.copy(changetype<usize>(this.places), changetype<usize>(other.places), (<usize>(other.open * PLACE)) << 2);
  }

  /** Takes the characters from `at` up to `to`, in a text that ends at `end`: returns where the next begins. What is not UTF-8 counts as U+FFFD. */
  pushText(base: Address, at: i32, to: i32, end: i32 = to): i32 {
    let i = at;
    while (i < to) {
      const character = peek(base, i, end);
      const next = i + widthIn(character);
      if (next > to) return i;
      if (isBroken(character)) {
        this.push(0xef);
        this.push(0xbf);
        this.push(0xbd);
      } else {
        for (let k = i; k < next; k++) this.push(byteAt(base, k));
      }
      i = next;
    }
    return i;
  }

  /** Takes the next byte. */
  push(byte: u32): void {
    const vocabulary = this.vocabulary;
    const trie = vocabulary.trie;
    const places = this.places;
    const end = this.open * PLACE;
    unchecked((places[end] = rootOf(trie)));
    unchecked((places[end + 1] = this.last));
    unchecked((places[end + 2] = this.count));
    // Should no token fit, which cannot be, the byte is one.
    let last = byte;
    let count = this.count + 1;
    let isFound = false;
    let kept = 0;
    for (let i = 0; i <= end; i += PLACE) {
      const node: Node = childOf(trie, unchecked(places[i]), byte);
      if (node == NO_NODE) continue;
      const before = unchecked(places[i + 1]);
      if (!isFound && isToken(node)) {
        const token = tokenOf(trie, node);
        if (before == NO_TOKEN || isKnownSeam(vocabulary, before, token)) {
          isFound = true;
          last = token;
          count = <i32>unchecked(places[i + 2]) + 1;
        }
      }
      if (isLeaf(node)) continue;
      unchecked((places[kept] = node));
      unchecked((places[kept + 1] = before));
      unchecked((places[kept + 2] = places[i + 2]));
      kept += PLACE;
    }
    // No token is longer than MOST_TOKEN_BYTES, so no more places stay open.
    this.open = kept / PLACE;
    this.last = last;
    this.count = count;
  }
}

const PLACE = 3;
