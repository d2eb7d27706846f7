import { DURATION_PATTERN } from "./duration";
import { MAX_WHOLE, decimal, durationRangeText } from "./expected";
import { TextForm } from "./fields";
import { JsonPrinter } from "./json-printer";
import { FieldKind, FieldOutline, ObjectOutline } from "./outline";

/**
 * The JSON Schema (2020-12) of a configuration, compact.
 *
 * Kinds of objects are a `oneOf` whose branches fix the tag by `const` and have a title: from that, editors complete the tag, offer
 * the fields of the right branch, and tell the errors of that branch alone. Rules across fields and the bounds of lengths of time
 * are the decoder's alone; the latter stand in the description.
 */
export function schemaOf(root: ObjectOutline, id: string, title: string, doc: string): string {
  const json = new JsonPrinter();
  json.open("{");
  json.text("$schema", "https://json-schema.org/draft/2020-12/schema");
  json.text("$id", id);
  json.text("title", title);
  json.text("description", doc);
  new SchemaPrinter(json).objectMembers(root);
  json.close("}");
  return json.toString();
}

class SchemaPrinter {
  constructor(private readonly json: JsonPrinter) {}

  /** What describes an object: all members but title and description. */
  objectMembers(object: ObjectOutline, tag: string = "", type: string = ""): void {
    this.json.text("type", "object");
    if (object.isExactlyOne) return this.alternatives(object);
    this.properties(object.fields, tag, type, true);
    this.groups(object.groups);
    this.json.raw("additionalProperties", "false");
  }

  /** A branch for each field, so that the editor offers one and not another after it. */
  private alternatives(object: ObjectOutline): void {
    const json = this.json;
    json.key("oneOf");
    json.open("[");
    for (let i = 0; i < object.fields.length; i++) {
      const field = object.fields[i];
      json.open("{");
      json.text("title", field.name);
      this.properties([field], "", "", false);
      json.words("required", [field.name]);
      json.raw("additionalProperties", "false");
      json.close("}");
    }
    json.close("]");
  }

  private properties(fields: FieldOutline[], tag: string, type: string, hasFallbacks: bool): void {
    const json = this.json;
    const required = new Array<string>();
    json.key("properties");
    json.open("{");
    if (tag.length > 0) {
      required.push(tag);
      json.key(tag);
      json.open("{");
      json.text("const", type);
      json.close("}");
    }
    for (let i = 0; i < fields.length; i++) {
      if (fields[i].isRequired) required.push(fields[i].name);
      json.key(fields[i].name);
      this.field(fields[i], hasFallbacks);
    }
    json.close("}");
    if (required.length > 0) json.words("required", required);
  }

  private groups(groups: string[][]): void {
    const json = this.json;
    if (groups.length == 0) return;
    json.key("allOf");
    json.open("[");
    for (let i = 0; i < groups.length; i++) {
      json.open("{");
      json.key("oneOf");
      json.open("[");
      for (let j = 0; j < groups[i].length; j++) {
        json.open("{");
        json.words("required", [groups[i][j]]);
        json.close("}");
      }
      json.close("]");
      json.close("}");
    }
    json.close("]");
  }

  private field(field: FieldOutline, hasFallback: bool): void {
    const json = this.json;
    const isDuration = field.kind == FieldKind.Duration;
    json.open("{");
    json.text("description", isDuration ? field.doc + " " + durationHelp(field) : field.doc);
    this.value(field, hasFallback);
    if (hasFallback && field.fallback.length > 0) json.raw("default", field.fallback);
    json.close("}");
  }

  /** The members that say which values the field takes. */
  private value(field: FieldOutline, hasFallback: bool): void {
    const json = this.json;
    switch (field.kind) {
      case FieldKind.Boolean:
        if (hasFallback) return json.text("type", "boolean");
        return json.raw("const", "true");
      case FieldKind.Integer:
        json.text("type", "integer");
        json.raw("minimum", max(field.least, -MAX_WHOLE).toString());
        return json.raw("maximum", min(field.most, MAX_WHOLE).toString());
      case FieldKind.Number:
        json.text("type", "number");
        if (isFinite(field.leastNumber)) json.raw("minimum", decimal(field.leastNumber));
        if (isFinite(field.mostNumber)) json.raw("maximum", decimal(field.mostNumber));
        return;
      case FieldKind.Text: {
        const form = field.form;
        if (form) this.textForm(form);
        return;
      }
      case FieldKind.Duration:
        json.text("type", "string");
        return json.text("pattern", DURATION_PATTERN);
      case FieldKind.Choice:
        json.text("type", "string");
        return json.words("enum", field.options);
      case FieldKind.StringMap:
        json.text("type", "object");
        json.key("additionalProperties");
        json.open("{");
        json.text("type", "string");
        return json.close("}");
      case FieldKind.Object: {
        const object = field.object;
        if (object) this.objectMembers(object);
        return;
      }
      case FieldKind.ObjectOrWord:
        return this.objectOrWord(field);
      default:
        return this.list(field);
    }
  }

  private objectOrWord(field: FieldOutline): void {
    const json = this.json;
    const object = field.object;
    if (!object) return;
    json.key("oneOf");
    json.open("[");
    for (let i = 0; i < field.options.length; i++) {
      json.open("{");
      json.text("const", field.options[i]);
      json.close("}");
    }
    json.open("{");
    this.objectMembers(object);
    json.close("}");
    json.close("]");
  }

  private list(field: FieldOutline): void {
    const json = this.json;
    json.text("type", "array");
    if (field.leastCount > 0) json.raw("minItems", field.leastCount.toString());
    if (field.mostCount < i32.MAX_VALUE) json.raw("maxItems", field.mostCount.toString());
    if (field.kind == FieldKind.Choices) json.raw("uniqueItems", "true");
    json.key("items");
    json.open("{");
    if (field.kind == FieldKind.Choices) {
      json.text("type", "string");
      json.words("enum", field.options);
    }
    const form = field.form;
    if (form) this.textForm(form);
    const object = field.object;
    if (object) this.objectMembers(object);
    if (field.kind == FieldKind.Variants) this.variants(field);
    json.close("}");
  }

  private variants(field: FieldOutline): void {
    const json = this.json;
    json.text("type", "object");
    // Said here as well, so that an unknown kind is answered with all kinds, not with the first branch.
    const types = new Array<string>();
    for (let i = 0; i < field.variants.length; i++) types.push(field.variants[i].type);
    json.key("properties");
    json.open("{");
    json.key(field.tag);
    json.open("{");
    json.words("enum", types);
    json.close("}");
    json.close("}");
    json.words("required", [field.tag]);
    json.key("oneOf");
    json.open("[");
    for (let i = 0; i < field.variants.length; i++) {
      const variant = field.variants[i];
      json.open("{");
      json.text("title", variant.type);
      json.text("description", variant.doc);
      this.objectMembers(variant.object, field.tag, variant.type);
      json.close("}");
    }
    json.close("]");
  }

  private textForm(form: TextForm): void {
    const json = this.json;
    if (form.prefixes.length == 0) {
      json.text("type", "string");
      if (form.options.length > 0) return json.words("enum", form.options);
      if (form.leastLength > 0) json.raw("minLength", form.leastLength.toString());
      if (form.mostLength < i32.MAX_VALUE) json.raw("maxLength", form.mostLength.toString());
      return;
    }
    json.text("type", "string");
    json.key("anyOf");
    json.open("[");
    if (form.options.length > 0) {
      json.open("{");
      json.words("enum", form.options);
      json.close("}");
    }
    for (let i = 0; i < form.prefixes.length; i++) {
      json.open("{");
      json.text("pattern", "^" + withoutMeaning(form.prefixes[i]) + "[\\s\\S]");
      json.close("}");
    }
    json.close("]");
  }
}

function durationHelp(field: FieldOutline): string {
  const range = durationRangeText(field.least, field.most);
  return "Written as a whole number and a unit (ms, s, m, h, d): " + range + ".";
}

/** `text` as a regular expression that matches it alone. */
function withoutMeaning(text: string): string {
  const parts = new Array<string>();
  for (let i = 0; i < text.length; i++) {
    const c = text.charAt(i);
    if ("\\^$.|?*+()[]{}/".includes(c)) parts.push("\\");
    parts.push(c);
  }
  return parts.join("");
}
