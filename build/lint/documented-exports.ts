import { AST_NODE_TYPES as Node, AST_TOKEN_TYPES, type TSESTree } from "@typescript-eslint/utils";
import { createRule } from "./types.ts";

/** The proxy's callbacks, whose contract is the ABI's. */
const CALLBACK = /^proxy_on_/;

/**
 * Whatever a file exports has a doc comment. The host's functions and the proxy's callbacks are excepted, since the ABI says what they
 * mean; constants without a line between them share one.
 */
export const documentedExports = createRule({
  name: "documented-exports",
  meta: {
    type: "suggestion",
    docs: { description: "say of whatever is exported what it is for" },
    messages: { found: "What is exported begins with a doc comment; its first sentence is the contract." },
    schema: [],
  },
  defaultOptions: [],
  create(context) {
    const { lines } = context.sourceCode;
    const documented = new Set<number>();
    for (const { type, value, loc } of context.sourceCode.getAllComments())
      if (type === AST_TOKEN_TYPES.Block && value.startsWith("*")) documented.add(loc.end.line);
    return {
      ExportNamedDeclaration(node) {
        if (!node.declaration || isExcepted(node.declaration)) return;
        let line = node.loc.start.line - 1;
        while (line > 0 && isBetween(lines[line - 1] ?? "", node.declaration)) line--;
        if (!documented.has(line)) context.report({ node, messageId: "found" });
      },
    };
  },
});

function isExcepted(declaration: TSESTree.NamedExportDeclarations): boolean {
  if ("declare" in declaration && declaration.declare) return true;
  return declaration.type === Node.FunctionDeclaration && CALLBACK.test(declaration.id?.name ?? "");
}

/** Whether a line may stand between a doc comment and what it is about. */
function isBetween(line: string, declaration: TSESTree.NamedExportDeclarations): boolean {
  if (/^\s*(\/\/|@)/.test(line)) return true;
  return declaration.type === Node.VariableDeclaration && /^export const \w+.*;$/.test(line);
}
