import { OBJECT, TOTAL_OVERHEAD } from "rt/common";
import { Arena, baseArena, bump, bumpOwnBlock, currentArena, dropBlock, isScratch, wouldExceed } from "./arena";
import { Block, BLOCK_HEAD } from "./blocks";
import { CHECKED, COLLECTED } from "./build";
import { checkAllocation, checkArena, checkLife } from "./checks";

// Objects in arenas.
//
//     arena: 4 | own block?: 4 | class id: 4 | size: 4 | content, aligned to 16 ...
//
// The head takes the places of the compiler's own `gcInfo`, `gcInfo2`, `rtId` and `rtSize`. An object keeps its place until its
// arena goes, unless it grows (`__renew`) or is discarded.

/** Bytes of an object's head in its arena. */
const OBJECT_HEAD: usize = 16;
/** A larger object, head included, gets a block of its own, which can be given back early; not in the call arena, if it fits. */
const BIG: usize = 2048;
/** A host buffer up to this size is never refused: a header that could not be read would look like one that is not there. */
const SMALL_HOST_BUFFER: usize = 64 << 10;
/** A host buffer beyond this is always refused. */
const MAX_HOST_BUFFER: usize = 1 << 28;
/** The largest "arena" that is none: 0 marks static data, 3 the arrays behind template strings. */
const STATIC: u32 = 3;

/** The head of the object at `ptr`. */
// @ts-ignore: decorator
@inline
export function header(ptr: usize): OBJECT {
  return changetype<OBJECT>(ptr - TOTAL_OVERHEAD);
}

// @ts-ignore: decorator
@inline
function align(size: usize): usize {
  return (size + 15) & ~15;
}

// ---- for everybody, by way of arena.ts ---------------------------------------------------------------------------------------

/**
 * A string or ArrayBuffer that lives as long as `arena`: a copy in it, or `value` itself if that lives so long already. This is how
 * what is made in a call outlives it.
 */
export function keep<T>(value: T, arena: Arena): T {
  if (!isString<T>() && idof<T>() != idof<ArrayBuffer>()) ERROR("keep() takes a string or an ArrayBuffer");
  if (COLLECTED) return value;
  const from = changetype<usize>(value);
  if (!from) return value;
  const owner = header(from).gcInfo;
  if (CHECKED) checkArena(arena);
  if (CHECKED) checkLife(from);
  if (owner <= STATIC || livesAsLongAs(owner, arena)) return value;
  const size = <usize>header(from).rtSize;
  const copy = make(arena, size, header(from).rtId);
  // Safe: both objects are `size` bytes long.
  memory.copy(copy, from, size);
  return changetype<T>(copy);
}

/**
 * Memory for the host to write into, an ArrayBuffer in the current arena. 0, which fails the host call, if it is over 64 KiB and
 * over a budget or the VM's limit; the arena then says that it is over budget.
 */
export function hostBuffer(sizeBytes: usize): usize {
  if (COLLECTED) return sizeBytes > MAX_HOST_BUFFER ? 0 : __new(sizeBytes, idof<ArrayBuffer>());
  const arena = currentArena();
  if (sizeBytes > MAX_HOST_BUFFER || (sizeBytes > SMALL_HOST_BUFFER && wouldExceed(arena, sizeBytes))) {
    arena.isOver = true;
    return 0;
  }
  if (CHECKED) checkAllocation();
  // Not zeroed: the host writes all of it, and what was freed is wiped.
  return make(arena, sizeBytes, idof<ArrayBuffer>());
}

/** Frees a big ArrayBuffer before its arena goes; nothing may use it any more. A small one stays until then. */
export function discard(buffer: ArrayBuffer): void {
  if (COLLECTED) return;
  const ptr = changetype<usize>(buffer);
  if (CHECKED) checkLife(ptr);
  const object = header(ptr);
  if (object.gcInfo <= STATIC || !object.gcInfo2) return;
  dropBlock(changetype<Arena>(<usize>object.gcInfo), ownBlock(ptr));
}

// ---- for the runtime ---------------------------------------------------------------------------------------------------------

/** An object of `size` bytes, zeroed, in the current arena. */
export function allocate(size: usize, id: u32): usize {
  if (CHECKED) checkAllocation();
  const ptr = make(currentArena(), size, id);
  // std leaves zeroing to a runtime that it believes to be incremental.
  memory.fill(ptr, 0, size);
  return ptr;
}

/** Resizes an object in its own arena, whichever is current; returns where it is now. What is new is zeroed. */
export function reallocate(ptr: usize, size: usize): usize {
  if (CHECKED) checkLife(ptr);
  const object = header(ptr);
  const old = <usize>object.rtSize;
  const arena = object.gcInfo > STATIC ? changetype<Arena>(<usize>object.gcInfo) : baseArena();
  let to = ptr;
  if (align(size) <= align(old)) {
    object.rtSize = <u32>size;
  } else if (!CHECKED && ptr + align(old) == arena.bump && ptr + align(size) <= arena.end) {
    // The newest object of its block grows in place; the checked build moves it, so that stale addresses show.
    arena.bump = ptr + align(size);
    object.rtSize = <u32>size;
  } else {
    to = make(arena, size, object.rtId);
    // Safe: the new object is longer.
    memory.copy(to, ptr, old);
    if (object.gcInfo > STATIC && object.gcInfo2) dropBlock(arena, ownBlock(ptr));
  }
  if (size > old) memory.fill(to + old, 0, size - old);
  return to;
}

// ---- for the checks ----------------------------------------------------------------------------------------------------------

/** Whether what belongs to `owner` lives at least as long as `arena`: whether it is that arena, or one that holds it. */
export function livesAsLongAs(owner: u32, arena: Arena): bool {
  for (let at: Arena | null = arena; at; at = at.parent) {
    if (<u32>changetype<usize>(at) == owner) return true;
  }
  return false;
}

// ------------------------------------------------------------------------------------------------------------------------------

/** An object whose content is not zeroed. */
function make(arena: Arena, size: usize, id: u32): usize {
  const need = OBJECT_HEAD + align(size);
  const hasOwnBlock = need > BIG && !isScratch(arena, need);
  const ptr = OBJECT_HEAD + (hasOwnBlock ? bumpOwnBlock(arena, need) : bump(arena, need));
  const object = header(ptr);
  object.gcInfo = <u32>changetype<usize>(arena);
  object.gcInfo2 = u32(hasOwnBlock);
  object.rtId = id;
  object.rtSize = <u32>size;
  return ptr;
}

// @ts-ignore: decorator
@inline
function ownBlock(ptr: usize): Block {
  return changetype<Block>(ptr - OBJECT_HEAD - BLOCK_HEAD);
}
