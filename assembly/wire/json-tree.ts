import { Bytes } from "../bytes/bytes";
import { JsonError, JsonKind } from "./json-kinds";

/** One value of a document that was read whole: a configuration. */
export class JsonNode {
  kind: JsonKind = JsonKind.Null;
  /** The member's name; empty outside an object. */
  key: string = "";
  /** Document range of the value; an object's or array's with its brackets. */
  at: i32 = 0;
  end: i32 = 0;
  /** A string's text; empty for other kinds. */
  text: string = "";
  boolean: bool = false;
  number: f64 = 0;
  isInteger: bool = false;
  /** The value of a number where `isInteger`. */
  integer: i64 = 0;
  /** Members of an object or elements of an array, in document order; duplicate names are kept. */
  readonly children: Array<JsonNode> = [];

  /** The first member of that name, or null. */
  member(_key: string): JsonNode | null {
    return null;
  }

  /** The name that two members share, or null if all differ. */
  duplicate(): string | null {
    return null;
  }
}

/** A document as a tree, or the reason why there is none. */
export class JsonTree {
  error: JsonError = JsonError.None;
  errorAt: i32 = 0;
  /** The document's value; null if there is an error. */
  root: JsonNode | null = null;

  /** Reads all of `bytes`. */
  static parse(_bytes: Bytes): JsonTree {
    return new JsonTree();
  }
}
