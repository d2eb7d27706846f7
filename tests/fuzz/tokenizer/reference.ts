import { get_encoding, Tiktoken } from "tiktoken";
import { outOfOrder, splitsOf } from "../../../build/vocabularies/merges.ts";
import { readTokens, type Tokens } from "../../../build/vocabularies/ranks.ts";
import { OPTIONAL_VOCABULARIES } from "../../../build/vocabularies/registry.ts";
import { type EncodingName } from "./module";

/** As published with the model: https://github.com/meta-llama/llama3 (`llama/tokenizer.py`). */
const LLAMA3_PATTERN =
  "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";

/** How often a text has a token in it that may make its count a token too high: see `outOfOrder`. */
export function slackOf(encoding: EncodingName, text: string): number {
  if (encoding !== "llama3") return 0;
  const bytes = Buffer.from(text).toString("latin1");
  odd ??= outOfOrder(llama3(), splitsOf(llama3()));
  return odd.reduce((sum, token) => sum + bytes.split(token).length - 1, 0);
}

let odd: string[] | undefined;

/** The reference of an encoding: npm's tiktoken, with the vocabulary and the pattern of a publisher where it does not bring them. */
export function referenceOf(encoding: EncodingName): Tiktoken {
  if (encoding !== "llama3") return get_encoding(encoding);
  const tokens = llama3().map((token) => Buffer.from(token, "latin1").toString("base64"));
  return new Tiktoken(`! 0 ${tokens.join(" ")}`, {}, LLAMA3_PATTERN);
}

function llama3(): Tokens {
  const published = OPTIONAL_VOCABULARIES.find(({ name }) => name === "llama3");
  if (!published) throw new Error("llama3 is not published");
  return readTokens(published);
}
