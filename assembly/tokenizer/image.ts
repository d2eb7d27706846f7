/**
 * Where the tables stand: one image, written by build/vocabularies/image.ts, which the build puts at the beginning of the memory.
 *
 *     image + 0       "WEIR", bytes of the image, number of vocabularies, offset of each vocabulary's header: u32 each
 *     image + 256     the block of every 64 code points, u16 x 17,408
 *     image + 35,072  blocks of 64 classes, u8
 *     ...             the vocabularies
 */
const BUILT_IN: usize = 1024;

const MAGIC: u32 = 0x52494557;
const CLASS_INDEX: usize = 256;
const CLASS_BLOCKS: usize = 35072;

let image: usize = BUILT_IN;

/** Uses an image that stands elsewhere, as tests do: `at` is where its first byte is, and it stays there. */
export function useImage(at: usize): void {
  image = at;
}

/** How many vocabularies there are; 0 if the module was built without an image. */
export function vocabularyCount(): i32 {
  return load<u32>(image) == MAGIC ? load<i32>(image, 8) : 0;
}

/** The address of a vocabulary's header; `0 <= i < vocabularyCount()`. */
export function vocabularyAt(i: i32): usize {
  return imageAt(load<u32>(image + ((<usize>i) << 2), 12));
}

/** The address of what has this offset in the image. */
export function imageAt(offset: u32): usize {
  return image + <usize>offset;
}

/** The class of a code point, as a `CharClass`; `point` is at most 0x10ffff. */
// @ts-ignore: decorator
@inline
export function classOf(point: u32): u32 {
  // Safe: the index has an entry for every 64 code points up to 0x10ffff, and each names a whole block.
  const block = <usize>load<u16>(image + <usize>((point >> 6) << 1), CLASS_INDEX);
  return load<u8>(image + (block << 6) + <usize>(point & 63), CLASS_BLOCKS);
}
