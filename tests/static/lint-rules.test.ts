/** The project's own rules, each on code that it refuses and on code beside it that is right. */
import { after, describe, it } from "node:test";
import { RuleTester } from "eslint";
import ts from "typescript-eslint";
import type { Rule } from "eslint";
import { weir } from "../../build/lint/index.ts";

RuleTester.describe = describe;
RuleTester.it = it;
(RuleTester as unknown as { afterAll: unknown }).afterAll = after;

const tester = new RuleTester({
  languageOptions: { parser: ts.parser, parserOptions: { allowInvalidAST: true } },
  settings: { weir: { unmanaged: ["Arena"] } },
});

function check(name: keyof typeof weir.rules, right: string[], wrong: string[]): void {
  const rule = weir.rules[name] as unknown as Rule.RuleModule;
  const invalid = wrong.map((code) => ({ code, errors: [{ messageId: "found" }] }));
  tester.run(name, rule, { valid: right, invalid });
}

check(
  "no-raw-memory",
  [
    "const memory = newMemory(); memory.grow();",
    "function f(memory: Memory): void { memory.copy(1); }",
    "const n = <u32>size;",
    "bytes.load(3);",
  ],
  [
    "changetype<string>(p);",
    "load<u8>(at);",
    "store<u8>(at, 1);",
    "let at: usize = 0;",
    "memory.copy(a, b, 1);",
    "usize(3);",
  ],
);

check(
  "no-raw-reference-store",
  ["store<u8>(at, 1);", "store<usize>(at, 0, 4);", "store<Arena>(at, arena);", "enum E { A } store<E>(at, E.A);"],
  [
    "store<string>(at, s);",
    "store<Box>(at, box);",
    "store(at, box);",
    "class C<T> { f(t: T): void { store<T>(0, t); } }",
  ],
);

check(
  "no-managed-field-in-unmanaged-class",
  [
    "@unmanaged class A { at: usize; next: A | null; isOver: bool; other: Arena; static NAME: string = 'a'; }",
    "class A { name: string = ''; }",
    "enum E { X } @unmanaged export class A { e: E; constructor(private x: i32) {} }",
  ],
  [
    "@unmanaged class A { name: string; }",
    "@unmanaged export class A { next: Box | null; }",
    "@unmanaged class A { f = 1; }",
    "@unmanaged class A { constructor(private name: string = '') {} }",
    "@unmanaged class A { all: Array<i32>; }",
  ],
);

check(
  "no-mutable-managed-global",
  [
    "let depth: i32 = 0;",
    "let depth = -1;",
    "let isOpen = false;",
    "export let current: Arena | null = null;",
    "const NAMES: string[] = [];",
    "function f(): void { let s = ''; }",
    "class C { static readonly NAME: string = ''; name: string = ''; static count: i32 = 0; }",
    "enum State { A } let state: State = State.A;",
  ],
  [
    "let guest: Guest = new Guest();",
    "export let name: string = '';",
    "let name = '';",
    "let last: Box | null = null;",
    "let made = make();",
    "class C { static last: C | null = null; }",
  ],
);

check("no-splice", ["splice(1, 2);", "names.slice(1);"], ["names.splice(1, 2);", "this.names.splice(0);"]);

check(
  "no-trap",
  ["const e = new Error('x');", "const isWrong = !ok;", "this.assert(x);", "if (a != b) return;"],
  ["throw new Error('x');", "assert(x);", "const y = x!;", "unreachable();", "abort();"],
);

check(
  "documented-exports",
  [
    "/** What it does. */\nexport function f(): void {}",
    "/** What it does. */\n// @ts-ignore: decorator\n@inline\nexport function f(): void {}",
    "function f(): void {}",
    "export { a } from './a';",
    "export function proxy_on_log(id: u32): void {}",
    "// @ts-ignore: decorator\n@external('env', 'x')\nexport declare function x(): i32;",
    "/** Lengths of time. */\nexport const A: i64 = 1;\nexport const B: i64 = 2;",
  ],
  [
    "export function f(): void {}",
    "// What it does.\nexport class A {}",
    "/* What it does. */\nexport enum E { A }",
    "/** Of something else. */\n\nexport interface I {}",
    "/** Of f. */\nfunction f(): void {}\nexport function g(): void {}",
    "/** A. */\nexport const A: i64 = 1;\n\nexport const B: i64 = 2;",
  ],
);

check(
  "no-concat-in-loop",
  [
    "let n = 0; for (let i = 0; i < 3; i++) n += i;",
    "let s = ''; s += 'a';",
    "for (let i = 0; i < 3; i++) { const s = a + 'b'; parts.push(s); }",
    "for (let i = 0; i < 3; i++) bytes = bytes.concat(more);",
    "class C { n: i32 = 0; f(): void { while (true) this.n += 1; } }",
    "for (let i = 0; i < 3; i++) { s = t + 'b'; }",
  ],
  [
    "let s = ''; for (let i = 0; i < 3; i++) s += name(i);",
    "let s: string = f(); while (true) s += x;",
    "for (let i = 0; i < 3; i++) out += 'a' + b;",
    "for (let i = 0; i < 3; i++) out += i.toString();",
    "let s = ''; do { s = s + x; } while (true);",
    "for (let i = 0; i < 3; i++) s = s + ',' + x;",
    "class C { text: string = ''; f(): void { while (true) this.text += x; } }",
    "class C { text: string = ''; f(): void { while (true) this.text = this.text.concat(x); } }",
    "function f(s: string): void { for (;;) s += x; }",
    "for (;;) s += `${x}`;",
  ],
);
