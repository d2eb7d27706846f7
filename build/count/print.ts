import { type Token } from "./module.ts";

/** Where a line of tokens is broken. */
const COLUMNS = 100;

/**
 * Tokens as lines to read: each between bars, with escapes for what cannot be seen; a line ends behind a token that ends one, and where it is
 * full. A token that is a part of a character is shown as its bytes.
 */
export function linesOf(tokens: readonly Token[]): string[] {
  const lines: string[] = [];
  let line = "";
  for (const { bytes } of tokens) {
    const shown = shownAs(bytes);
    if (line.length > 0 && line.length + shown.length > COLUMNS) {
      lines.push(line);
      line = "";
    }
    line += line === "" ? `|${shown}|` : `${shown}|`;
    if (bytes.includes(0x0a)) {
      lines.push(line);
      line = "";
    }
  }
  if (line !== "") lines.push(line);
  return lines;
}

const STRICT = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function shownAs(bytes: Buffer): string {
  let text: string;
  try {
    text = STRICT.decode(bytes);
  } catch {
    return [...bytes].map(byteAs).join("");
  }
  return visible(text);
}

/** A byte of a part of a character. */
function byteAs(byte: number): string {
  return byte < 0x80 ? visible(String.fromCharCode(byte)) : `<${byte.toString(16)}>`;
}

function visible(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\\|]/gu, escaped);
}

const NAMED: Record<string, string> = { "\n": "\\n", "\r": "\\r", "\t": "\\t", "\\": "\\\\", "|": "\\|" };

function escaped(character: string): string {
  const code = (character.codePointAt(0) as number).toString(16);
  return NAMED[character] ?? `\\u{${code}}`;
}
