/**
 * The bytes that a token's characters stand for, one character each: GPT-2 wrote bytes that can be seen as themselves in Latin-1, and the others, in
 * order, as the characters from U+0100 on. Source: https://github.com/openai/gpt-2 (`src/encoder.py`)
 */
export function bytesOfCharacters(token: string): string {
  return [...token].map((character) => String.fromCharCode(BYTES.get(character) as number)).join("");
}

const isVisible = (byte: number): boolean =>
  (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xff && byte !== 0xad);

const ALL = Array.from({ length: 256 }, (_, byte) => byte);
const HIDDEN = ALL.filter((byte) => !isVisible(byte));

const BYTES = new Map<string, number>([
  ...ALL.filter(isVisible).map((byte): [string, number] => [String.fromCharCode(byte), byte]),
  ...HIDDEN.map((byte, i): [string, number] => [String.fromCharCode(0x100 + i), byte]),
]);
