import { ByteWriter } from "../bytes/writer";
import { JsonKind } from "../wire/json-kinds";
import { JsonNode } from "../wire/json-tree";

/** Objects inside each other that a parameter's type is written out for. */
const MOST_DEPTH = 16;

/**
 * Writes tools as the models are shown them: as TypeScript types in a namespace, which is how OpenAI's open models are told
 * (https://cookbook.openai.com/articles/openai-harmony, "function calling"). `tools` is an API's list of definitions.
 */
export function writeTools(tools: JsonNode, out: ByteWriter): void {
  out.text("namespace functions {\n\n");
  for (let i = 0; i < tools.children.length; i++) writeTool(tools.children[i], out);
  out.text("} // namespace functions");
}

function writeTool(tool: JsonNode, out: ByteWriter): void {
  const named = tool.member("functionDeclarations");
  const declarations = named ? named : tool.member("function_declarations");
  if (declarations) {
    for (let i = 0; i < declarations.children.length; i++) writeFunction(declarations.children[i], out);
    return;
  }
  const definition = tool.member("function");
  writeFunction(definition ? definition : tool, out);
}

function writeFunction(definition: JsonNode, out: ByteWriter): void {
  writeComment(definition, out);
  out.text("type ");
  writeText(definition.member("name"), out);
  const parameters = parametersOf(definition);
  const properties = parameters ? parameters.member("properties") : null;
  if (!parameters || !properties || properties.children.length == 0) {
    out.text(" = () => any;\n\n");
    return;
  }
  out.text(" = (_: ");
  writeObject(parameters, properties, out, 0);
  out.text(") => any;\n\n");
}

/** The names that OpenAI, Anthropic and Gemini give the schema of a tool's parameters. */
function parametersOf(definition: JsonNode): JsonNode | null {
  const parameters = definition.member("parameters");
  if (parameters) return parameters;
  const input = definition.member("input_schema");
  if (input) return input;
  const named = definition.member("parametersJsonSchema");
  return named ? named : definition.member("parameters_json_schema");
}

function writeObject(schema: JsonNode, properties: JsonNode, out: ByteWriter, depth: i32): void {
  const required = schema.member("required");
  out.text("{\n");
  for (let i = 0; i < properties.children.length; i++) {
    const property = properties.children[i];
    writeComment(property, out);
    out.text(property.key);
    out.text(isListed(required, property.key) ? ": " : "?: ");
    writeType(property, out, depth + 1);
    out.text(",");
    const preset = property.member("default");
    if (preset) {
      out.text(" // default: ");
      writeText(preset, out);
    }
    out.text("\n");
  }
  out.text("}");
}

function writeType(schema: JsonNode, out: ByteWriter, depth: i32): void {
  const choices = schema.member("enum");
  if (choices) return writeChoices(choices, out);
  const either = alternativesOf(schema);
  if (either && depth < MOST_DEPTH) return writeAlternatives(either, out, depth);
  const type = schema.member("type");
  if (type && type.kind == JsonKind.Array) return writeNames(type, out);
  const name = type ? type.text : "";
  const properties = schema.member("properties");
  const items = schema.member("items");
  if (properties && depth < MOST_DEPTH) {
    writeObject(schema, properties, out, depth);
  } else if (name == "array") {
    if (items && depth < MOST_DEPTH) writeType(items, out, depth + 1);
    else out.text("any");
    out.text("[]");
  } else {
    out.text(typeName(name));
  }
}

function alternativesOf(schema: JsonNode): JsonNode | null {
  const any = schema.member("anyOf");
  return any ? any : schema.member("oneOf");
}

function writeAlternatives(either: JsonNode, out: ByteWriter, depth: i32): void {
  for (let i = 0; i < either.children.length; i++) {
    if (i > 0) out.text(" | ");
    writeType(either.children[i], out, depth + 1);
  }
}

function writeNames(types: JsonNode, out: ByteWriter): void {
  for (let i = 0; i < types.children.length; i++) {
    if (i > 0) out.text(" | ");
    out.text(typeName(types.children[i].text));
  }
}

function writeChoices(choices: JsonNode, out: ByteWriter): void {
  for (let i = 0; i < choices.children.length; i++) {
    const choice = choices.children[i];
    if (i > 0) out.text(" | ");
    if (choice.kind == JsonKind.String) out.jsonString(choice.text);
    else writeText(choice, out);
  }
}

/** JSON Schema's name of a type, as TypeScript writes it; Gemini writes them in capitals. */
function typeName(name: string): string {
  const lower = name.toLowerCase();
  if (lower == "integer" || lower == "number") return "number";
  if (lower == "string" || lower == "boolean" || lower == "null" || lower == "object") return lower;
  return "any";
}

function writeComment(node: JsonNode, out: ByteWriter): void {
  const description = node.member("description");
  if (!description || description.text.length == 0) return;
  const lines = description.text.split("\n");
  for (let i = 0; i < lines.length; i++) {
    out.text("// ");
    out.text(lines[i]);
    out.text("\n");
  }
}

function writeText(node: JsonNode | null, out: ByteWriter): void {
  if (!node) return;
  if (node.kind == JsonKind.Boolean) out.text(node.boolean ? "true" : "false");
  else if (node.kind == JsonKind.Null) out.text("null");
  else out.text(node.text);
}

function isListed(names: JsonNode | null, name: string): bool {
  if (!names) return false;
  for (let i = 0; i < names.children.length; i++) if (names.children[i].text == name) return true;
  return false;
}
