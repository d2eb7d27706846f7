import { decimal } from "./expected";
import { durationText } from "./duration";
import { quoted } from "./errors";
import { Fields, Presence, Settings, StringMap, TextForm, Variant } from "./fields";
import { FieldKind, FieldOutline, ObjectOutline, VariantOutline } from "./outline";

/** What `settings` may be given. */
export function outlineOf(settings: Settings): ObjectOutline {
  const outliner = new Outliner();
  settings.bind(outliner);
  return outliner.outline;
}

/** Fields that are listed, not read: every field returns its fallback. */
class Outliner extends Fields {
  readonly outline: ObjectOutline = new ObjectOutline();

  boolean(name: string, fallback: bool, doc: string): bool {
    this.add(name, FieldKind.Boolean, doc, Presence.Optional).fallback = fallback ? "true" : "false";
    return fallback;
  }

  choices(name: string, options: string[], fallback: i32[], doc: string): i32[] {
    const field = this.addList(name, FieldKind.Choices, doc, Presence.Optional, 0, i32.MAX_VALUE);
    field.options = options;
    const words = new Array<string>();
    for (let i = 0; i < fallback.length; i++) words.push(quoted(options[fallback[i]]));
    field.fallback = "[" + words.join(", ") + "]";
    return fallback;
  }

  stringMap(name: string, doc: string): StringMap {
    this.add(name, FieldKind.StringMap, doc, Presence.Optional);
    return new StringMap();
  }

  object(name: string, target: Settings, doc: string): bool {
    this.add(name, FieldKind.Object, doc, Presence.Optional).object = outlineOf(target);
    return false;
  }

  objectOrWord(name: string, word: string, target: Settings, doc: string): bool {
    const field = this.add(name, FieldKind.ObjectOrWord, doc, Presence.Optional);
    field.options = [word];
    field.fallback = quoted(word);
    field.object = outlineOf(target);
    return false;
  }

  variants(name: string, tag: string, kinds: Variant[], doc: string): Settings[] {
    const field = this.addList(name, FieldKind.Variants, doc, Presence.Optional, 0, i32.MAX_VALUE);
    field.tag = tag;
    for (let i = 0; i < kinds.length; i++)
      field.variants.push(new VariantOutline(kinds[i].type, kinds[i].doc, outlineOf(kinds[i].make())));
    return [];
  }

  exactlyOne(): void {
    this.outline.isExactlyOne = true;
  }

  exactlyOneOf(names: string[]): void {
    this.outline.groups.push(names);
  }

  check(_ok: bool, _name: string, _message: string): void {}

  protected readInteger(name: string, presence: Presence, fallback: i64, least: i64, most: i64, doc: string): i64 {
    const field = this.add(name, FieldKind.Integer, doc, presence);
    field.least = least;
    field.most = most;
    if (presence == Presence.Optional) field.fallback = fallback.toString();
    return fallback;
  }

  protected readNumber(name: string, presence: Presence, fallback: f64, least: f64, most: f64, doc: string): f64 {
    const field = this.add(name, FieldKind.Number, doc, presence);
    field.leastNumber = least;
    field.mostNumber = most;
    if (presence == Presence.Optional) field.fallback = decimal(fallback);
    return fallback;
  }

  protected readText(name: string, presence: Presence, fallback: string, form: TextForm, doc: string): string {
    const field = this.add(name, FieldKind.Text, doc, presence);
    field.form = this.outline.isExactlyOne && form.leastLength == 0 ? TextForm.nonEmpty() : form;
    if (presence == Presence.Optional && fallback.length > 0) field.fallback = quoted(fallback);
    return fallback;
  }

  protected readChoice(name: string, presence: Presence, options: string[], fallback: i32, doc: string): i32 {
    const field = this.add(name, FieldKind.Choice, doc, presence);
    field.options = options;
    if (presence == Presence.Optional) field.fallback = quoted(options[fallback]);
    return fallback;
  }

  protected readDuration(name: string, presence: Presence, fallback: i64, least: i64, most: i64, doc: string): i64 {
    const field = this.add(name, FieldKind.Duration, doc, presence);
    field.least = least;
    field.most = most;
    if (presence == Presence.Optional) field.fallback = quoted(durationText(fallback));
    return fallback;
  }

  protected readStrings(
    name: string,
    presence: Presence,
    form: TextForm,
    least: i32,
    most: i32,
    doc: string,
  ): string[] {
    this.addList(name, FieldKind.Strings, doc, presence, least, most).form = form;
    return [];
  }

  protected readObjects(name: string, make: () => Settings, least: i32, doc: string): Settings[] {
    const presence = least > 0 ? Presence.Required : Presence.Optional;
    this.addList(name, FieldKind.Objects, doc, presence, least, i32.MAX_VALUE).object = outlineOf(make());
    return [];
  }

  private add(name: string, kind: FieldKind, doc: string, presence: Presence): FieldOutline {
    const field = new FieldOutline(name, kind, doc);
    field.isRequired = presence == Presence.Required && !this.outline.isExactlyOne;
    this.outline.fields.push(field);
    return field;
  }

  private addList(name: string, kind: FieldKind, doc: string, presence: Presence, least: i32, most: i32): FieldOutline {
    const field = this.add(name, kind, doc, presence);
    field.leastCount = this.outline.isExactlyOne ? max(least, 1) : least;
    field.mostCount = most;
    return field;
  }
}
