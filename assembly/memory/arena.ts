import { OBJECT, TOTAL_OVERHEAD } from "rt/common";
import { checkAllocation, checkDestruction, checkRelease, seal } from "./checks";
import { CHECKED, COLLECTED } from "./build";
import { BLOCK_HEAD, freeBlock, takeBlock } from "./blocks";

/**
 * Memory without a collector. Every object belongs to the arena that was current when it was made, and dies with it.
 *
 *     base    module start-up and constants; never freed
 *     plugin  one root context; its parent is base
 *     stream  one HTTP stream; its parent is its plugin's arena
 *     call    scratch, one in all; emptied when the outermost callback returns
 *
 * An object may point to its own arena and to longer-lived ones: call -> any, stream -> its plugin -> base. The checked build
 * asserts that at every store of a reference; the release build wipes what it frees; in the collected build arenas mean nothing.
 *
 * An arena is a list of blocks from TLSF, and lies itself at the start of its first:
 *
 *     block   | next block: 4 | size: 4 | unused: 8 | content ...
 *     object  | arena: 4 | own block?: 4 | class id: 4 | size: 4 | content, aligned to 16 ...
 *
 * The object's head takes the places of the compiler's own `gcInfo`, `gcInfo2`, `rtId` and `rtSize`.
 */
@unmanaged
export class Arena {
  /** All blocks, the one that is filled first. */
  blocks: usize;
  /** The free part of the first block: `[bump, end)`. */
  bump: usize;
  end: usize;
  /** Bytes of the next block; doubles up to `MAX_BLOCK`. */
  nextSize: usize;
  /** The longer-lived arena that this one may point at. */
  parent: Arena | null;
  /** Bytes held. */
  used: usize;
  /** Bytes beyond which `isOver` is set; 0 is no bound. */
  budget: usize;
  isOver: bool;
  isReleased: bool;
  /** Arenas whose parent this is. */
  children: i32;
  /** Next in the list of arenas that wait for the outermost callback. */
  dying: Arena | null;
}

/** The smallest block: TLSF adds its own head and rounds up to 16. */
const MIN_BLOCK: usize = 4080;
const MAX_BLOCK: usize = 65280;
/** A larger object gets a block of its own, which can be given back early. */
const BIG: usize = 2048;
/** The head of an object. */
const OBJECT_HEAD: usize = 16;
/** What the compiler writes in the place of the arena for static data (0) and for the arrays behind template strings (3). */
const STATIC: u32 = 3;
/** Host buffers beyond this are refused. */
const MAX_HOST_BUFFER: usize = 1 << 28;
/** Bytes that all arenas together may hold before new streams are refused: three quarters of Envoy's 1 GiB for one VM. */
const VM_LIMIT: usize = 768 << 20;

/** Bytes that all arenas hold. */
export let bytesHeld: usize = 0;

let depth: i32 = 0;
let dying: Arena | null = null;
const base: Arena = createArena(null, MIN_BLOCK);
let call: Arena = createArena(base, MAX_BLOCK);
let current: Arena = base;

// ---- for the code that dispatches callbacks ----------------------------------------------------------------------------------

/** A callback of the proxy starts; what it makes goes to the call arena. Give the result to `endCallback`. */
export function beginCallback(): Arena {
  if (CHECKED) seal();
  depth++;
  return enter(call);
}

/** The callback returns. After the outermost one the call arena is emptied, and arenas released meanwhile are freed. */
export function endCallback(previous: Arena): void {
  current = previous;
  if (--depth > 0) return;
  if (COLLECTED) return collectSometimes();
  emptyCall();
  for (let arena = dying; arena; arena = dying) {
    dying = arena.dying;
    destroy(arena);
  }
}

/** An arena inside of `parent`, which lives at least as long; null is base. Over `budget` bytes (0: none) it says so. */
export function newArena(parent: Arena | null, budget: usize): Arena {
  if (COLLECTED) return base;
  const arena = createArena(parent ? parent : base, MIN_BLOCK);
  arena.budget = budget;
  return arena;
}

/** Frees an arena: not before the outermost callback has returned, and not before the last arena inside of it is gone. */
export function release(arena: Arena): void {
  if (COLLECTED) return;
  if (CHECKED) checkRelease(arena);
  arena.isReleased = true;
  if (arena.children > 0) return;
  if (depth == 0) return destroy(arena);
  arena.dying = dying;
  dying = arena;
}

/** Memory for the host to write into, an ArrayBuffer; 0, which fails the host call, when that is too much. */
export function hostBuffer(size: usize): usize {
  if (COLLECTED) return size < MAX_HOST_BUFFER ? __new(size, idof<ArrayBuffer>()) : 0;
  const arena = current;
  if (size >= MAX_HOST_BUFFER || (arena.budget > 0 && arena.used + size > arena.budget)) {
    arena.isOver = true;
    return 0;
  }
  return allocate(size, idof<ArrayBuffer>());
}

/** Whether an arena has held more than its budget, ever. */
export function isOverBudget(arena: Arena): bool {
  return arena.isOver;
}

/** Whether the VM as a whole is so full that nothing new should begin. */
export function isNearLimit(): bool {
  return bytesHeld > VM_LIMIT;
}

// ---- for everybody -----------------------------------------------------------------------------------------------------------

/** Makes `arena` current. Give the result to `leave`. */
export function enter(arena: Arena): Arena {
  const previous = current;
  current = arena;
  return previous;
}

/** Makes the call arena current, for scratch. Give the result to `leave`. */
export function enterCall(): Arena {
  return enter(call);
}

/** Makes the arena current again that was so before. */
export function leave(previous: Arena): void {
  current = previous;
}

/** A copy of a string or ArrayBuffer in `arena`: how what is made in a call outlives it. */
export function keep<T>(value: T, arena: Arena): T {
  if (!isString<T>() && idof<T>() != idof<ArrayBuffer>()) ERROR("keep() takes a string or an ArrayBuffer");
  if (COLLECTED) return value;
  const from = changetype<usize>(value);
  if (!from || !header(from).gcInfo) return value; // null, or static data
  const size = <usize>header(from).rtSize;
  const copy = allocateIn(arena, size, header(from).rtId);
  // Safe: both objects are `size` bytes long.
  memory.copy(copy, from, size);
  return changetype<T>(copy);
}

/** Frees a big ArrayBuffer before its arena goes; nothing may use it any more. A small one stays until then. */
export function discard(buffer: ArrayBuffer): void {
  if (COLLECTED) return;
  const object = header(changetype<usize>(buffer));
  if (object.gcInfo <= STATIC || !object.gcInfo2) return;
  dropBlock(changetype<Arena>(<usize>object.gcInfo), changetype<usize>(buffer) - OBJECT_HEAD - BLOCK_HEAD);
}

// ---- the allocator -----------------------------------------------------------------------------------------------------------

/** The head of an object. */
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

/** An object of `size` bytes, zeroed, in the current arena. */
export function allocate(size: usize, id: u32): usize {
  if (CHECKED) checkAllocation(current == base);
  return allocateIn(current, size, id);
}

function allocateIn(arena: Arena, size: usize, id: u32): usize {
  const need = OBJECT_HEAD + align(size);
  const hasOwnBlock = need > BIG;
  const at = hasOwnBlock ? takeOwnBlock(arena, need) : bump(arena, need);
  const ptr = at + OBJECT_HEAD;
  const object = header(ptr);
  object.gcInfo = <u32>changetype<usize>(arena);
  object.gcInfo2 = u32(hasOwnBlock);
  object.rtId = id;
  object.rtSize = <u32>size;
  // std leaves zeroing to a runtime that it believes to be incremental.
  memory.fill(ptr, 0, size);
  return ptr;
}

function bump(arena: Arena, need: usize): usize {
  if (arena.bump + need > arena.end) {
    const size = arena.nextSize;
    const block = take(arena, size);
    store<usize>(block, arena.blocks);
    arena.blocks = block;
    arena.bump = block + BLOCK_HEAD;
    arena.end = block + size;
    arena.nextSize = min(size << 1, MAX_BLOCK);
  }
  const at = arena.bump;
  arena.bump = at + need;
  return at;
}

/** A block for one object, second in the list: the block that is filled stays first. */
function takeOwnBlock(arena: Arena, need: usize): usize {
  const block = take(arena, BLOCK_HEAD + need);
  store<usize>(block, load<usize>(arena.blocks));
  store<usize>(arena.blocks, block);
  return block + BLOCK_HEAD;
}

/** Resizes an object in its own arena, whichever is current; returns where it is now. */
export function reallocate(ptr: usize, size: usize): usize {
  const object = header(ptr);
  const old = <usize>object.rtSize;
  const arena = object.gcInfo > STATIC ? changetype<Arena>(<usize>object.gcInfo) : base;
  let to = ptr;
  if (align(size) <= align(old)) {
    object.rtSize = <u32>size;
  } else if (!CHECKED && ptr + align(old) == arena.bump && ptr + align(size) <= arena.end) {
    // The newest object of its block grows in place; the checked build moves it, so that stale addresses show.
    arena.bump = ptr + align(size);
    object.rtSize = <u32>size;
  } else {
    to = allocateIn(arena, size, object.rtId);
    // Safe: the new object is longer.
    memory.copy(to, ptr, old);
    if (object.gcInfo > STATIC && object.gcInfo2) dropBlock(arena, ptr - OBJECT_HEAD - BLOCK_HEAD);
  }
  if (size > old) memory.fill(to + old, 0, size - old);
  return to;
}

// ---- arenas and their blocks -------------------------------------------------------------------------------------------------

function createArena(parent: Arena | null, size: usize): Arena {
  const block = takeBlock(size);
  const first = BLOCK_HEAD + align(offsetof<Arena>());
  const arena = changetype<Arena>(block + BLOCK_HEAD);
  memory.fill(changetype<usize>(arena), 0, offsetof<Arena>());
  arena.blocks = block;
  arena.bump = block + first;
  arena.end = block + size;
  arena.nextSize = min(size << 1, MAX_BLOCK);
  arena.parent = parent;
  if (parent) parent.children++;
  arena.used = size;
  bytesHeld += size;
  return arena;
}

function take(arena: Arena, size: usize): usize {
  const block = takeBlock(size);
  arena.used += size;
  bytesHeld += size;
  if (arena.budget > 0 && arena.used > arena.budget) arena.isOver = true;
  return block;
}

function destroy(arena: Arena): void {
  if (CHECKED) checkDestruction(arena);
  bytesHeld -= arena.used;
  const parent = arena.parent;
  for (let block = arena.blocks; block; ) {
    const next = load<usize>(block);
    freeBlock(block);
    block = next;
  }
  if (parent && --parent.children == 0 && parent.isReleased) destroy(parent);
}

/** Takes an object's own block out of its arena's list and frees it. */
function dropBlock(arena: Arena, block: usize): void {
  let at = arena.blocks;
  while (load<usize>(at) != block) at = load<usize>(at);
  store<usize>(at, load<usize>(block));
  const size = load<usize>(block, 4);
  arena.used -= size;
  bytesHeld -= size;
  freeBlock(block);
}

/** Empties the call arena: in place if it never outgrew its first block. */
function emptyCall(): void {
  const first = changetype<usize>(call) - BLOCK_HEAD;
  if (CHECKED || call.isOver || call.blocks != first || load<usize>(first)) {
    destroy(call);
    call = createArena(base, MAX_BLOCK);
    return;
  }
  const start = first + BLOCK_HEAD + align(offsetof<Arena>());
  // Wiped, so that a stale address reads zeros and not another stream's bytes.
  memory.fill(start, 0, call.bump - start);
  call.bump = start;
}

// ---- the collected build -----------------------------------------------------------------------------------------------------

/** Outermost callbacks between two collections: each one costs in proportion to what lives. */
const COLLECT_EVERY: i32 = 16;
let callbacks: i32 = 0;

function collectSometimes(): void {
  if (++callbacks % COLLECT_EVERY == 0) __collect();
}

/** Whether `arena` is the call arena, for the checks. */
export function isCall(arena: u32): bool {
  return arena == <u32>changetype<usize>(call);
}

/** Whether `arena` is base, for the checks. */
export function isBase(arena: u32): bool {
  return arena == <u32>changetype<usize>(base);
}

/** Whether `arena` is current, for the checks. */
export function isCurrent(arena: u32): bool {
  return arena == <u32>changetype<usize>(current);
}
