import { TextForm } from "./fields";

/** What kind of value a field takes. */
export enum FieldKind {
  Boolean,
  Integer,
  Number,
  Text,
  Choice,
  Duration,
  Strings,
  Choices,
  StringMap,
  Object,
  ObjectOrWord,
  Objects,
  Variants,
}

/** What a field may be, as its settings' `bind` said it. Members that a kind has no use for keep their defaults. */
export class FieldOutline {
  isRequired: bool = false;
  /** The fallback as JSON; empty if there is none to tell. */
  fallback: string = "";
  /** Bounds of a whole number, or of a length of time in ms. */
  least: i64 = 0;
  most: i64 = 0;
  leastNumber: f64 = 0;
  mostNumber: f64 = 0;
  /** Bounds of a list's length. */
  leastCount: i32 = 0;
  mostCount: i32 = i32.MAX_VALUE;
  /** What a text, or each of the texts in a list, must look like. */
  form: TextForm | null = null;
  /** Words of a choice, or the word that may stand for an object. */
  options: string[] = [];
  /** The object, or each object in a list. */
  object: ObjectOutline | null = null;
  /** The member that tells kinds of objects apart. */
  tag: string = "";
  variants: VariantOutline[] = [];

  constructor(
    readonly name: string,
    readonly kind: FieldKind,
    readonly doc: string,
  ) {}

  /** The same field with nothing to tell of its fallback. */
  withoutFallback(): FieldOutline {
    const field = new FieldOutline(this.name, this.kind, this.doc);
    field.isRequired = this.isRequired;
    field.least = this.least;
    field.most = this.most;
    field.leastNumber = this.leastNumber;
    field.mostNumber = this.mostNumber;
    field.leastCount = this.leastCount;
    field.mostCount = this.mostCount;
    field.form = this.form;
    field.options = this.options;
    field.object = this.object;
    field.tag = this.tag;
    field.variants = this.variants;
    return field;
  }
}

/** The fields of an object, in the order in which they were named. */
export class ObjectOutline {
  readonly fields: FieldOutline[] = [];
  /** Whether exactly one field is given. */
  isExactlyOne: bool = false;
  /** Groups of fields of which exactly one is given. */
  readonly groups: string[][] = [];
}

/** One of several kinds of object. */
export class VariantOutline {
  constructor(
    readonly type: string,
    readonly doc: string,
    readonly object: ObjectOutline,
  ) {}
}
