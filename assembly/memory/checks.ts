import { TypeinfoFlags } from "shared/typeinfo";
import { Arena, baseArena, callArena, currentArena } from "./arena";
import { DEAD } from "./blocks";
import { header, livesAsLongAs } from "./objects";

// The checks of the checked build; none of this is in the release build. What they cannot see is said in README.md.

/** The "arena" of the arrays behind template strings, which are joined at once. */
const SCRATCH: u32 = 3;

let isSealed: bool = false;
let doomed: u32 = 0;

// ---- callbacks and arenas ----------------------------------------------------------------------------------------------------

/** The first callback has begun: from now on nothing may be made outside of one. */
export function seal(): void {
  isSealed = true;
}

/** A callback returns. */
export function checkBalance(isCallCurrent: bool): void {
  if (!isCallCurrent) fail("a callback leaves another arena current than it found", 0, 0);
}

/** An object is about to be made. */
export function checkAllocation(): void {
  if (isSealed && currentArena() == baseArena()) fail("an object is made outside of any callback", 0, 0);
}

/** An arena is about to be used. */
export function checkArena(arena: Arena): void {
  if (isFreed(arena)) fail("a freed arena is used", 0, 0);
}

/** An arena is about to be released. */
export function checkRelease(arena: Arena): void {
  if (arena.isReleased || isFreed(arena)) fail("an arena is released twice", 0, 0);
}

/** An arena is about to be freed: no global may point into it. Stores to globals do not go by `checkLink`. */
export function checkDestruction(arena: Arena): void {
  doomed = id(arena);
  __visit_globals(0);
}

function isFreed(arena: Arena): bool {
  return <u32>arena.nextSize == DEAD;
}

// ---- references --------------------------------------------------------------------------------------------------------------

/** A global points at `ptr`. */
export function checkGlobal(ptr: usize): void {
  if (!ptr) return;
  const owner = header(ptr).gcInfo;
  if (owner == DEAD || owner == doomed) fail("a global points at a freed object", 0, ptr);
}

/** An object is about to be used. */
export function checkLife(ptr: usize): void {
  if (header(ptr).gcInfo == DEAD) fail("a freed object is used", 0, ptr);
}

/** `parent` comes to point at `child` (0: null), which must live at least as long. */
export function checkLink(parent: usize, child: usize): void {
  const p = header(parent).gcInfo;
  if (p == SCRATCH) return;
  if (p == DEAD) fail("a freed object is changed", parent, child);
  // A Map's or Set's rehash allocates in the current arena.
  const isTable = (__typeinfo(header(parent).rtId) & (TypeinfoFlags.MAP | TypeinfoFlags.SET)) != 0;
  if (p && isTable && p != id(currentArena()))
    fail("a Map or Set is changed while its arena is not current", parent, child);
  if (!child) return;
  const c = header(child).gcInfo;
  if (c == DEAD) fail("a freed object is kept", parent, child);
  // Static data lives forever, and nothing shorter than the call arena.
  if (c == 0 || p == id(callArena())) return;
  if (!livesAsLongAs(c, p ? changetype<Arena>(<usize>p) : baseArena()))
    fail("a shorter-lived object is kept", parent, child);
}

// ---- messages ----------------------------------------------------------------------------------------------------------------

function id(arena: Arena): u32 {
  return <u32>changetype<usize>(arena);
}

function describe(ptr: usize): string {
  if (!ptr) return "-";
  const owner = header(ptr).gcInfo;
  return owner == DEAD ? "freed" : "class " + header(ptr).rtId.toString() + " (" + kindOf(owner) + " arena)";
}

function kindOf(owner: u32): string {
  if (owner <= SCRATCH) return "static";
  if (owner == id(baseArena())) return "base";
  if (owner == id(callArena())) return "call";
  return changetype<Arena>(<usize>owner).parent == baseArena() ? "plugin" : "stream";
}

function fail(what: string, parent: usize, child: usize): void {
  isSealed = false;
  throw new Error("arena: " + what + ": parent " + describe(parent) + ", child " + describe(child));
}
