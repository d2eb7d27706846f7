import { Bytes } from "../bytes/bytes";
import { JsonError, JsonKind } from "./json-kinds";
import { JsonReader, JsonSink } from "./json-reader";
import { JsonShape } from "./json-shape";

/** One value of a document that was read whole: a configuration. */
@final
export class JsonNode {
  boolean: bool = false;
  number: f64 = NaN;
  /** Whether a number is whole, however it is written, and fits i64. */
  isInteger: bool = false;
  /** The value of a number where `isInteger`, else 0. */
  integer: i64 = 0;
  /** The document range of the value, `[at, end)`; an object's or array's with its brackets. */
  end: i32 = 0;
  /** A string's text; the digits of a number as they are written; else empty. */
  text: string = "";
  /** Members of an object or elements of an array, in document order; duplicate names are kept. */
  readonly children: Array<JsonNode> = [];

  constructor(
    readonly kind: JsonKind,
    /** The member's name; empty outside an object. */
    readonly key: string,
    /** Where the member's name begins, at its opening quote; -1 outside an object. */
    readonly keyAt: i32,
    readonly at: i32,
  ) {}

  /** The first member of that name, or null; null also if this is no object. */
  member(key: string): JsonNode | null {
    if (this.kind != JsonKind.Object) return null;
    for (let i = 0; i < this.children.length; i++) if (this.children[i].key == key) return this.children[i];
    return null;
  }

  /** The first member whose name an earlier one has, or null if all names differ. */
  duplicate(): JsonNode | null {
    if (this.kind != JsonKind.Object) return null;
    const seen = new Set<string>();
    for (let i = 0; i < this.children.length; i++) {
      const child = this.children[i];
      if (seen.has(child.key)) return child;
      seen.add(child.key);
    }
    return null;
  }
}

/** A document as a tree, or the reason why there is none. Nothing changes once it is parsed. */
@final
export class JsonTree {
  constructor(
    readonly error: JsonError,
    /** The offset of what is wrong. */
    readonly errorAt: i32,
    /** The document's value; null if there is an error. */
    readonly root: JsonNode | null,
  ) {}

  /** Reads all of `bytes`. Takes memory in proportion to it, in the current arena. */
  static parse(bytes: Bytes): JsonTree {
    const builder = new TreeBuilder();
    const reader = new JsonReader(JsonShape.everything(), builder, bytes.length);
    if (reader.feed(bytes, 0, bytes.length) == JsonError.None) reader.finish();
    const isValid = reader.error == JsonError.None;
    return new JsonTree(reader.error, isValid ? -1 : reader.errorAt, isValid ? builder.root : null);
  }
}

class TreeBuilder extends JsonSink {
  root: JsonNode | null = null;
  private readonly open: Array<JsonNode> = [];
  private key: string = "";

  onKey(reader: JsonReader): void {
    this.key = reader.text();
  }

  onOpen(_field: i32, reader: JsonReader): void {
    this.open.push(this.add(reader));
  }

  onClose(_field: i32, reader: JsonReader): void {
    this.open.pop().end = reader.end;
  }

  onScalar(_field: i32, reader: JsonReader): void {
    const node = this.add(reader);
    node.end = reader.end;
    switch (reader.kind) {
      case JsonKind.String:
        node.text = reader.text();
        break;
      case JsonKind.Boolean:
        node.boolean = reader.boolean;
        break;
      case JsonKind.Number:
        node.text = reader.text();
        node.number = reader.number();
        node.isInteger = reader.isInteger;
        node.integer = reader.integer();
        break;
      default:
        break;
    }
  }

  private add(reader: JsonReader): JsonNode {
    const node = new JsonNode(reader.kind, reader.keyAt < 0 ? "" : this.key, reader.keyAt, reader.at);
    if (this.open.length == 0) this.root = node;
    else this.open[this.open.length - 1].children.push(node);
    return node;
  }
}
