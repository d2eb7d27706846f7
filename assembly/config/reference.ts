import { MAX_WHOLE, durationRangeText, listText, numberText, textFormText, wholeNumberText } from "./expected";
import { FieldKind, FieldOutline, ObjectOutline, VariantOutline } from "./outline";

/**
 * The reference page of a configuration, Markdown: a section for each object, with its fields in order. Fields that all kinds of a
 * list's objects share are described once.
 */
export function referenceOf(root: ObjectOutline, title: string, doc: string): string {
  const page = new ReferencePrinter();
  page.paragraph("# " + title);
  page.paragraph(doc);
  page.object(root, "", 2);
  return page.toString();
}

class ReferencePrinter {
  private readonly paragraphs: string[] = [];

  paragraph(text: string): void {
    this.paragraphs.push(text);
  }

  /** The fields of the object at `path`, then a section for each object among them. */
  object(object: ObjectOutline, path: string, level: i32): void {
    if (object.isExactlyOne) this.paragraph("Exactly one of these fields is given.");
    for (let i = 0; i < object.groups.length; i++)
      this.paragraph("Exactly one of " + codes(object.groups[i], " and ") + " is given.");
    this.fields(object.fields, path, level, !object.isExactlyOne);
  }

  toString(): string {
    return this.paragraphs.join("\n\n") + "\n";
  }

  private fields(fields: FieldOutline[], path: string, level: i32, hasFallbacks: bool): void {
    for (let i = 0; i < fields.length; i++) this.field(fields[i], within(path, fields[i].name), hasFallbacks);
    for (let i = 0; i < fields.length; i++) {
      const field = fields[i];
      const object = field.object;
      const ownPath = within(path, field.name);
      if (object) {
        this.heading(ownPath, level);
        this.paragraph(field.doc);
        this.object(object, ownPath, level + 1);
      }
      if (field.kind == FieldKind.Variants) this.variants(field, path, level);
    }
  }

  private field(field: FieldOutline, path: string, hasFallback: bool): void {
    const facts = ["**" + code(field.name) + "**", typeText(field, path, hasFallback)];
    if (field.isRequired) facts.push("required");
    else if (hasFallback && hasText(field.fallback)) facts.push("default " + code(unquoted(field.fallback)));
    this.paragraph("- " + facts.join(" · "));
    // The doc of an object introduces its section.
    if (!field.object && field.kind != FieldKind.Variants) this.paragraph("  " + field.doc.replaceAll("\n", "\n  "));
  }

  /** A section on what all kinds of objects share, then one for each kind. */
  private variants(field: FieldOutline, path: string, level: i32): void {
    const ownPath = within(path, field.name);
    const shared = sharedFields(field.variants);
    this.heading(ownPath, level);
    this.paragraph(field.doc);
    const links = new Array<string>();
    for (let i = 0; i < field.variants.length; i++) links.push(link(within(path, field.variants[i].type)));
    this.paragraph("Each has a " + code(field.tag) + ", required: " + links.join(", ") + ".");
    if (shared.length > 0) {
      this.paragraph("All of them have these fields too:");
      this.fields(shared, ownPath, level + 1, true);
    }
    for (let i = 0; i < field.variants.length; i++) this.variant(field.variants[i], path, level + 1, shared);
  }

  private variant(variant: VariantOutline, path: string, level: i32, shared: FieldOutline[]): void {
    const ownPath = within(path, variant.type);
    const own = new ObjectOutline();
    for (let i = 0; i < variant.object.fields.length; i++) {
      const field = variant.object.fields[i];
      if (!isShared(field, shared)) own.fields.push(field);
    }
    for (let i = 0; i < variant.object.groups.length; i++) own.groups.push(variant.object.groups[i]);
    this.heading(ownPath, level);
    this.paragraph(variant.doc);
    this.object(own, ownPath, level + 1);
  }

  private heading(path: string, level: i32): void {
    this.paragraph("#".repeat(min(level, 6)) + " " + code(path));
  }
}

/** The fields that all variants name alike; a fallback that differs is left out. */
function sharedFields(variants: VariantOutline[]): FieldOutline[] {
  const shared = new Array<FieldOutline>();
  if (variants.length < 2) return shared;
  const candidates = variants[0].object.fields;
  for (let i = 0; i < candidates.length; i++) {
    let isInAll = true;
    let hasOneFallback = true;
    for (let j = 1; j < variants.length; j++) {
      const twin = twinOf(candidates[i], variants[j].object.fields);
      if (!twin) isInAll = false;
      else if (twin.fallback != candidates[i].fallback) hasOneFallback = false;
    }
    if (!isInAll) continue;
    shared.push(hasOneFallback ? candidates[i] : candidates[i].withoutFallback());
  }
  return shared;
}

/** The field in `fields` that says the same; null if there is none. */
function twinOf(field: FieldOutline, fields: FieldOutline[]): FieldOutline | null {
  for (let i = 0; i < fields.length; i++) {
    const other = fields[i];
    if (other.name == field.name && other.kind == field.kind && other.doc == field.doc) return other;
  }
  return null;
}

function isShared(field: FieldOutline, shared: FieldOutline[]): bool {
  return twinOf(field, shared) != null;
}

function typeText(field: FieldOutline, path: string, hasFallback: bool): string {
  switch (field.kind) {
    case FieldKind.Boolean:
      return hasFallback ? "`true` or `false`" : "`true`";
    case FieldKind.Integer:
      return wholeNumberText(field.least, field.most < MAX_WHOLE ? field.most : MAX_WHOLE);
    case FieldKind.Number:
      return numberText(field.leastNumber, field.mostNumber);
    case FieldKind.Text: {
      const form = field.form;
      return form ? textFormText(form) : "a string";
    }
    case FieldKind.Choice:
      return codes(field.options, " or ");
    case FieldKind.Duration:
      return durationRangeText(field.least, field.most);
    case FieldKind.Strings: {
      const form = field.form;
      const isPlain = form == null || form.options.length + form.prefixes.length == 0;
      const list = listText(field.leastCount, field.mostCount, isPlain ? "string" : "word");
      return isPlain || !form ? list : list + ": " + textFormText(form);
    }
    case FieldKind.Choices:
      return listText(field.leastCount, field.mostCount, "word") + ": " + codes(field.options, " or ");
    case FieldKind.StringMap:
      return "an object of strings";
    case FieldKind.Object:
      return "an object, see " + link(path);
    case FieldKind.ObjectOrWord:
      return codes(field.options, " or ") + " or an object, see " + link(path);
    default:
      return listText(field.leastCount, field.mostCount, "object") + ", see " + link(path);
  }
}

/** Whether a fallback says something: no empty text or list. */
function hasText(fallback: string): bool {
  return fallback.length > 0 && fallback != '""' && fallback != "[]";
}

/** A string of JSON as YAML would have it. */
function unquoted(json: string): string {
  return json.startsWith('"') ? json.substring(1, json.length - 1) : json;
}

function within(path: string, name: string): string {
  return path.length == 0 ? name : path + "." + name;
}

function code(text: string): string {
  return "`" + text + "`";
}

function codes(words: string[], conjunction: string): string {
  const parts = new Array<string>();
  for (let i = 0; i < words.length; i++) {
    if (i > 0) parts.push(i == words.length - 1 ? conjunction : ", ");
    parts.push(code(words[i]));
  }
  return parts.join("");
}

/** A link to the section of `path`: forges make a heading's anchor of its letters and digits, lower case. */
function link(path: string): string {
  return "[" + code(path) + "](#" + path.toLowerCase().replaceAll(".", "") + ")";
}
