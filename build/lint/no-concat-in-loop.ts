import { AST_NODE_TYPES as Node, type TSESLint, type TSESTree } from "@typescript-eslint/utils";
import { createRule } from "./types.ts";

const LOOPS = new Set<string>([Node.ForStatement, Node.WhileStatement, Node.DoWhileStatement]);
const TEXT_METHODS = new Set(["toString", "concat", "join", "repeat", "toUpperCase", "toLowerCase", "trim"]);

/** A string that grows in a loop leaves every shorter one behind in its arena: 10,000 times one character hold 100 MB. */
export const noConcatInLoop = createRule({
  name: "no-concat-in-loop",
  meta: {
    type: "problem",
    docs: { description: "collect parts and join them, since arenas free nothing before they end" },
    messages: { found: "Each turn leaves a longer copy in the arena: collect the parts and join them." },
    schema: [],
  },
  defaultOptions: [],
  create(context) {
    return {
      AssignmentExpression(node) {
        if (!isInLoop(node)) return;
        const scope = context.sourceCode.getScope(node);
        const source = context.sourceCode;
        const grows =
          (node.operator === "+=" && (isText(node.left, scope) || isText(node.right, scope))) ||
          (node.operator === "=" && growsItself(node, source, scope));
        if (grows) context.report({ node, messageId: "found" });
      },
    };
  },
});

function isInLoop(node: TSESTree.Node): boolean {
  for (let at = node.parent; at; at = at.parent) {
    if (LOOPS.has(at.type)) return true;
    if (at.type === Node.FunctionDeclaration || at.type === Node.MethodDefinition) return false;
  }
  return false;
}

/** `s = s + x` and `s = s.concat(x)`. */
function growsItself(
  node: TSESTree.AssignmentExpression,
  source: TSESLint.SourceCode,
  scope: TSESLint.Scope.Scope,
): boolean {
  const name = source.getText(node.left);
  const { right } = node;
  if (right.type === Node.BinaryExpression && right.operator === "+") {
    const [first] = operands(right);
    return first !== undefined && source.getText(first) === name && isText(right, scope);
  }
  if (right.type !== Node.CallExpression || right.callee.type !== Node.MemberExpression) return false;
  const { object, property } = right.callee;
  return (
    source.getText(object) === name &&
    property.type === Node.Identifier &&
    property.name === "concat" &&
    isText(node.left, scope)
  );
}

function operands(
  node: TSESTree.Expression | TSESTree.PrivateIdentifier,
): (TSESTree.Expression | TSESTree.PrivateIdentifier)[] {
  return node.type === Node.BinaryExpression && node.operator === "+"
    ? [...operands(node.left), ...operands(node.right)]
    : [node];
}

/** Whether an expression shows that it is a string. */
function isText(node: TSESTree.Node, scope: TSESLint.Scope.Scope): boolean {
  switch (node.type) {
    case Node.Literal:
      return typeof node.value === "string";
    case Node.TemplateLiteral:
      return true;
    case Node.BinaryExpression:
      return node.operator === "+" && (isText(node.left, scope) || isText(node.right, scope));
    case Node.CallExpression:
      return (
        node.callee.type === Node.MemberExpression &&
        node.callee.property.type === Node.Identifier &&
        TEXT_METHODS.has(node.callee.property.name) &&
        (node.callee.property.name !== "concat" || isText(node.callee.object, scope))
      );
    case Node.Identifier:
      return isTextVariable(node.name, scope);
    case Node.MemberExpression:
      return (
        node.object.type === Node.ThisExpression &&
        node.property.type === Node.Identifier &&
        isTextField(node, node.property.name)
      );
    default:
      return false;
  }
}

function isTextVariable(name: string, scope: TSESLint.Scope.Scope): boolean {
  for (let at: TSESLint.Scope.Scope | null = scope; at; at = at.upper) {
    const definition = at.set.get(name)?.defs[0];
    if (!definition) continue;
    const id = definition.name as TSESTree.Identifier;
    if (isTextType(id.typeAnnotation)) return true;
    if (id.typeAnnotation) return false;
    return (
      definition.node.type === Node.VariableDeclarator && !!definition.node.init && isText(definition.node.init, at)
    );
  }
  return false;
}

function isTextField(node: TSESTree.Node, name: string): boolean {
  for (let at: TSESTree.Node | undefined = node; at; at = at.parent) {
    if (at.type !== Node.ClassBody) continue;
    return at.body.some(
      (member) =>
        member.type === Node.PropertyDefinition &&
        member.key.type === Node.Identifier &&
        member.key.name === name &&
        (isTextType(member.typeAnnotation) ||
          (member.value?.type === Node.Literal && typeof member.value.value === "string")),
    );
  }
  return false;
}

function isTextType(annotation: TSESTree.TSTypeAnnotation | undefined): boolean {
  return annotation?.typeAnnotation.type === Node.TSStringKeyword;
}
