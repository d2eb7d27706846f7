// What the compiler calls, by the names that it knows (`--runtime assembly/memory/runtime`). The work is in arena.ts, which also
// compiles under the compiler's own runtimes.
import "rt/tlsf";
import { CHECKED } from "./build";
import { allocate, reallocate } from "./objects";
import { checkGlobal, checkLink } from "./checks";

// @ts-ignore: decorator
@global
@unsafe
function __new(size: usize, id: u32): usize {
  return allocate(size, id);
}

// @ts-ignore: decorator
@global
@unsafe
function __renew(ptr: usize, size: usize): usize {
  return reallocate(ptr, size);
}

// @ts-ignore: decorator
@global
@unsafe
@inline
function __link(parent: usize, child: usize, _multiple: bool): void {
  if (CHECKED) checkLink(parent, child);
}

// @ts-ignore: decorator
@global
@unsafe
function __visit(ptr: usize, _cookie: u32): void {
  if (CHECKED) checkGlobal(ptr);
}

// Nothing ever moves, and nothing is collected.

// @ts-ignore: decorator
@global
@unsafe
@inline
function __pin(ptr: usize): usize {
  return ptr;
}

// @ts-ignore: decorator
@global
@unsafe
@inline
function __unpin(_ptr: usize): void {}

// @ts-ignore: decorator
@global
@unsafe
@inline
function __collect(): void {}
