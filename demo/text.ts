/**
 * The demo provider's tokens: a run of letters and digits, or any other single character, each with the white space
 * before it. White space at the end is a token too. This is no tokenizer of a real model, which counts fewer or more;
 * what matters is that the provider always counts the same way, in its usage and in `max_tokens`.
 */
export function tokensOf(text: string): string[] {
  return text.match(/\s*[\p{L}\p{N}]+|\s*[^\s\p{L}\p{N}]|\s+$/gu) ?? [];
}

const words = (
  "the water of a river finds its own level and keeps it while we measure what flows over the edge every hour of " +
  "day or night so that nobody down in the valley goes without because somebody further up took more than agreed"
).split(" ");

/** The first `count` tokens of the text that belongs to `seed`; each is `bytes` long if that is given. */
export function writeTokens(seed: string, count: number, bytes: number | null): string[] {
  const random = randomFrom(seed);
  const tokens: string[] = [];
  let sentence = 0;
  for (let i = 0; i < count; i++) {
    if (bytes !== null) {
      tokens.push(sized(i, bytes));
    } else if (sentence > 5 && random() < 0.2) {
      tokens.push(".");
      sentence = 0;
    } else {
      const word = words[Math.floor(random() * words.length)] ?? "water";
      const first = sentence === 0 ? word.charAt(0).toUpperCase() + word.slice(1) : word;
      tokens.push(i === 0 ? first : ` ${first}`);
      sentence++;
    }
  }
  return tokens;
}

/** How long an answer is that nobody set a length for: 12 to 43 tokens. */
export function usualLength(seed: string): number {
  return 12 + (hash(seed) % 32);
}

/** A 32-bit FNV-1a hash of the text's UTF-16 units. */
export function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  return value >>> 0;
}

function sized(index: number, bytes: number): string {
  if (bytes < 2) return "w".repeat(bytes);
  return ` ${String.fromCharCode(97 + (index % 26)).repeat(bytes - 1)}`;
}

/** Numbers in [0, 1) by xorshift32; the same seed gives the same numbers. */
function randomFrom(seed: string): () => number {
  let state = hash(seed) || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 0x1_0000_0000;
  };
}
