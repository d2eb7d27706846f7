import { CHECKED } from "./build";

/** The head of a block: the next block of its arena, and its size. */
export const BLOCK_HEAD: usize = 16;

/** Fills freed memory in the checked build, and marks freed arenas and objects. */
export const DEAD: u32 = 0xdddddddd;

/** Freed blocks that the checked build keeps from being used again, so that stale addresses meet the poison. */
const QUARANTINE: u32 = 256;

/** A block of `size` bytes, its head written; the rest is whatever it was. */
export function takeBlock(size: usize): usize {
  const block = heap.alloc(size);
  store<usize>(block, 0);
  store<usize>(block, size, 4);
  return block;
}

/** Gives a block back, wiped: a stale address reads zeros, not another stream's bytes. The checked build poisons it. */
export function freeBlock(block: usize): void {
  if (CHECKED) return quarantine(block);
  // Safe: the head says how long the block is.
  memory.fill(block + BLOCK_HEAD, 0, load<usize>(block, 4) - BLOCK_HEAD);
  heap.free(block);
}

let freed: u32 = 0;

function quarantine(block: usize): void {
  memory.fill(block, 0xdd, load<usize>(block, 4));
  const slot = memory.data(QUARANTINE * 4) + ((freed++ % QUARANTINE) << 2);
  const oldest = load<usize>(slot);
  store<usize>(slot, block);
  if (oldest) heap.free(oldest);
}
