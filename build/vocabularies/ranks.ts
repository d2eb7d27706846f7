import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { type Published } from "./registry.ts";

/** The tokens of a vocabulary: each as a string of its bytes, one character per byte; its index is its id and its rank. */
export type Tokens = readonly string[];

/** The file of the npm package `tiktoken` that holds a vocabulary. */
export function sourceOf({ name }: Published): string {
  return createRequire(import.meta.url).resolve(`tiktoken/encoders/${name}.json`);
}

/** Reads a vocabulary, and refuses one that differs by a byte from what its publisher published. */
export function readTokens(published: Published): Tokens {
  const { bpe_ranks: ranks } = JSON.parse(readFileSync(sourceOf(published), "utf8")) as { bpe_ranks: string };
  const hash = createHash("sha256");
  const tokens: string[] = [];
  // Each line: a name, the first rank, and from there on the tokens.
  for (const line of ranks.split("\n").filter((line) => line !== "")) {
    const [, first, ...encoded] = line.split(" ");
    encoded.forEach((token, i) => {
      const rank = Number(first) + i;
      hash.update(`${token} ${rank}\n`);
      tokens[rank] = Buffer.from(token, "base64").toString("latin1");
    });
  }
  if (hash.digest("hex") !== published.sha256) throw new Error(`${published.name} is not what was published`);
  return tokens;
}
