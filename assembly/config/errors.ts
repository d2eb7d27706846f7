import { ByteWriter } from "../bytes/writer";

/** How many errors are told in full. */
export const MAX_ERRORS = 50;

/** Longest part of a pointer that is shown. */
const MAX_NAME = 64;

/** Where a value stands in the document. */
export class Place {
  constructor(
    /** The object or list around it; null for the document itself. */
    readonly parent: Place | null,
    /** The member's name, or the element's index. */
    readonly name: string,
  ) {}

  child(name: string): Place {
    return new Place(this, name);
  }

  /** The value that the `/` in `path` lead to from here; "" is this one. */
  descendant(path: string): Place {
    if (path.length == 0) return this;
    const names = path.split("/");
    let place: Place = this;
    for (let i = 0; i < names.length; i++) place = place.child(names[i]);
    return place;
  }

  /**
   * The JSON pointer (RFC 6901), or "the configuration" for all of it. It fits on a line: control characters are written as JSON
   * escapes them, and names that are longer than a reader needs are cut.
   */
  toString(): string {
    const parts = new Array<string>();
    let place: Place = this;
    for (let parent = place.parent; parent; parent = place.parent) {
      parts.push(pointerPart(place.name));
      place = parent;
    }
    return parts.length == 0 ? "the configuration" : "/" + parts.reverse().join("/");
  }
}

/** What is wrong with a document, in its order. The first `MAX_ERRORS` that were found are kept, the others counted. */
export class ErrorList {
  count: i32 = 0;
  private readonly lines: string[] = [];
  private readonly offsets: i32[] = [];

  /** Whether further errors are only counted. */
  get isFull(): bool {
    return this.lines.length == MAX_ERRORS;
  }

  /** Adds an error of the value at `place`, which begins at byte `at`. */
  add(place: Place, at: i32, message: string): void {
    this.count++;
    if (this.isFull) return;
    this.lines.push(place.toString() + ": " + message);
    this.offsets.push(at);
    for (let i = this.lines.length - 1; i > 0 && this.offsets[i - 1] > at; i--) this.swap(i - 1, i);
  }

  /** A line for each error, and one for those that are not told. */
  toLines(): string[] {
    const lines = this.lines.slice(0);
    const more = this.count - lines.length;
    if (more > 0) lines.push("and " + more.toString() + (more == 1 ? " more error" : " more errors"));
    return lines;
  }

  private swap(i: i32, j: i32): void {
    const line = this.lines[i];
    this.lines[i] = this.lines[j];
    this.lines[j] = line;
    const offset = this.offsets[i];
    this.offsets[i] = this.offsets[j];
    this.offsets[j] = offset;
  }
}

/** `text` as JSON writes it, so that it cannot break or forge a line. */
export function quoted(text: string): string {
  const writer = new ByteWriter(text.length + 2);
  writer.jsonString(text);
  return writer.toBytes().toString();
}

function pointerPart(name: string): string {
  const shown = quoted(name.length > MAX_NAME ? name.substring(0, MAX_NAME) + "…" : name);
  return shown
    .substring(1, shown.length - 1)
    .replaceAll("~", "~0")
    .replaceAll("/", "~1");
}
