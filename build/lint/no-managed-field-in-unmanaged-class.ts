import { AST_NODE_TYPES as Node, type TSESTree } from "@typescript-eslint/utils";
import { createRule, hasDecorator, isManaged, unmanagedNames } from "./types.ts";

/** The fields of `@unmanaged` classes are stored without a check, and not followed by a collector. */
export const noManagedFieldInUnmanagedClass = createRule({
  name: "no-managed-field-in-unmanaged-class",
  meta: {
    type: "problem",
    docs: { description: "keep references to managed objects out of @unmanaged classes" },
    messages: { found: "Nothing follows or checks a managed object in a field of an @unmanaged class." },
    schema: [],
  },
  defaultOptions: [],
  create(context) {
    const unmanaged = unmanagedNames(context.sourceCode.ast, context.settings);
    return {
      ClassDeclaration(node) {
        if (!hasDecorator(node, "unmanaged")) return;
        for (const field of fieldsOf(node)) {
          const type = field.typeAnnotation?.typeAnnotation;
          if (!type || isManaged(type, unmanaged)) context.report({ node: field, messageId: "found" });
        }
      },
    };
  },
});

type Field = TSESTree.Node & { typeAnnotation?: TSESTree.TSTypeAnnotation | undefined };

/** Declared fields, and parameters of the constructor that are fields. */
function* fieldsOf(node: TSESTree.ClassDeclaration): Generator<Field> {
  for (const member of node.body.body) {
    if (member.type === Node.PropertyDefinition && !member.static) yield member;
    if (member.type !== Node.MethodDefinition || member.kind !== "constructor") continue;
    for (const parameter of member.value.params) {
      if (parameter.type !== Node.TSParameterProperty) continue;
      yield parameter.parameter.type === Node.AssignmentPattern ? parameter.parameter.left : parameter.parameter;
    }
  }
}
