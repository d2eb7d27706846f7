/** The encodings that the image has tables for, in its order. */
export enum Encoding {
  /** gpt-4o and later. */
  O200kBase,
  /** gpt-4, gpt-3.5-turbo, text-embedding-3. */
  Cl100kBase,
  /** Llama 3, 3.1, 3.2 and 3.3; only in a module that is built with all vocabularies. */
  Llama3,
}
