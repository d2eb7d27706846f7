import { Block, BLOCK_HEAD, contentOf, freeBlock, takeBlock } from "./blocks";
import { CHECKED, COLLECTED, COLLECT_EVERY } from "./build";
import { checkArena, checkBalance, checkDestruction, checkRelease, seal } from "./checks";

export { discard, hostBuffer, keep } from "./objects";

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
 * An arena is a list of blocks, and lies itself at the start of its first. The block that is being filled is at the head of the
 * list; blocks that hold one big object each are behind it.
 */
@unmanaged
export class Arena {
  blocks: Block;
  /** The free part of the block that is being filled: `[bump, end)`. */
  bump: usize;
  end: usize;
  /** Bytes of the next block; doubles up to `MAX_BLOCK`. */
  nextSize: usize;
  /** The longer-lived arena that objects in this one may point into; null for base alone. */
  parent: Arena | null;
  /** Bytes held. */
  used: usize;
  /** Bytes beyond which `isOver` is set; 0 is no bound. */
  budget: usize;
  /** Arenas whose parent this is. */
  children: i32;
  /** The next of the arenas that wait for the outermost callback's return. */
  nextDying: Arena | null;
  isOver: bool;
  isReleased: bool;
  isDying: bool;
}

/** Bytes of an arena's first block; with what TLSF adds, 4 KiB. */
const MIN_BLOCK: usize = 4080;
const MAX_BLOCK: usize = 65280;
/** Three quarters of the 1 GiB that Envoy gives a VM: what is left is for the streams that have begun. */
const DEFAULT_MEMORY_LIMIT: usize = 768 << 20;

// `@lazy`: these are made before the first thing that another file makes at start-up, whichever file comes first.
// @ts-ignore: decorator
@lazy
let held: usize = 0;
// @ts-ignore: decorator
@lazy
const base: Arena = createArena(null, MIN_BLOCK);
// @ts-ignore: decorator
@lazy
let call: Arena = createArena(base, MAX_BLOCK);
// @ts-ignore: decorator
@lazy
let current: Arena = base;

let depth: i32 = 0;
let dying: Arena | null = null;
let memoryLimit: usize = DEFAULT_MEMORY_LIMIT;

// ---- callbacks ---------------------------------------------------------------------------------------------------------------

/** A callback of the proxy starts; what it makes goes to the call arena. Give the result to `endCallback`. */
export function beginCallback(): Arena {
  if (CHECKED) seal();
  depth++;
  return enter(call);
}

/**
 * The callback returns. After the outermost one the call arena is emptied, and arenas released meanwhile are freed.
 *
 * Callbacks nest: a local reply runs the response callbacks, and perhaps the last ones of the stream, inside of the host call.
 */
export function endCallback(previous: Arena): void {
  if (CHECKED) checkBalance(current == call && depth > 0);
  current = previous;
  if (--depth > 0) return;
  if (COLLECTED) return collectSometimes();
  emptyCall();
  for (let arena = dying; arena; arena = dying) {
    dying = arena.nextDying;
    arena.isDying = false;
    // An arena may have been made inside of this one since: then the last of those takes this one along.
    if (arena.children == 0) destroy(arena);
  }
}

let callbacks: i32 = 0;

function collectSometimes(): void {
  if (COLLECT_EVERY > 0 && ++callbacks >= COLLECT_EVERY) {
    callbacks = 0;
    __collect();
  }
}

// ---- the arenas' lives -------------------------------------------------------------------------------------------------------

/** An arena inside of `parent`, which lives at least as long; null is base. `budgetBytes` 0 is no bound. */
export function newArena(parent: Arena | null, budgetBytes: usize): Arena {
  if (COLLECTED) return base;
  const outer = parent ? parent : base;
  if (CHECKED) checkArena(outer);
  const arena = createArena(outer, MIN_BLOCK);
  arena.budget = budgetBytes;
  return arena;
}

/** Frees an arena: not before the outermost callback has returned, and not before the last arena inside of it is gone. */
export function release(arena: Arena): void {
  if (COLLECTED) return;
  if (CHECKED) checkRelease(arena);
  if (arena.isReleased) return;
  arena.isReleased = true;
  if (arena.children > 0) return;
  if (depth == 0) return destroy(arena);
  arena.isDying = true;
  arena.nextDying = dying;
  dying = arena;
}

/** Makes `arena` current. Give the result to `leave`. */
export function enter(arena: Arena): Arena {
  if (CHECKED) checkArena(arena);
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

// ---- limits: nothing here aborts, all of them are asked ----------------------------------------------------------------------

/** Bytes that all arenas hold; in the collected build, all memory of the VM. */
export function bytesHeld(): usize {
  return COLLECTED ? (<usize>memory.size()) << 16 : held;
}

/** Whether an arena has held more than its budget, ever, or the call arena in this callback. Never in the collected build. */
export function isOverBudget(arena: Arena): bool {
  return arena.isOver || call.isOver;
}

/** The most bytes that the call arena should hold in one outermost callback; 0, as at the start, is no bound. */
export function setCallBudget(bytes: usize): void {
  call.budget = bytes;
}

/** Whether the VM as a whole is so full that nothing new should begin. */
export function isNearLimit(): bool {
  return bytesHeld() > memoryLimit;
}

/** Sets the bytes beyond which `isNearLimit`; 768 MiB at the start. */
export function setMemoryLimit(bytes: usize): void {
  memoryLimit = bytes;
}

/** Whether `size` more bytes would be over the budget of `arena`, or over the VM's limit. */
export function wouldExceed(arena: Arena, size: usize): bool {
  return (arena.budget > 0 && arena.used + size > arena.budget) || bytesHeld() + size > memoryLimit;
}

// ---- for the other files of this folder --------------------------------------------------------------------------------------

/** The arena that objects are made in. */
// @ts-ignore: decorator
@inline
export function currentArena(): Arena {
  return current;
}

/** The arena of start-up. */
// @ts-ignore: decorator
@inline
export function baseArena(): Arena {
  return base;
}

/** The arena of scratch. */
// @ts-ignore: decorator
@inline
export function callArena(): Arena {
  return call;
}

/** Room for `need` bytes, a multiple of 16, in the block that is being filled, or in a new one. */
export function bump(arena: Arena, need: usize): usize {
  if (arena.bump + need > arena.end) {
    const block = take(arena, arena.nextSize);
    const filled = arena.blocks;
    block.next = filled;
    filled.previous = block;
    arena.blocks = block;
    arena.bump = contentOf(block);
    arena.end = changetype<usize>(block) + block.size;
    arena.nextSize = min(arena.nextSize << 1, MAX_BLOCK);
  }
  const at = arena.bump;
  arena.bump = at + need;
  return at;
}

/** Whether `need` bytes that would get a block of their own had better not: scratch is given back in a moment anyway. */
// @ts-ignore: decorator
@inline
export function isScratch(arena: Arena, need: usize): bool {
  return arena == call && arena.bump + need <= arena.end;
}

/** Room for `need` bytes in a block of their own, second in the list. */
export function bumpOwnBlock(arena: Arena, need: usize): usize {
  const block = take(arena, BLOCK_HEAD + need);
  const first = arena.blocks;
  const third = first.next;
  block.previous = first;
  block.next = third;
  first.next = block;
  if (third) third.previous = block;
  return contentOf(block);
}

/** Frees a block that `bumpOwnBlock` made; such a block is never first. */
export function dropBlock(arena: Arena, block: Block): void {
  const previous = block.previous;
  const next = block.next;
  if (previous) previous.next = next;
  if (next) next.previous = previous;
  arena.used -= block.size;
  held -= block.size;
  freeBlock(block);
}

// ---- arenas and their blocks -------------------------------------------------------------------------------------------------

function take(arena: Arena, size: usize): Block {
  const block = takeBlock(size);
  arena.used += size;
  held += size;
  if (arena.budget > 0 && arena.used > arena.budget) arena.isOver = true;
  return block;
}

function createArena(parent: Arena | null, size: usize): Arena {
  const block = takeBlock(size);
  const arena = changetype<Arena>(contentOf(block));
  memory.fill(changetype<usize>(arena), 0, offsetof<Arena>());
  arena.blocks = block;
  arena.bump = firstOf(block);
  arena.end = changetype<usize>(block) + size;
  arena.nextSize = min(size << 1, MAX_BLOCK);
  arena.parent = parent;
  if (parent) parent.children++;
  arena.used = size;
  held += size;
  return arena;
}

/** Where the first object of an arena's first block begins. */
// @ts-ignore: decorator
@inline
function firstOf(block: Block): usize {
  return contentOf(block) + ((offsetof<Arena>() + 15) & ~15);
}

function destroy(arena: Arena): void {
  if (CHECKED) checkDestruction(arena);
  held -= arena.used;
  const parent = arena.parent;
  // The block that was being filled is the first of the list; what lies behind `bump` was never written.
  let filled: usize = arena.bump;
  for (let block: Block | null = arena.blocks; block;) {
    const next: Block | null = block.next;
    freeBlock(block, filled);
    filled = 0;
    block = next;
  }
  if (parent && --parent.children == 0 && parent.isReleased && !parent.isDying) destroy(parent);
}

/**
 * Empties the call arena, and keeps its first block: what a callback needs as scratch is mostly a chunk of a body and a changed one.
 * The first block is wiped as far as it was filled, so that a stale address reads zeros and not another stream's bytes.
 */
function emptyCall(): void {
  if (CHECKED) return renewCall();
  const own = changetype<Block>(changetype<usize>(call) - BLOCK_HEAD);
  const first = firstOf(own);
  const filled = call.blocks == own ? call.bump : changetype<usize>(own) + own.size;
  memory.fill(first, 0, filled - first);
  if (own.next || own.previous) dropOthers(own);
  call.bump = first;
  call.end = changetype<usize>(own) + own.size;
  call.isOver = false;
}

/** Frees all blocks of the call arena but the one that it lies in. */
function dropOthers(own: Block): void {
  for (let block: Block | null = call.blocks; block;) {
    const next: Block | null = block.next;
    if (block != own) freeBlock(block);
    block = next;
  }
  own.next = null;
  own.previous = null;
  call.blocks = own;
  held -= call.used - own.size;
  call.used = own.size;
}

/** The checked build makes a new one, so that the poison shows who keeps what is scratch. */
function renewCall(): void {
  const budget = call.budget;
  destroy(call);
  call = createArena(base, MAX_BLOCK);
  call.budget = budget;
}
