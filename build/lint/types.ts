import { AST_NODE_TYPES as Node, ESLintUtils, type TSESTree } from "@typescript-eslint/utils";

/** Makes a rule. */
export const createRule = ESLintUtils.RuleCreator.withoutDocs;

const NUMBERS =
  "i8 i16 i32 i64 isize u8 u16 u32 u64 usize f32 f64 bool boolean v128 i8x16 i16x8 i32x4 i64x2 f32x4 f64x2 number void".split(
    " ",
  );

/** ESLint's settings for these rules: `@unmanaged` classes that files import from others. */
interface Settings {
  weir?: { unmanaged?: readonly string[] };
}

/** The names in one file that do not stand for managed objects: numbers, the file's enums and `@unmanaged` classes, and the settings'. */
export function unmanagedNames(program: TSESTree.Program, settings: object): Set<string> {
  const names = new Set([...NUMBERS, ...((settings as Settings).weir?.unmanaged ?? [])]);
  for (const statement of program.body) {
    const declaration = declarationOf(statement);
    if (declaration.type === Node.TSEnumDeclaration) names.add(declaration.id.name);
    if (declaration.type === Node.ClassDeclaration && declaration.id && hasDecorator(declaration, "unmanaged"))
      names.add(declaration.id.name);
    if (declaration.type === Node.TSTypeAliasDeclaration && !isManaged(declaration.typeAnnotation, names))
      names.add(declaration.id.name);
  }
  return names;
}

/** Whether a value of `type` can be a reference to a managed object. */
export function isManaged(type: TSESTree.TypeNode, unmanaged: ReadonlySet<string>): boolean {
  switch (type.type) {
    case Node.TSNumberKeyword:
    case Node.TSBooleanKeyword:
    case Node.TSVoidKeyword:
    case Node.TSNullKeyword:
      return false;
    case Node.TSTypeReference:
      return !(type.typeName.type === Node.Identifier && unmanaged.has(type.typeName.name));
    case Node.TSUnionType:
      return type.types.some((part) => isManaged(part, unmanaged));
    default:
      return true;
  }
}

/** What a statement declares, exported or not. */
export function declarationOf(
  statement: TSESTree.ProgramStatement,
): TSESTree.ProgramStatement | TSESTree.NamedExportDeclarations {
  return statement.type === Node.ExportNamedDeclaration && statement.declaration ? statement.declaration : statement;
}

/** Whether a class has the decorator `@name`. */
export function hasDecorator(node: TSESTree.ClassDeclaration, name: string): boolean {
  return node.decorators.some(({ expression }) => expression.type === Node.Identifier && expression.name === name);
}
