import { AST_NODE_TYPES as Node } from "@typescript-eslint/utils";
import { createRule } from "./types.ts";

/** A trap can end the whole proxy: what can be wrong is a value, not an exception. */
export const noTrap = createRule({
  name: "no-trap",
  meta: {
    type: "problem",
    docs: { description: "do not throw, assert or mark as unreachable in what is shipped" },
    messages: { found: "`{{what}}` traps, and a trap can end the proxy: return what is wrong as a value." },
    schema: [],
  },
  defaultOptions: [],
  create(context) {
    return {
      ThrowStatement: (node) => context.report({ node, messageId: "found", data: { what: "throw" } }),
      TSNonNullExpression: (node) => context.report({ node, messageId: "found", data: { what: "!" } }),
      CallExpression(node) {
        const name = node.callee.type === Node.Identifier ? node.callee.name : "";
        const isTrap = name === "assert" || name === "unreachable" || name === "abort";
        if (isTrap) context.report({ node, messageId: "found", data: { what: name } });
      },
    };
  },
});
