import { BYTE_TOKENS, NO_TOKEN, Vocabulary } from "./vocabulary";

/**
 * Whether merging leaves `left` and `right` side by side where their bytes meet: whether the bytes of both, encoded, are these two tokens.
 *
 * A sequence of tokens is what merging makes of a text if, and only if, this holds for every two neighbours; so text can be encoded from
 * left to right, without merging anything. Followed is what stood left and right of the seam, back in time: the token with the
 * higher id was made later, at the moment of its id. While two tokens stood there, a merge of both would have come first if its own id was lower;
 * if it was the same as that of the right one's, too, since merges of one id are made from left to right.
 */
export function isSeam(vocabulary: Vocabulary, left: u32, right: u32): bool {
  let x = left;
  let y = right;
  // Above every id: at first any merge of both.
  let until = NO_TOKEN;
  while (vocabulary.merged(x, y) >= until) {
    if (max(x, y) < BYTE_TOKENS) return true;
    if (x > y) {
      until = x;
      x = (<u32>vocabulary.record(x)) & NO_TOKEN;
    } else {
      until = y + 1;
      y = (<u32>(vocabulary.record(y) >> 18)) & NO_TOKEN;
    }
  }
  return false;
}
