import { TypeinfoFlags } from "shared/typeinfo";
import { Arena, header, isBase, isCall, isCurrent } from "./arena";
import { DEAD } from "./blocks";

// The checks of the checked build; none of this is in the release build.

/** The arena of the scratch arrays behind template strings, which are joined at once. */
const SCRATCH: u32 = 3;

let isSealed: bool = false;
let doomed: u32 = 0;

/** The first callback has begun: from now on nothing may be made outside of one. */
export function seal(): void {
  isSealed = true;
}

/** An object is about to be made. */
export function checkAllocation(isInBase: bool): void {
  if (isSealed && isInBase) fail("an object is made outside of any callback", 0, 0);
}

/** An arena is about to be released. */
export function checkRelease(arena: Arena): void {
  if (arena.isReleased || <u32>arena.nextSize == DEAD) fail("an arena is released twice", 0, 0);
}

/** An arena is about to be freed: no global may point into it. Stores to globals do not go by `checkLink`. */
export function checkDestruction(arena: Arena): void {
  doomed = <u32>changetype<usize>(arena);
  __visit_globals(0);
}

/** A global points at `ptr`. */
export function checkGlobal(ptr: usize): void {
  if (!ptr) return;
  const arena = header(ptr).gcInfo;
  if (arena == DEAD || arena == doomed) fail("a global points at a freed object", 0, ptr);
}

/** `parent` comes to point at `child`, which must live at least as long. */
export function checkLink(parent: usize, child: usize): void {
  const p = header(parent).gcInfo;
  if (p == SCRATCH) return;
  if (p == DEAD) fail("a freed object is changed", parent, child);
  // A Map's or Set's rehash allocates in the current arena.
  const isTable = (__typeinfo(header(parent).rtId) & (TypeinfoFlags.MAP | TypeinfoFlags.SET)) != 0;
  if (p && isTable && !isCurrent(p)) fail("a Map or Set is changed while its arena is not current", parent, child);
  if (!child) return;
  const c = header(child).gcInfo;
  if (c == DEAD) fail("a freed object is kept", parent, child);
  if (c == 0 || c == p || isBase(c) || isCall(p)) return;
  if (p && <u32>changetype<usize>(changetype<Arena>(<usize>p).parent) == c) return;
  fail("a shorter-lived object is kept", parent, child);
}

function describe(ptr: usize): string {
  if (!ptr) return "-";
  const arena = header(ptr).gcInfo;
  if (arena == DEAD) return "freed";
  const where = arena <= SCRATCH ? "static" : isBase(arena) ? "base" : isCall(arena) ? "call" : parentKind(arena);
  return "class " + header(ptr).rtId.toString() + " (" + where + " arena)";
}

function parentKind(arena: u32): string {
  return isBase(<u32>changetype<usize>(changetype<Arena>(<usize>arena).parent)) ? "plugin" : "stream";
}

function fail(what: string, parent: usize, child: usize): void {
  isSealed = false;
  throw new Error("arena: " + what + ": parent " + describe(parent) + ", child " + describe(child));
}
