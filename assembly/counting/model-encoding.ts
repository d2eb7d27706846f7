import { matchesAny } from "../bytes/glob";
import { Encoding } from "../tokenizer/encoding";

/** The names of `Encoding`, in its order. */
export const ENCODING_NAMES = ["o200k_base", "cl100k_base", "llama3"];

/** The models that are published to use o200k_base: https://github.com/openai/tiktoken (`model.py`) */
export const O200K_MODELS = [
  "gpt-4o*",
  "chatgpt-4o*",
  "gpt-4.1*",
  "gpt-4.5*",
  "gpt-5*",
  "gpt-oss*",
  "o1*",
  "o3*",
  "o4*",
];
/** The same for cl100k_base. */
export const CL100K_MODELS = ["gpt-4*", "gpt-3.5*", "text-embedding-*", "davinci-002", "babbage-002"];

/** The published encoding of a model; -1 if there is none. */
export function publishedEncoding(model: string): i32 {
  if (matchesAny(O200K_MODELS, model)) return Encoding.O200kBase;
  return matchesAny(CL100K_MODELS, model) ? Encoding.Cl100kBase : -1;
}
