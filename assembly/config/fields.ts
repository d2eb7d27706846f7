/**
 * Typed configuration, said once.
 *
 * A class of settings names its fields in `bind`, each with its doc, default and bounds. The same calls decode a document
 * (`decoder.ts`) and are listed for the JSON Schema and the reference page (`outline.ts`), so that none can say what the others do
 * not. A `bind` therefore makes the same calls every time, whatever they return.
 *
 * ```ts
 * class Limit extends Settings {
 *   tokens: i64 = 0;
 *   windowMs: i64 = 0;
 *
 *   bind(f: Fields): void {
 *     this.tokens = f.requiredInteger("tokens", 1, i64.MAX_VALUE, "Tokens that a window holds.");
 *     this.windowMs = f.durationMs("window", MINUTE_MS, SECOND_MS, DAY_MS, "Length of the window.");
 *   }
 * }
 * ```
 */

/** Lengths of time in milliseconds. */
export const SECOND_MS: i64 = 1000;
export const MINUTE_MS: i64 = 60 * SECOND_MS;
export const HOUR_MS: i64 = 60 * MINUTE_MS;
export const DAY_MS: i64 = 24 * HOUR_MS;

/** An object of the configuration. */
export abstract class Settings {
  /** Names every field and takes its value. Settings must not contain themselves. */
  abstract bind(f: Fields): void;
}

/** One of several kinds of object, told apart by the value of a member: the *tag*. */
export class Variant {
  constructor(
    /** The tag's value. */
    readonly type: string,
    /** What an object of this kind is, for the schema and the reference; Markdown. */
    readonly doc: string,
    readonly make: () => Settings,
  ) {}
}

/** Names and texts, in the order of the document; names differ. */
export class StringMap {
  readonly keys: string[] = [];
  readonly values: string[] = [];
}

/** What a text must look like. Lengths are in Unicode code points, as JSON Schema counts them. */
export class TextForm {
  /** The only texts allowed, if there are any, beside those that `prefixes` allow. */
  options: string[] = [];
  /** Texts that begin with one of these and go on for at least one character are allowed too. */
  prefixes: string[] = [];

  private constructor(
    readonly leastLength: i32,
    readonly mostLength: i32,
  ) {}

  /** Any text. */
  static any(): TextForm {
    return new TextForm(0, i32.MAX_VALUE);
  }

  /** Any text but the empty one. */
  static nonEmpty(): TextForm {
    return new TextForm(1, i32.MAX_VALUE);
  }

  /** A text of `least` to `most` code points. */
  static sized(least: i32, most: i32): TextForm {
    return new TextForm(least, most);
  }

  /** One of `options`, or one of `prefixes` with something after it: `consumer`, `header:x-team`. */
  static wordOrPrefixed(options: string[], prefixes: string[]): TextForm {
    const form = new TextForm(1, i32.MAX_VALUE);
    form.options = options;
    form.prefixes = prefixes;
    return form;
  }

  /** Whether `text` is of this form. */
  allows(text: string): bool {
    const length = codePoints(text);
    if (length < this.leastLength || length > this.mostLength) return false;
    if (this.options.length + this.prefixes.length == 0 || this.options.includes(text)) return true;
    for (let i = 0; i < this.prefixes.length; i++)
      if (text.length > this.prefixes[i].length && text.startsWith(this.prefixes[i])) return true;
    return false;
  }
}

/** How many Unicode code points `text` has; a lone surrogate counts as one. */
function codePoints(text: string): i32 {
  let count = text.length;
  for (let i = 1; i < text.length; i++)
    if ((text.charCodeAt(i - 1) & 0xfc00) == 0xd800 && (text.charCodeAt(i) & 0xfc00) == 0xdc00) count--;
  return count;
}

/** Whether a field may be left out. */
export enum Presence {
  Optional,
  Required,
}

/**
 * The fields of one object, as `Settings.bind` names them. Names are camelCase; docs are Markdown, whole sentences.
 *
 * What is returned has been checked, or is the fallback: while there are errors, settings hold values that can be worked with but
 * are not to be used. Bounds are inclusive. Fallbacks need not be within them: `0` may stand for "none".
 */
export abstract class Fields {
  /** `true` or `false`. */
  abstract boolean(name: string, fallback: bool, doc: string): bool;

  /** A whole number; `8388608.0` and `8.388608e6` are whole too, as proxies that keep numbers as doubles may write them. */
  integer(name: string, fallback: i64, least: i64, most: i64, doc: string): i64 {
    return this.readInteger(name, Presence.Optional, fallback, least, most, doc);
  }

  requiredInteger(name: string, least: i64, most: i64, doc: string): i64 {
    return this.readInteger(name, Presence.Required, least, least, most, doc);
  }

  /** A number; an infinite bound is none. */
  number(name: string, fallback: f64, least: f64, most: f64, doc: string): f64 {
    return this.readNumber(name, Presence.Optional, fallback, least, most, doc);
  }

  requiredNumber(name: string, least: f64, most: f64, doc: string): f64 {
    return this.readNumber(name, Presence.Required, least, least, most, doc);
  }

  /** A text, the empty one too. */
  text(name: string, fallback: string, doc: string): string {
    return this.readText(name, Presence.Optional, fallback, TextForm.any(), doc);
  }

  /** A text that must be given and is not empty. */
  requiredText(name: string, doc: string): string {
    return this.readText(name, Presence.Required, "", TextForm.nonEmpty(), doc);
  }

  /** A text of a certain form. */
  textOf(name: string, fallback: string, form: TextForm, doc: string): string {
    return this.readText(name, Presence.Optional, fallback, form, doc);
  }

  requiredTextOf(name: string, form: TextForm, doc: string): string {
    return this.readText(name, Presence.Required, "", form, doc);
  }

  /** One of some words; returns its index in `options`, so that an enum whose members are in the same order can take it. */
  choice(name: string, options: string[], fallback: i32, doc: string): i32 {
    return this.readChoice(name, Presence.Optional, options, fallback, doc);
  }

  /** As `choice`, and it must be given; 0 while it is not. */
  requiredChoice(name: string, options: string[], doc: string): i32 {
    return this.readChoice(name, Presence.Required, options, 0, doc);
  }

  /** A length of time in ms, written as a whole number and a unit: `50ms`, `1s`, `1m`, `1h`, `1d`. */
  durationMs(name: string, fallback: i64, least: i64, most: i64, doc: string): i64 {
    return this.readDuration(name, Presence.Optional, fallback, least, most, doc);
  }

  requiredDurationMs(name: string, least: i64, most: i64, doc: string): i64 {
    return this.readDuration(name, Presence.Required, least, least, most, doc);
  }

  /** A list of texts, none of them empty; empty if absent. */
  strings(name: string, doc: string): string[] {
    return this.readStrings(name, Presence.Optional, TextForm.nonEmpty(), 0, i32.MAX_VALUE, doc);
  }

  /** A list of `least` to `most` texts of a certain form; empty if absent. */
  stringsOf(name: string, form: TextForm, least: i32, most: i32, doc: string): string[] {
    return this.readStrings(name, Presence.Optional, form, least, most, doc);
  }

  requiredStringsOf(name: string, form: TextForm, least: i32, most: i32, doc: string): string[] {
    return this.readStrings(name, Presence.Required, form, least, most, doc);
  }

  /** A list of words, each at most once; returns their indices in `options`. */
  abstract choices(name: string, options: string[], fallback: i32[], doc: string): i32[];

  /** An object of texts by names that the operator chooses, neither of them bounded; empty if absent. */
  abstract stringMap(name: string, doc: string): StringMap;

  /** An object of its own settings; returns whether it is there. If not, `target` has its defaults. */
  abstract object(name: string, target: Settings, doc: string): bool;

  /** As `object`, where `word` may stand instead of the object and means the same as nothing at all: `store: local`. */
  abstract objectOrWord(name: string, word: string, target: Settings, doc: string): bool;

  /** A list of objects; empty if absent. Objects with errors are in it, what is no object is not. */
  objects(name: string, make: () => Settings, doc: string): Settings[] {
    return this.readObjects(name, make, 0, doc);
  }

  /** A list of at least one object. */
  requiredObjects(name: string, make: () => Settings, doc: string): Settings[] {
    return this.readObjects(name, make, 1, doc);
  }

  /** A list of objects of several kinds, at least one, told apart by the member `tag`; empty if absent. */
  abstract variants(name: string, tag: string, kinds: Variant[], doc: string): Settings[];

  /**
   * Says that exactly one of this object's fields is given. To be called before all others. A field that is given says something:
   * a boolean is `true`, a text or list is not empty.
   */
  abstract exactlyOne(): void;

  /** Says that exactly one of the fields `names` is given; to be called before them. */
  abstract exactlyOneOf(names: string[]): void;

  /**
   * A rule across fields, which the schema cannot say. If not `ok`, `message` stands at the field `name` ("", this object;
   * "processors/1/name", further in): "must be at least `least`".
   *
   * It is left out while a field of this object, or something within `name`, is wrong: then it would judge fallbacks.
   */
  abstract check(ok: bool, name: string, message: string): void;

  protected abstract readInteger(
    name: string,
    presence: Presence,
    fallback: i64,
    least: i64,
    most: i64,
    doc: string,
  ): i64;

  protected abstract readNumber(
    name: string,
    presence: Presence,
    fallback: f64,
    least: f64,
    most: f64,
    doc: string,
  ): f64;

  protected abstract readText(name: string, presence: Presence, fallback: string, form: TextForm, doc: string): string;

  protected abstract readChoice(name: string, presence: Presence, options: string[], fallback: i32, doc: string): i32;

  protected abstract readDuration(
    name: string,
    presence: Presence,
    fallback: i64,
    least: i64,
    most: i64,
    doc: string,
  ): i64;

  protected abstract readStrings(
    name: string,
    presence: Presence,
    form: TextForm,
    least: i32,
    most: i32,
    doc: string,
  ): string[];

  protected abstract readObjects(name: string, make: () => Settings, least: i32, doc: string): Settings[];
}
