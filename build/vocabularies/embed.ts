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
  const source = Buffer.from(wasm);
  const out: Uint8Array[] = [source.subarray(0, 8)];
  // Active, in memory 0: i32.const IMAGE_AT, end, and the bytes.
  const segment = Buffer.concat([Buffer.from([0, 0x41, ...signed(IMAGE_AT), 0x0b]), unsigned(image.length), image]);
  let hasData = false;
  for (let at = 8; at < source.length;) {
    const id = source[at] as number;
    const [size, body] = readUnsigned(source, at + 1);
    if (id === DATA_SECTION || id === DATA_COUNT_SECTION) {
      const [count, rest] = readUnsigned(source, body);
      const parts = [
        unsigned(count + 1),
        ...(id === DATA_SECTION ? [segment] : []),
        source.subarray(rest, body + size),
      ];
      const content = Buffer.concat(parts);
      out.push(Buffer.from([id]), unsigned(content.length), content);
      hasData ||= id === DATA_SECTION;
    } else {
      out.push(source.subarray(at, body + size));
    }
    at = body + size;
  }
  if (!hasData) throw new Error("the module has no data section to put the image into");
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
