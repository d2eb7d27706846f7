/** Where the image begins in memory: as `IMAGE` in assembly/tokenizer/image.ts. */
export const IMAGE_AT = 1024;

/** The compiler's option `memoryBase` for a module that `embed` will put an image into: its own data begins behind the image. */
export function memoryBaseFor(image: Uint8Array): number {
  return Math.ceil((IMAGE_AT + image.length) / 65536) * 65536;
}

const DATA_COUNT_SECTION = 12;
const DATA_SECTION = 11;

/**
 * Puts the image into a module as its first data segment.
 *
 * The compiler takes seconds and a gigabyte for megabytes of literals; a section of a module is rewritten in milliseconds.
 * Source: WebAssembly Core Specification, 5.5 "Modules".
 */
export function embed(wasm: Uint8Array, image: Uint8Array): Buffer {
  const segment = Buffer.concat([...HEAD, unsigned(image.length), image]);
  let hasData = false;
  const out = mapSections(wasm, (id, content) => {
    const [count, rest] = readUnsigned(content, 0);
    hasData ||= id === DATA_SECTION;
    return [unsigned(count + 1), ...(id === DATA_SECTION ? [segment] : []), content.subarray(rest)];
  });
  if (!hasData) throw new Error("the module has no data section to put the image into");
  return out;
}

/** A module as it was before `embed`, for tools that read its code; a module without an image as it is. */
export function withoutImage(wasm: Uint8Array): Buffer {
  let length = 0;
  mapSections(wasm, (id, content) => {
    if (id === DATA_SECTION) length = imageLength(content);
    return [content];
  });
  if (length === 0) return Buffer.from(wasm);
  return mapSections(wasm, (id, content) => {
    const [count, rest] = readUnsigned(content, 0);
    return [unsigned(count - 1), content.subarray(id === DATA_SECTION ? rest + length : rest)];
  });
}

/** Active, in memory 0: i32.const IMAGE_AT, end; the length and the bytes follow. */
const HEAD = [Buffer.from([0, 0x41, ...signed(IMAGE_AT), 0x0b])];

/** Bytes of the segment that holds the image; 0 if the first segment is none. */
function imageLength(content: Buffer): number {
  const head = Buffer.concat(HEAD);
  const [, first] = readUnsigned(content, 0);
  if (!content.subarray(first, first + head.length).equals(head)) return 0;
  const [size, at] = readUnsigned(content, first + head.length);
  return content.subarray(at, at + 4).toString("latin1") === "WEIR" ? at + size - first : 0;
}

/** A module whose data section, and the section that says how many segments there are, hold what `change` makes of them. */
function mapSections(wasm: Uint8Array, change: (id: number, content: Buffer) => Uint8Array[]): Buffer {
  const source = Buffer.from(wasm);
  const out: Uint8Array[] = [source.subarray(0, 8)];
  for (let at = 8; at < source.length;) {
    const id = source[at] as number;
    const [size, body] = readUnsigned(source, at + 1);
    if (id === DATA_COUNT_SECTION || id === DATA_SECTION) {
      const content = Buffer.concat(change(id, source.subarray(body, body + size)));
      out.push(Buffer.from([id]), unsigned(content.length), content);
    } else {
      out.push(source.subarray(at, body + size));
    }
    at = body + size;
  }
  return Buffer.concat(out);
}

/** LEB128. */
function unsigned(value: number): Buffer {
  const bytes: number[] = [];
  for (; value >= 0x80; value = Math.floor(value / 128)) bytes.push((value % 128) | 0x80);
  return Buffer.from([...bytes, value]);
}

function signed(value: number): Buffer {
  const bytes: number[] = [];
  for (; value >= 0x40; value >>= 7) bytes.push((value & 0x7f) | 0x80);
  return Buffer.from([...bytes, value]);
}

function readUnsigned(from: Buffer, at: number): [value: number, end: number] {
  let value = 0;
  for (let shift = 1; ; shift *= 128) {
    const byte = from[at++] as number;
    value += (byte & 0x7f) * shift;
    if (byte < 0x80) return [value, at];
  }
}
