import binaryen from "binaryen";
import { StaticMemory } from "./memory.ts";
import { headOf, listsIn, parseText, type List } from "./tree.ts";

/** A kind of trap in one function. */
export interface Site {
  /** The function's name, from the name section. */
  readonly where: string;
  /** What traps there. */
  readonly what: string;
  /** How often. */
  readonly count: number;
}

const DIVISION = /^i(32|64)\.(div|rem)_[su]$/;
const TRUNCATION = /^i(32|64)\.trunc_f/;

/** The places where a module can trap on purpose, sorted; none twice. */
export function abortSites(wasm: Uint8Array): Site[] {
  const module = parseText(textOf(wasm))[0] as List;
  const memory = new StaticMemory(module);
  const counts = new Map<string, number>();
  for (const fn of listsIn(module)) {
    if (headOf(fn) !== "func" || isAbort(nameOf(fn))) continue;
    for (const what of trapsIn(fn, memory)) {
      const key = `${nameOf(fn)}\n${what}`;
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
  }
  const sites = [...counts].map(([key, count]) => {
    const [where = "", what = ""] = key.split("\n");
    return { where, what, count };
  });
  return sites.sort((a, b) => (a.where + a.what < b.where + b.what ? -1 : 1));
}

function textOf(wasm: Uint8Array): string {
  const module = binaryen.readBinary(wasm);
  try {
    return module.emitText();
  } finally {
    module.dispose();
  }
}

function nameOf(fn: List): string {
  // The text format writes characters that a name cannot have as \xx.
  return String(fn[1])
    .replace(/^\$/, "")
    .replace(/\\([0-9a-fA-F]{2})/g, (_, code: string) => String.fromCharCode(parseInt(code, 16)));
}

function isAbort(name: string): boolean {
  return /(^|\/)abort$/.test(name) || name === "wasi_abort";
}

function* trapsIn(list: List, memory: StaticMemory): Generator<string> {
  let isAborted = false;
  for (const item of listsIn(list)) {
    const head = headOf(item);
    const isCall = head === "call" && isAbort(nameOf(item));
    if (isCall) yield abortText(item, memory);
    else if (head === "unreachable") {
      if (!isAborted) yield "unreachable";
    } else if (head === "call_indirect") yield "indirect call";
    else if (DIVISION.test(head) && !isSafeDivisor(head, listsIn(item)[1])) yield head;
    else if (TRUNCATION.test(head)) yield head;
    isAborted = isCall;
    yield* trapsIn(item, memory);
  }
}

/** Division by 0 traps, and the least integer divided by -1. */
function isSafeDivisor(instruction: string, divisor: List | undefined): boolean {
  if (!divisor || !headOf(divisor).endsWith(".const")) return false;
  const value = Number(divisor[1]);
  return value !== 0 && (value !== -1 || !instruction.endsWith("div_s"));
}

/** The message and the place that a call of the abort function names. */
function abortText(call: List, memory: StaticMemory): string {
  const [message, file, line] = listsIn(call).map((item) => (headOf(item) === "i32.const" ? Number(item[1]) : null));
  const what = message ? memory.string(message) : "";
  const where = file ? memory.string(file) : "";
  const isLibrary = where.startsWith("~lib/");
  return `abort ${where}${isLibrary ? `:${line ?? "?"}` : ""}${what ? ` "${what}"` : ""}`;
}
