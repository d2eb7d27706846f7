import { quoted } from "./errors";

/** JSON that is written member by member, compact; whoever shows it lays it out. */
export class JsonPrinter {
  private readonly parts: string[] = [];
  private needsComma: bool = false;

  /** Begins an object or a list, `{` or `[`. */
  open(bracket: string): void {
    this.separate();
    this.parts.push(bracket);
    this.needsComma = false;
  }

  close(bracket: string): void {
    this.parts.push(bracket);
    this.needsComma = true;
  }

  /** Begins a member; its value is to follow. */
  key(name: string): void {
    this.separate();
    this.parts.push(quoted(name) + ":");
    this.needsComma = false;
  }

  /** A member whose value is a string. */
  text(name: string, value: string): void {
    this.raw(name, quoted(value));
  }

  /** A member whose value is JSON already. */
  raw(name: string, json: string): void {
    this.key(name);
    this.parts.push(json);
    this.needsComma = true;
  }

  /** A member whose value is a list of strings. */
  words(name: string, words: string[]): void {
    const values = new Array<string>();
    for (let i = 0; i < words.length; i++) values.push(quoted(words[i]));
    this.raw(name, "[" + values.join(",") + "]");
  }

  toString(): string {
    return this.parts.join("");
  }

  private separate(): void {
    if (this.needsComma) this.parts.push(",");
  }
}
