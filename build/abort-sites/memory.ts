import { headOf, listsIn, type List } from "./tree.ts";

/** The module's constant data, for reading the strings that the compiler passes to the abort function. */
export class StaticMemory {
  private readonly segments: { at: number; bytes: Buffer }[] = [];

  constructor(module: List) {
    for (const data of listsIn(module).filter((list) => headOf(list) === "data")) {
      const offset = listsIn(data).find((list) => headOf(list) === "i32.const");
      const text = data.find((item) => typeof item === "string" && item.startsWith('"')) as string | undefined;
      if (offset && text !== undefined) this.segments.push({ at: Number(offset[1]), bytes: bytesOf(text) });
    }
  }

  /** The string object at `address`, whose length stands before it; empty if there is none. */
  string(address: number): string {
    const segment = this.segments.find(({ at, bytes }) => at <= address - 4 && address < at + bytes.length);
    if (!segment) return "";
    const from = address - segment.at;
    const length = segment.bytes.readUInt32LE(from - 4);
    // The compiler leaves out zeros at the end of a segment, so the last character may be half there.
    const padded = Buffer.alloc(length);
    segment.bytes.copy(padded, 0, from);
    return padded.toString("utf16le");
  }
}

/** The bytes of a string of the text format. */
function bytesOf(quoted: string): Buffer {
  const named: Record<string, string> = { t: "\t", n: "\n", r: "\r", '"': '"', "'": "'", "\\": "\\" };
  const text = quoted.slice(1, -1).replace(/\\([0-9a-fA-F]{2}|.)/g, (_, code: string) => {
    return code.length === 2 ? String.fromCharCode(parseInt(code, 16)) : (named[code] ?? code);
  });
  return Buffer.from(text, "latin1");
}
