import { AST_NODE_TYPES as Node, type TSESTree } from "@typescript-eslint/utils";
import { createRule } from "./types.ts";

const FUNCTIONS = new Set(["changetype", "load", "store", "usize", "isize", "offsetof"]);
const TYPES = new Set(["usize", "isize"]);
const NAMESPACES = new Set(["memory", "heap", "v128"]);

/** Addresses and casts belong to the lowest layers, where each access says why it is safe. */
export const noRawMemory = createRule({
  name: "no-raw-memory",
  meta: {
    type: "problem",
    docs: { description: "keep addresses and casts inside the layers that are made of them" },
    messages: {
      found: "`{{what}}` belongs to abi, bytes, memory, tokenizer and vectors: let one of them offer what is needed.",
    },
    schema: [],
  },
  defaultOptions: [],
  create(context) {
    const report = (node: TSESTree.Node, what: string): void =>
      context.report({ node, messageId: "found", data: { what } });
    return {
      CallExpression({ callee }) {
        if (callee.type === Node.Identifier && FUNCTIONS.has(callee.name)) report(callee, callee.name);
      },
      TSTypeReference({ typeName }) {
        if (typeName.type === Node.Identifier && TYPES.has(typeName.name)) report(typeName, typeName.name);
      },
      MemberExpression({ object }) {
        if (object.type !== Node.Identifier || !NAMESPACES.has(object.name)) return;
        const scope = context.sourceCode.getScope(object);
        const isGlobal =
          scope.through.some(({ identifier }) => identifier === object) || !isDeclared(scope, object.name);
        if (isGlobal) report(object, `${object.name}.*`);
      },
    };
  },
});

type Scope = { set: Map<string, { defs: unknown[] }>; upper: Scope | null };

function isDeclared(scope: Scope, name: string): boolean {
  for (let at: Scope | null = scope; at; at = at.upper) if ((at.set.get(name)?.defs.length ?? 0) > 0) return true;
  return false;
}
