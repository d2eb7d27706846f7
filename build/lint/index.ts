import { documentedExports } from "./documented-exports.ts";
import { noConcatInLoop } from "./no-concat-in-loop.ts";
import { noManagedFieldInUnmanagedClass } from "./no-managed-field-in-unmanaged-class.ts";
import { noMutableManagedGlobal } from "./no-mutable-managed-global.ts";
import { noRawMemory } from "./no-raw-memory.ts";
import { noRawReferenceStore } from "./no-raw-reference-store.ts";
import { noSplice } from "./no-splice.ts";
import { noTrap } from "./no-trap.ts";

/** The project's own rules for AssemblyScript: what the compiler allows, but arenas or the proxy do not. */
export const weir = {
  rules: {
    "documented-exports": documentedExports,
    "no-concat-in-loop": noConcatInLoop,
    "no-managed-field-in-unmanaged-class": noManagedFieldInUnmanagedClass,
    "no-mutable-managed-global": noMutableManagedGlobal,
    "no-raw-memory": noRawMemory,
    "no-raw-reference-store": noRawReferenceStore,
    "no-splice": noSplice,
    "no-trap": noTrap,
  },
};
