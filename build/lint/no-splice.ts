import { AST_NODE_TYPES as Node } from "@typescript-eslint/utils";
import { createRule } from "./types.ts";

/** `splice` copies references by raw memory, so the checked build does not see where they go. */
export const noSplice = createRule({
  name: "no-splice",
  meta: {
    type: "problem",
    docs: { description: "move elements one by one, where the checked build looks at them" },
    messages: { found: "`splice` moves references past the checks of the checked build: assign the elements." },
    schema: [],
  },
  defaultOptions: [],
  create(context) {
    return {
      CallExpression(node) {
        const { callee } = node;
        if (callee.type !== Node.MemberExpression || callee.property.type !== Node.Identifier) return;
        if (callee.property.name === "splice") context.report({ node: callee.property, messageId: "found" });
      },
    };
  },
});
