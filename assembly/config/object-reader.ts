import { Bytes } from "../bytes/bytes";
import { JsonKind } from "../wire/json-kinds";
import { JsonNode } from "../wire/json-tree";
import { ErrorList, Place } from "./errors";
import { listText, wordsText } from "./expected";
import { Fields, Presence, Settings } from "./fields";
import { foundText } from "./found";
import { Frame } from "./frame";
import { didYouMean } from "./nearest";

/** How many fields an object may have so that an unknown one is answered with all of their names. */
const MAX_NAMES_TOLD = 8;

/** The objects of a document: which members they have and may have, and what is wrong with them as a whole. */
export abstract class ObjectReader extends Fields {
  /** The object whose fields are being named. */
  protected frame: Frame = new Frame(null, new Place(null, ""));

  constructor(
    private readonly json: Bytes,
    protected readonly errors: ErrorList,
  ) {
    super();
  }

  /** Reads the document itself. */
  readDocument(node: JsonNode, settings: Settings): void {
    const place = this.frame.place;
    this.bindObject(this.isObject(node, place) ? node : null, place, settings);
  }

  /** The member `name` of the object; null if it is absent, which is an error if it is required. */
  protected take(name: string, presence: Presence, expected: string): JsonNode | null {
    const frame = this.frame;
    frame.name(name, this.errors.count);
    const object = frame.node;
    if (!object) return null;
    const node = object.member(name);
    if (!node && presence == Presence.Required && !frame.isExactlyOne)
      this.fail(this.placeOf(name), object.at, "missing; expected " + expected);
    return node;
  }

  /** The elements of the list `name`; null if it is absent or no list of so many. */
  protected takeList(name: string, presence: Presence, least: i32, most: i32, things: string): JsonNode[] | null {
    const expected = listText(least, most, things);
    const node = this.take(name, presence, expected);
    if (!node) return null;
    const count = node.children.length;
    if (node.kind == JsonKind.Array && count >= least && count <= most) return node.children;
    const hint = node.kind == JsonKind.Array && count > most ? " of " + count.toString() : "";
    this.unexpected(node, JsonKind.Array, this.placeOf(name), expected, hint);
    return null;
  }

  /** Reads the member `node` of the object, which may be absent, into `target`; returns whether it is an object. */
  protected bindMember(name: string, node: JsonNode | null, expected: string, target: Settings): bool {
    const place = this.placeOf(name);
    if (node && node.kind == JsonKind.Object) {
      this.bindObject(node, place, target);
      return true;
    }
    if (node) this.unexpected(node, JsonKind.Object, place, expected);
    this.bindObject(null, place, target);
    return false;
  }

  /** Reads an object into `target`; `tag` is a member that was read before, if there is one. */
  protected bindObject(node: JsonNode | null, place: Place, target: Settings, tag: string = ""): void {
    const outer = this.frame;
    this.frame = new Frame(node, place);
    if (tag.length > 0) this.frame.name(tag, this.errors.count);
    else this.frame.endField(this.errors.count);
    target.bind(this);
    this.frame.endField(this.errors.count);
    if (node) this.finish(node);
    this.frame = outer;
  }

  /** Whether `node` is an object; if not, that is an error. */
  protected isObject(node: JsonNode, place: Place): bool {
    if (node.kind == JsonKind.Object) return true;
    this.unexpected(node, JsonKind.Object, place, "an object");
    return false;
  }

  /** Where the member `name` of the object stands. */
  protected placeOf(name: string): Place {
    return this.frame.place.child(name);
  }

  /** `least`, or 1 where an empty list would say nothing. */
  protected leastOf(least: i32): i32 {
    return this.frame.isExactlyOne ? max(least, 1) : least;
  }

  /** Says that the value at `node` is not what was expected. */
  protected unexpected(node: JsonNode, wanted: JsonKind, place: Place, expected: string, hint: string = ""): void {
    const found = this.errors.isFull ? "" : foundText(node, wanted, place, this.json);
    this.fail(place, node.at, "expected " + expected + ", found " + found + hint);
  }

  /** Says that something is wrong with the value at `place`, which begins at byte `at`. */
  protected fail(place: Place, at: i32, message: string): void {
    this.frame.ownErrors++;
    this.errors.add(place, at, message);
  }

  /** What can be said of an object when its fields are known. */
  private finish(object: JsonNode): void {
    this.refuseUnknownFields(object);
    if (this.frame.isExactlyOne) this.checkGroup(object, this.frame.names);
    for (let i = 0; i < this.frame.groups.length; i++) this.checkGroup(object, this.frame.groups[i]);
    this.reportBrokenRules(object);
  }

  private refuseUnknownFields(object: JsonNode): void {
    const names = this.frame.names;
    const isSeen = new StaticArray<bool>(names.length);
    for (let i = 0; i < object.children.length; i++) {
      const child = object.children[i];
      const field = names.indexOf(child.key);
      if (field >= 0 && !isSeen[field]) {
        isSeen[field] = true;
        continue;
      }
      const message = field < 0 ? "unknown field" + this.hintFor(child.key) : "is there more than once";
      this.fail(this.placeOf(child.key), child.at, message);
    }
  }

  private hintFor(name: string): string {
    if (this.errors.isFull) return "";
    const names = this.frame.names;
    const hint = didYouMean(name, names);
    if (hint.length > 0 || names.length > MAX_NAMES_TOLD) return hint;
    return names.length == 0 ? "; none is known here" : "; expected " + wordsText(names);
  }

  /** While another error may explain it, nothing is said. */
  private checkGroup(object: JsonNode, names: string[]): void {
    const given = this.frame.given(names);
    if (given.length == 1 || this.frame.ownErrors > 0) return;
    const found = given.length == 0 ? "none" : wordsText(given, " and ");
    this.fail(this.frame.place, object.at, "expected exactly one of " + wordsText(names, " and ") + ", found " + found);
  }

  private reportBrokenRules(object: JsonNode): void {
    const frame = this.frame;
    if (frame.ownErrors > 0) return;
    for (let i = 0; i < frame.brokenRules.length; i++) {
      const rule = frame.brokenRules[i];
      if (frame.wrongFields.includes(rule.field)) continue;
      this.fail(frame.place.descendant(rule.path), offsetOf(object, rule.path), rule.message);
    }
  }
}

/** Where what `path` leads to begins, or what it leads to in part. */
function offsetOf(object: JsonNode, path: string): i32 {
  const names = path.split("/");
  let node = object;
  for (let i = 0; i < names.length; i++) {
    const child = node.kind == JsonKind.Array ? elementAt(node, names[i]) : node.member(names[i]);
    if (!child) break;
    node = child;
  }
  return node.at;
}

function elementAt(list: JsonNode, index: string): JsonNode | null {
  for (let i = 0; i < list.children.length; i++) if (i.toString() == index) return list.children[i];
  return null;
}
