import { Base64 } from "./image-size";

/** Bytes a second of compressed speech, where its format does not tell. */
const COMPRESSED_BYTES: i64 = 8000;
/** A token stands for so many milliseconds of what a user says: https://platform.openai.com/docs/guides/realtime-costs */
const TOKEN_MS: i64 = 100;
const HEADER_BYTES: i64 = 44;

/** Tokens of sound: a WAV file tells how many bytes a second has (RIFF, "fmt "); of other formats the length is estimated. */
export function audioTokens(sound: Base64): i64 {
  const isWav = sound.is(0, 0x52494646 /* RIFF */) && sound.is(8, 0x57415645 /* WAVE */);
  const perSecond = isWav ? <i64>sound.little32(28) : COMPRESSED_BYTES;
  const bytes = <i64>sound.length - (isWav ? HEADER_BYTES : 0);
  return perSecond > 0 && bytes > 0 ? (bytes * 1000) / perSecond / TOKEN_MS : 0;
}
