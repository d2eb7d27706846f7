import { BYTE_TOKENS, NO_TOKEN, Vocabulary } from "./vocabulary";

/**
 * Answers of `fitting` that were found before: `vocabulary + 1 | left 18 | token 18 | answer 18` in a u64, each in one place only.
 * What a text is about comes again, and runs of one character ask the same over and over.
 */
const ANSWERS = memory.data(8192 << 3, 64);
const ANSWER_BITS: u64 = 13;

/** The longest of `token` and the tokens it begins with that merging leaves behind `left`; `NO_TOKEN` if it leaves none. */
// @ts-ignore: decorator
@inline
export function fitting(vocabulary: Vocabulary, left: u32, token: u32): u32 {
  // 0 is in every place at first, and no question: vocabularies count from 1.
  const question = ((<u64>(vocabulary.index + 1)) << 36) | ((<u64>left) << 18) | (<u64>token);
  // Safe: the highest bits of the product are a place of the table.
  const at = ANSWERS + ((<usize>((question * 0x9e3779b97f4a7c15) >> (64 - ANSWER_BITS))) << 3);
  const known = load<u64>(at);
  if (known >> 18 == question) return (<u32>known) & NO_TOKEN;
  const answer = firstFitting(vocabulary, left, token);
  store<u64>(at, (question << 18) | (<u64>answer));
  return answer;
}

function firstFitting(vocabulary: Vocabulary, left: u32, token: u32): u32 {
  let candidate = token;
  while (candidate != NO_TOKEN && !isSeam(vocabulary, left, candidate)) {
    candidate = (<u32>(vocabulary.record(candidate) >> 36)) & NO_TOKEN;
  }
  return candidate;
}

/** Answers of `isSeam`: `vocabulary + 1 | left 18 | right 18 | answer 1` in a u64, each in one place only. A run asks for all pairs of its tokens. */
const SEAM_BITS: u64 = 14;
const SEAMS = memory.data(16384 << 3, 64);

/** As `isSeam`, of what was asked before from memory. */
// @ts-ignore: decorator
@inline
export function isKnownSeam(vocabulary: Vocabulary, left: u32, right: u32): bool {
  const question = ((<u64>(vocabulary.index + 1)) << 36) | ((<u64>left) << 18) | (<u64>right);
  // Safe: the highest bits of the product are a place of the table.
  const at = SEAMS + ((<usize>((question * 0x9e3779b97f4a7c15) >> (64 - SEAM_BITS))) << 3);
  const known = load<u64>(at);
  if (known >> 1 == question) return (known & 1) != 0;
  const answer = isSeam(vocabulary, left, right);
  store<u64>(at, (question << 1) | (answer ? 1 : 0));
  return answer;
}

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
    // Which of both is undone cannot be predicted: it is selected, not branched on.
    const isLeft = x > y;
    const later = max(x, y);
    const record = vocabulary.record(later);
    until = later + (isLeft ? 0 : 1);
    x = select<u32>((<u32>record) & NO_TOKEN, x, isLeft);
    y = select<u32>(y, (<u32>(record >> 18)) & NO_TOKEN, isLeft);
  }
  return false;
}
