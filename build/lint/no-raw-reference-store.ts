import { AST_NODE_TYPES as Node } from "@typescript-eslint/utils";
import { createRule, isManaged, unmanagedNames } from "./types.ts";

/** `store<T>` of a reference is not seen by the checks of the checked build. */
export const noRawReferenceStore = createRule({
  name: "no-raw-reference-store",
  meta: {
    type: "problem",
    docs: { description: "store references by assignment, where the checked build looks at them" },
    messages: { found: "`store` of a reference passes the checked build by: assign it to a field or an element." },
    schema: [],
  },
  defaultOptions: [],
  create(context) {
    const unmanaged = unmanagedNames(context.sourceCode.ast, context.settings);
    return {
      CallExpression(node) {
        if (node.callee.type !== Node.Identifier || node.callee.name !== "store") return;
        const type = node.typeArguments?.params[0];
        if (!type || isManaged(type, unmanaged)) context.report({ node, messageId: "found" });
      },
    };
  },
});
