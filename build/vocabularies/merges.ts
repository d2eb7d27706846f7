import { type Tokens } from "./ranks.ts";

/** The two tokens that a token is merged from; for a single byte, itself twice. */
export interface Splits {
  readonly left: Uint32Array;
  readonly right: Uint32Array;
}

/** Tokens of one byte have the ranks below this. */
export const BYTE_TOKENS = 256;

/**
 * Finds what every token is merged from, by merging its bytes without the token itself.
 *
 * A pair of tokens can make another token's bytes without ever standing side by side, because its parts would have been merged in
 * another way before; so one split per token is all that merging ever does. Throws if the vocabulary has a token that merging does not
 * reach, which would break that, or ids that are not in the order of merging.
 */
export function splitsOf(tokens: Tokens): Splits {
  const ids = new Map(tokens.map((token, id) => [token, id]));
  if (ids.size !== tokens.length) throw new Error("two tokens have the same bytes");
  const left = new Uint32Array(tokens.length);
  const right = new Uint32Array(tokens.length);
  tokens.forEach((token, id) => {
    if ((token.length === 1) !== id < BYTE_TOKENS) throw new Error(`token ${id} is not where single bytes are`);
    const parts = id < BYTE_TOKENS ? [id, id] : merge(token, id, ids);
    if (parts.length !== 2) throw new Error(`token ${id} is made of ${parts.length} tokens`);
    [left[id], right[id]] = parts as [number, number];
  });
  return { left, right };
}

/** Merges `text`, lowest rank first and leftmost first among equals, with the ranks below `limit`: the definition of the encoding. */
export function merge(text: string, limit: number, ids: ReadonlyMap<string, number>): number[] {
  const parts = [...text];
  for (;;) {
    let best = limit;
    let at = -1;
    for (let i = 0; i + 1 < parts.length; i++) {
      const id = ids.get((parts[i] as string) + (parts[i + 1] as string)) ?? limit;
      if (id < best) [best, at] = [id, i];
    }
    if (at < 0) return parts.map((part) => ids.get(part) as number);
    parts.splice(at, 2, (parts[at] as string) + (parts[at + 1] as string));
  }
}
