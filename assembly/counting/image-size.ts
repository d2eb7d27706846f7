import { Bytes } from "../bytes/bytes";

/** An image's width and height in pixels; 0 and 0 where nobody can tell. */
@final
export class ImageSize {
  width: i32 = 0;
  height: i32 = 0;

  get isKnown(): bool {
    return this.width > 0 && this.height > 0;
  }
}

/** Bytes of an image that are looked at; the size of a JPEG may stand behind a preview of 64 KiB. */
export const MOST_HEADER_BYTES: i32 = 262144;

/**
 * The size that an image's own header tells: PNG (RFC 2083, 4.1.1), GIF (GIF89a, 18), JPEG (ITU-T T.81, B.2.2) and WebP (RFC 9649, 2).
 * Nothing of the image is decoded.
 */
export function imageSize(image: Base64): ImageSize {
  const size = new ImageSize();
  if (image.is(0, 0x89504e47)) {
    size.width = image.big32(16);
    size.height = image.big32(20);
  } else if (image.is(0, 0x47494638 /* GIF8 */)) {
    size.width = image.little16(6);
    size.height = image.little16(8);
  } else if (image.is(0, 0x52494646 /* RIFF */) && image.is(8, 0x57454250 /* WEBP */)) {
    readWebp(image, size);
  } else if (image.byte(0) == 0xff && image.byte(1) == 0xd8) {
    readJpeg(image, size);
  }
  return size;
}

function readWebp(image: Base64, size: ImageSize): void {
  if (image.is(12, 0x56503820 /* VP8 */)) {
    size.width = image.little16(26) & 0x3fff;
    size.height = image.little16(28) & 0x3fff;
  } else if (image.is(12, 0x5650384c /* VP8L */)) {
    const bits = (<u32>image.little16(21)) | ((<u32>image.little16(23)) << 16);
    size.width = <i32>(bits & 0x3fff) + 1;
    size.height = <i32>((bits >> 14) & 0x3fff) + 1;
  } else if (image.is(12, 0x56503858 /* VP8X */)) {
    size.width = image.little24(24) + 1;
    size.height = image.little24(27) + 1;
  }
}

/** Goes from segment to segment up to the one that begins a frame. */
function readJpeg(image: Base64, size: ImageSize): void {
  let at = 2;
  while (at + 9 < image.length) {
    if (image.byte(at) != 0xff) return;
    const marker = image.byte(at + 1);
    if (marker == 0xff) {
      at++;
      continue;
    }
    const isFrame = marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
    if (isFrame) {
      size.height = (image.byte(at + 5) << 8) | image.byte(at + 6);
      size.width = (image.byte(at + 7) << 8) | image.byte(at + 8);
      return;
    }
    const isAlone = marker == 0x01 || (marker >= 0xd0 && marker <= 0xd8);
    if (marker == 0xd9 || marker == 0xda) return;
    at += isAlone ? 2 : 2 + ((image.byte(at + 2) << 8) | image.byte(at + 3));
  }
}

/** Bytes written in base64 (RFC 4648, 4 and 5), each decoded when it is asked for. */
@final
export class Base64 {
  /** How many bytes there are; an upper bound where there is padding. */
  readonly length: i32;

  /** `[at, end)` of `text`. */
  constructor(
    private readonly text: Bytes,
    private readonly at: i32,
    private readonly end: i32,
  ) {
    this.length = <i32>((<i64>(end - at) * 3) / 4);
  }

  /** Byte `i`; 0 beyond the end, and for what is not base64. */
  byte(i: i32): i32 {
    if (i < 0 || i >= this.length) return 0;
    const group = this.at + (i / 3) * 4;
    const within = i % 3;
    const high = this.digit(group + within);
    const low = this.digit(group + within + 1);
    return ((high << (2 + 2 * within)) | (low >> (4 - 2 * within))) & 0xff;
  }

  little16(i: i32): i32 {
    return this.byte(i) | (this.byte(i + 1) << 8);
  }

  little24(i: i32): i32 {
    return this.little16(i) | (this.byte(i + 2) << 16);
  }

  little32(i: i32): u32 {
    return (<u32>this.little24(i)) | ((<u32>this.byte(i + 3)) << 24);
  }

  big32(i: i32): i32 {
    return (this.byte(i) << 24) | (this.byte(i + 1) << 16) | (this.byte(i + 2) << 8) | this.byte(i + 3);
  }

  /** Whether four bytes from `i` on are those of `word`, the first in its highest bits. */
  is(i: i32, word: u32): bool {
    return <u32>this.big32(i) == word;
  }

  private digit(i: i32): i32 {
    if (i >= this.end) return 0;
    const c = <i32>this.text[i];
    if (c >= 0x41 && c <= 0x5a) return c - 0x41;
    if (c >= 0x61 && c <= 0x7a) return c - 0x61 + 26;
    if (c >= 0x30 && c <= 0x39) return c - 0x30 + 52;
    if (c == 0x2b || c == 0x2d) return 62;
    return c == 0x2f || c == 0x5f ? 63 : 0;
  }
}
