import { CHECKED } from "./build";

/**
 * A piece of memory from TLSF, in the list of one arena.
 *
 *     next: 4 | previous: 4 | size: 4 | unused: 4 | content, aligned to 16 ...
 *
 * `size` counts the head. TLSF puts 4 bytes before a block and rounds up to 16.
 */
@unmanaged
export class Block {
  next: Block | null;
  previous: Block | null;
  size: usize;
  unused: usize;
}

/** Bytes of a block's head. */
export const BLOCK_HEAD: usize = 16;

/** What freed memory is filled with in the checked build, and so what marks a freed arena or object there. */
export const DEAD: u32 = 0xdddddddd;

/** Freed blocks that the checked build keeps from being used again, so that stale addresses meet the poison. */
const QUARANTINE: u32 = 256;

/** A block of `size` bytes in no list; its content is whatever it was. Traps if the VM has no memory left: see README.md. */
export function takeBlock(size: usize): Block {
  const block = changetype<Block>(heap.alloc(size));
  block.next = null;
  block.previous = null;
  block.size = size;
  return block;
}

/** Where the content of a block begins. */
// @ts-ignore: decorator
@inline
export function contentOf(block: Block): usize {
  return changetype<usize>(block) + BLOCK_HEAD;
}

/**
 * Gives a block back, wiped: a stale address reads zeros, not another stream's bytes. The checked build poisons it. `filled` is the
 * address behind the last byte that was written; 0 if that is not known.
 */
export function freeBlock(block: Block, filled: usize = 0): void {
  if (CHECKED) return quarantine(block);
  const from = contentOf(block);
  const end = filled > 0 ? filled : changetype<usize>(block) + block.size;
  // Safe: the head says how long the block is, and `filled` lies in it.
  memory.fill(from, 0, end - from);
  heap.free(changetype<usize>(block));
}

let freed: u32 = 0;

function quarantine(block: Block): void {
  memory.fill(changetype<usize>(block), <u8>DEAD, block.size);
  const slot = memory.data(QUARANTINE * sizeof<usize>()) + (freed++ % QUARANTINE) * sizeof<usize>();
  const oldest = load<usize>(slot);
  store<usize>(slot, changetype<usize>(block));
  if (oldest) heap.free(oldest);
}
