import { JsonNode } from "../wire/json-tree";
import { Place } from "./errors";

/** A rule across fields that does not hold. */
export class BrokenRule {
  constructor(
    /** Path from the object. */
    readonly path: string,
    readonly message: string,
  ) {}

  /** The field of the object that the path begins with. */
  get field(): string {
    const slash = this.path.indexOf("/");
    return slash < 0 ? this.path : this.path.substring(0, slash);
  }
}

/** An object of the document while its fields are being named. */
export class Frame {
  /** The fields that were named, in order. */
  readonly names: string[] = [];
  /** The fields with errors in or below them. */
  readonly wrongFields: string[] = [];
  /** Groups of fields of which exactly one is to be given. */
  readonly groups: string[][] = [];
  readonly brokenRules: BrokenRule[] = [];
  /** Whether exactly one of all fields is to be given. */
  isExactlyOne: bool = false;
  /** Errors of the object and its fields, without those of objects below. */
  ownErrors: i32 = 0;
  /** How many errors there were when the last field was named. */
  errorsBefore: i32 = 0;

  constructor(
    /** The object; null if it is absent, and every field has its fallback. */
    readonly node: JsonNode | null,
    readonly place: Place,
  ) {}

  /** Begins the next field, when there have been `errors` errors so far. */
  name(name: string, errors: i32): void {
    this.endField(errors);
    this.names.push(name);
  }

  /** Ends the last field. */
  endField(errors: i32): void {
    if (errors > this.errorsBefore && this.names.length > 0) this.wrongFields.push(this.names[this.names.length - 1]);
    this.errorsBefore = errors;
  }

  /** Those of `names` that the object has. */
  given(names: string[]): string[] {
    const given = new Array<string>();
    const node = this.node;
    if (node) for (let i = 0; i < names.length; i++) if (node.member(names[i])) given.push(names[i]);
    return given;
  }
}
