import type { Readable } from "node:stream";
import { StringDecoder } from "node:string_decoder";

/** What was written so far, in order, and a way to wait for what comes. */
export class Journal<T> {
  readonly items: T[] = [];
  #waiting = new Set<() => void>();

  add(item: T): void {
    this.items.push(item);
    for (const wake of [...this.#waiting]) wake();
  }

  /** The first item, old or new, that `matches`; rejects after `seconds`, naming `what`. */
  async find(what: string, matches: (item: T) => boolean, seconds = 20): Promise<T> {
    const found = await this.atLeast(1, what, matches, seconds);
    return found[0] as T;
  }

  /** All items that `match` as soon as there are `count` of them. */
  atLeast(count: number, what: string, matches: (item: T) => boolean, seconds = 20): Promise<T[]> {
    return new Promise((resolve, reject) => {
      const check = (): void => {
        const found = this.items.filter(matches);
        if (found.length < count) return;
        finish();
        resolve(found);
      };
      const finish = (): void => {
        clearTimeout(timer);
        this.#waiting.delete(check);
      };
      const timer = setTimeout(() => {
        finish();
        const last = this.items.slice(-8).map((item) => (typeof item === "string" ? item : JSON.stringify(item)));
        const seen = this.items.filter(matches).length;
        reject(new Error(`Waited ${seconds} s for ${what} (${seen} of ${count}); last seen:\n${last.join("\n")}`));
      }, seconds * 1000);
      this.#waiting.add(check);
      check();
    });
  }
}

/** Calls `onLine` for each whole line of a stream, without the line's end. */
export class LineSplitter {
  #rest = "";

  constructor(stream: Readable, onLine: (line: string) => void) {
    const decoder = new StringDecoder("utf8");
    stream.on("data", (part: Buffer) => {
      const lines = (this.#rest + decoder.write(part)).split("\n");
      this.#rest = lines.pop() ?? "";
      for (const line of lines) onLine(line);
    });
    stream.on("end", () => {
      if (this.#rest !== "") onLine(this.#rest);
      this.#rest = "";
    });
  }
}
