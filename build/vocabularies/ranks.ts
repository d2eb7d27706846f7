import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { bytesOfCharacters } from "./byte-characters.ts";
import { type Published } from "./registry.ts";

/** The tokens of a vocabulary: each as a string of its bytes, one character per byte; its index is its id and its rank. */
export type Tokens = readonly string[];

const require = createRequire(import.meta.url);

/** The file of an npm package that holds a vocabulary. */
export function sourceOf({ name, from }: Published): string {
  return from === "tiktoken"
    ? require.resolve(`tiktoken/encoders/${name}.json`)
    : require.resolve("llama3-tokenizer-js/bundle/commonjs-llama3-tokenizer-with-baked-data.cjs");
}

/** Reads a vocabulary, and refuses one that differs by a byte from what its publisher published. */
export function readTokens(published: Published): Tokens {
  const tokens = published.from === "tiktoken" ? readRanks(published) : readCharacters(published);
  const hash = createHash("sha256");
  tokens.forEach((token, rank) => hash.update(`${Buffer.from(token, "latin1").toString("base64")} ${rank}\n`));
  if (hash.digest("hex") !== published.sha256) throw new Error(`${published.name} is not what was published`);
  return tokens;
}

/** Of npm's tiktoken: each line has a name, the first rank, and from there on the tokens. */
function readRanks(published: Published): Tokens {
  const { bpe_ranks: ranks } = JSON.parse(readFileSync(sourceOf(published), "utf8")) as { bpe_ranks: string };
  const tokens: string[] = [];
  for (const line of ranks.split("\n").filter((line) => line !== "")) {
    const [, first, ...encoded] = line.split(" ");
    encoded.forEach((token, i) => (tokens[Number(first) + i] = Buffer.from(token, "base64").toString("latin1")));
  }
  return tokens;
}

/** Of a tokenizer that keeps its tokens as characters that stand for bytes, special ones behind the others. */
function readCharacters(published: Published): Tokens {
  const { llama3Tokenizer } = require(sourceOf(published)) as { llama3Tokenizer: { vocabById: string[] } };
  const { vocabById } = llama3Tokenizer;
  return vocabById.slice(0, vocabById.indexOf("<|begin_of_text|>")).map(bytesOfCharacters);
}
