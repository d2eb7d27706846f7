/** A name and a value. */
export type Pair = [string, string];

/** A map as the ABI serialises it; throws if it is anything else. */
export function readPairs(bytes: Buffer): Pair[] {
  const count = bytes.readUInt32LE(0);
  let at = 4 + 8 * count;
  const next = (size: number): string => {
    const part = bytes.toString("utf8", at, at + size);
    if (bytes[at + size] !== 0) throw new Error("a part of a map does not end with a zero");
    at += size + 1;
    return part;
  };
  const pairs: Pair[] = [];
  for (let i = 0; i < count; i++)
    pairs.push([next(bytes.readUInt32LE(4 + 8 * i)), next(bytes.readUInt32LE(8 + 8 * i))]);
  if (at !== bytes.length) throw new Error("a map is longer than its parts");
  return pairs;
}

/** Pairs as the ABI serialises them. */
export function writePairs(pairs: Pair[]): Buffer {
  const parts = pairs.flat().map((text) => Buffer.from(text, "latin1"));
  const head = Buffer.alloc(4 + 4 * parts.length);
  head.writeUInt32LE(pairs.length, 0);
  parts.forEach((part, i) => head.writeUInt32LE(part.length, 4 + 4 * i));
  return Buffer.concat([head, ...parts.flatMap((part) => [part, Buffer.alloc(1)])]);
}
