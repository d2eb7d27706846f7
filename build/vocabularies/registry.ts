/** A vocabulary as its publisher gives it. */
export interface Published {
  readonly name: string;
  /** SHA-256 of the publisher's file: one line for each token, its bytes in base64, a space, its rank. */
  readonly sha256: string;
  /** Which pattern cuts text into pieces: a name of `Pattern` in assembly/tokenizer/pieces.ts. */
  readonly pattern: keyof typeof PATTERNS;
}

/** The patterns, by the numbers of `Pattern`. */
export const PATTERNS = { o200k: 0, cl100k: 1 } as const;

/** The vocabularies of the image, in the order of `Encoding` in assembly/tokenizer/encoding.ts. */
export const VOCABULARIES: readonly Published[] = [
  {
    name: "o200k_base",
    pattern: "o200k",
    sha256: "446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d",
  },
  {
    name: "cl100k_base",
    pattern: "cl100k",
    sha256: "223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7",
  },
];
