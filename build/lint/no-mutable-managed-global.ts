import { AST_NODE_TYPES as Node, type TSESTree } from "@typescript-eslint/utils";
import { createRule, declarationOf, isManaged, unmanagedNames } from "./types.ts";

/** A global outlives every arena but base, and its stores are not checked. */
export const noMutableManagedGlobal = createRule({
  name: "no-mutable-managed-global",
  meta: {
    type: "problem",
    docs: { description: "keep managed objects out of globals that change" },
    messages: {
      found:
        "`{{name}}` can come to hold an object that dies before it: make it a constant, or a field of what owns the object.",
    },
    schema: [],
  },
  defaultOptions: [],
  create(context) {
    const unmanaged = unmanagedNames(context.sourceCode.ast, context.settings);
    const check = (
      node: TSESTree.Node,
      name: string,
      type?: TSESTree.TypeNode,
      value?: TSESTree.Expression | null,
    ): void => {
      if (type ? isManaged(type, unmanaged) : !isNumber(value))
        context.report({ node, messageId: "found", data: { name } });
    };
    return {
      Program(program) {
        for (const statement of program.body) {
          const declaration = declarationOf(statement);
          if (declaration.type !== Node.VariableDeclaration || declaration.kind === "const") continue;
          for (const { id, init } of declaration.declarations)
            if (id.type === Node.Identifier) check(id, id.name, id.typeAnnotation?.typeAnnotation, init);
        }
      },
      PropertyDefinition(field) {
        if (!field.static || field.readonly || field.key.type !== Node.Identifier) return;
        check(field, field.key.name, field.typeAnnotation?.typeAnnotation, field.value);
      },
    };
  },
});

/** Whether the value of a global without a type shows that it is a number or a boolean. */
function isNumber(value: TSESTree.Expression | null | undefined): boolean {
  if (value?.type === Node.UnaryExpression) return isNumber(value.argument);
  return value?.type === Node.Literal && (typeof value.value === "number" || typeof value.value === "boolean");
}
