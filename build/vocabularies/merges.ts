import { type Tokens } from "./ranks.ts";

/** The two tokens that a token is merged from; for a single byte, itself twice, and so for one that merging does not reach. */
export interface Splits {
  /** The tokens that merging does not reach: they stand for a whole piece, or nowhere. */
  readonly unreached: readonly number[];
  readonly left: Uint32Array;
  readonly right: Uint32Array;
}

/** Tokens of one byte have the ranks below this. */
export const BYTE_TOKENS = 256;

/**
 * Finds what every token is merged from, by merging its bytes without the token itself.
 *
 * A pair of tokens can make another token's bytes without ever standing side by side, because its parts would have been merged in
 * another way before; so one split per token is all that merging ever does. A token that its own bytes are not merged to is merged nowhere, since nothing
 * outside of it has a part in how its bytes merge; `outOfOrder` are the exceptions. Throws if ids are not in the order of merging.
 */
export function splitsOf(tokens: Tokens): Splits {
  const ids = new Map(tokens.map((token, id) => [token, id]));
  if (ids.size !== tokens.length) throw new Error("two tokens have the same bytes");
  const left = new Uint32Array(tokens.length);
  const right = new Uint32Array(tokens.length);
  const unreached: number[] = [];
  tokens.forEach((token, id) => {
    if ((token.length === 1) !== id < BYTE_TOKENS) throw new Error(`token ${id} is not where single bytes are`);
    const parts = id < BYTE_TOKENS ? [id, id] : merge(token, id, ids);
    if (parts.length !== 2) {
      unreached.push(id);
      // Nothing is made of it, or following merges back in time would come to a token that is made of nothing.
      ids.delete(token);
    }
    [left[id], right[id]] = parts.length === 2 ? (parts as [number, number]) : [id, id];
  });
  return { left, right, unreached };
}

/**
 * The tokens that are merged from others of higher rank: where one of them is a part of a longer piece, what the reference does depends on more
 * than its neighbours, and the counting, which takes it for a whole piece only, can be a token off.
 */
export function outOfOrder(tokens: Tokens, { unreached }: Splits): string[] {
  const ids = new Map(tokens.map((token, id) => [token, id]));
  return unreached.map((id) => tokens[id] as string).filter((token) => merge(token, tokens.length, ids).length === 1);
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
