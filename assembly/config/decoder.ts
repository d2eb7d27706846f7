import { Bytes } from "../bytes/bytes";
import { JsonKind, jsonErrorText } from "../wire/json-kinds";
import { JsonNode, JsonTree } from "../wire/json-tree";
import { NO_DURATION, parseDuration } from "./duration";
import { ErrorList, Place } from "./errors";
import { MAX_WHOLE, durationRangeText, numberText, textFormText, wholeNumberText, wordsText } from "./expected";
import { Presence, Settings, StringMap, TextForm, Variant } from "./fields";
import { BrokenRule } from "./frame";
import { didYouMean } from "./nearest";
import { ObjectReader } from "./object-reader";

/** Longest document. A tree may take more than 100 times the room of its text, and a VM has 1 GiB for all. */
const MAX_DOCUMENT_BYTES = 2097152;

/**
 * Reads `json` into `settings`. Returns what is wrong, a line each in the order of the document, and nothing if all is right; while
 * there are errors, the settings are not to be used. No bytes at all are `{}`.
 *
 * A line is a JSON pointer (RFC 6901), what was expected and what was found. Texts and lists of the settings live in the arena that
 * is current, as does the scratch: some tens of bytes for each byte of `json`, of which there may be 2 MiB.
 */
export function decode(json: Bytes, settings: Settings): string[] {
  if (json.length > MAX_DOCUMENT_BYTES) return ["the configuration: longer than 2 MiB"];
  const document = json.length == 0 ? Bytes.fromString("{}") : json;
  const tree = JsonTree.parse(document);
  const root = tree.root;
  if (!root) return [positionText(document, tree.errorAt) + ": " + jsonErrorText(tree.error)];
  const errors = new ErrorList();
  new Decoder(document, errors).readDocument(root, settings);
  return errors.toLines();
}

/** "line 3, column 14" of byte `at`; columns count characters from 1. */
function positionText(json: Bytes, at: i32): string {
  let line = 1;
  let column = 1;
  for (let i = 0, end = min(at, json.length); i < end; i++) {
    if (json[i] == 0x0a) {
      line++;
      column = 1;
    } else if ((json[i] & 0xc0) != 0x80) {
      column++;
    }
  }
  return "line " + line.toString() + ", column " + column.toString();
}

/** Fields that come from a document. */
class Decoder extends ObjectReader {
  constructor(json: Bytes, errors: ErrorList) {
    super(json, errors);
  }

  boolean(name: string, fallback: bool, _doc: string): bool {
    const node = this.take(name, Presence.Optional, "true or false");
    if (!node) return fallback;
    const place = this.placeOf(name);
    const mustBeTrue = this.frame.isExactlyOne;
    if (node.kind == JsonKind.Boolean && (node.boolean || !mustBeTrue)) return node.boolean;
    this.unexpected(node, JsonKind.Boolean, place, mustBeTrue ? "true" : "true or false");
    return fallback;
  }

  choices(name: string, options: string[], fallback: i32[], _doc: string): i32[] {
    const nodes = this.takeList(name, Presence.Optional, this.leastOf(0), i32.MAX_VALUE, "word");
    if (!nodes) return fallback;
    const place = this.placeOf(name);
    const chosen = new Array<i32>();
    for (let i = 0; i < nodes.length; i++) {
      const element = place.child(i.toString());
      const choice = this.choiceOf(nodes[i], element, options);
      if (choice < 0) continue;
      if (chosen.includes(choice)) this.fail(element, nodes[i].at, '"' + options[choice] + '" is in the list already');
      else chosen.push(choice);
    }
    return chosen;
  }

  stringMap(name: string, _doc: string): StringMap {
    const map = new StringMap();
    const expected = "an object of strings";
    const node = this.take(name, Presence.Optional, expected);
    if (!node) return map;
    const place = this.placeOf(name);
    if (node.kind != JsonKind.Object) {
      this.unexpected(node, JsonKind.Object, place, expected);
      return map;
    }
    const seen = new Set<string>();
    for (let i = 0; i < node.children.length; i++) {
      const child = node.children[i];
      const entry = place.child(child.key);
      if (child.kind != JsonKind.String) this.unexpected(child, JsonKind.String, entry, "a string");
      if (seen.has(child.key)) {
        this.fail(entry, child.at, "is there more than once");
        continue;
      }
      seen.add(child.key);
      map.keys.push(child.key);
      map.values.push(child.text);
    }
    return map;
  }

  object(name: string, target: Settings, _doc: string): bool {
    return this.bindMember(name, this.take(name, Presence.Optional, "an object"), "an object", target);
  }

  objectOrWord(name: string, word: string, target: Settings, _doc: string): bool {
    const expected = '"' + word + '" or an object';
    const node = this.take(name, Presence.Optional, expected);
    const isWord = node != null && node.kind == JsonKind.String && node.text == word;
    return this.bindMember(name, isWord ? null : node, expected, target);
  }

  variants(name: string, tag: string, kinds: Variant[], _doc: string): Settings[] {
    const made = new Array<Settings>();
    const nodes = this.takeList(name, Presence.Optional, this.leastOf(0), i32.MAX_VALUE, "object");
    if (!nodes) return made;
    const types = new Array<string>();
    for (let i = 0; i < kinds.length; i++) types.push(kinds[i].type);
    const place = this.placeOf(name);
    for (let i = 0; i < nodes.length; i++) {
      const element = place.child(i.toString());
      const kind = this.kindOf(nodes[i], element, tag, types);
      if (kind < 0) continue;
      const settings = kinds[kind].make();
      made.push(settings);
      this.bindObject(nodes[i], element, settings, tag);
    }
    return made;
  }

  exactlyOne(): void {
    this.frame.isExactlyOne = true;
  }

  exactlyOneOf(names: string[]): void {
    this.frame.groups.push(names);
  }

  check(ok: bool, name: string, message: string): void {
    if (!ok) this.frame.brokenRules.push(new BrokenRule(name, message));
  }

  protected readInteger(name: string, presence: Presence, fallback: i64, least: i64, most: i64, _doc: string): i64 {
    const lowest = max(least, -MAX_WHOLE);
    const highest = min(most, MAX_WHOLE);
    const expected = wholeNumberText(lowest, highest);
    const node = this.take(name, presence, expected);
    if (!node) return fallback;
    if (isWhole(node)) {
      const value = wholeNumber(node);
      if (value >= lowest && value <= highest) return value;
    }
    this.unexpected(node, JsonKind.Number, this.placeOf(name), expected);
    return fallback;
  }

  protected readNumber(name: string, presence: Presence, fallback: f64, least: f64, most: f64, _doc: string): f64 {
    const expected = numberText(least, most);
    const node = this.take(name, presence, expected);
    if (!node) return fallback;
    const value = node.number;
    if (node.kind == JsonKind.Number && isFinite(value) && value >= least && value <= most) return value;
    this.unexpected(node, JsonKind.Number, this.placeOf(name), expected);
    return fallback;
  }

  protected readText(name: string, presence: Presence, fallback: string, form: TextForm, _doc: string): string {
    const own = this.frame.isExactlyOne && form.leastLength == 0 ? TextForm.nonEmpty() : form;
    const node = this.take(name, presence, textFormText(own));
    return node && this.isTextOf(node, this.placeOf(name), own) ? node.text : fallback;
  }

  protected readChoice(name: string, presence: Presence, options: string[], fallback: i32, _doc: string): i32 {
    const node = this.take(name, presence, wordsText(options));
    if (!node) return fallback;
    const choice = this.choiceOf(node, this.placeOf(name), options);
    return choice < 0 ? fallback : choice;
  }

  protected readDuration(name: string, presence: Presence, fallback: i64, least: i64, most: i64, _doc: string): i64 {
    const expected = durationRangeText(least, most);
    const node = this.take(name, presence, expected);
    if (!node) return fallback;
    const ms = node.kind == JsonKind.String ? parseDuration(node.text) : NO_DURATION;
    if (ms != NO_DURATION && ms >= least && ms <= most) return ms;
    this.unexpected(
      node,
      JsonKind.String,
      this.placeOf(name),
      ms == NO_DURATION ? expected + ', written as a whole number and a unit (ms, s, m, h, d) such as "10s"' : expected,
    );
    return fallback;
  }

  protected readStrings(
    name: string,
    presence: Presence,
    form: TextForm,
    least: i32,
    most: i32,
    _doc: string,
  ): string[] {
    const texts = new Array<string>();
    const nodes = this.takeList(name, presence, this.leastOf(least), most, "string");
    if (!nodes) return texts;
    const place = this.placeOf(name);
    for (let i = 0; i < nodes.length; i++)
      if (this.isTextOf(nodes[i], place.child(i.toString()), form)) texts.push(nodes[i].text);
    return texts;
  }

  protected readObjects(name: string, make: () => Settings, least: i32, _doc: string): Settings[] {
    const made = new Array<Settings>();
    const presence = least > 0 ? Presence.Required : Presence.Optional;
    const nodes = this.takeList(name, presence, this.leastOf(least), i32.MAX_VALUE, "object");
    if (!nodes) return made;
    const place = this.placeOf(name);
    for (let i = 0; i < nodes.length; i++) {
      const element = place.child(i.toString());
      if (!this.isObject(nodes[i], element)) continue;
      const settings = make();
      made.push(settings);
      this.bindObject(nodes[i], element, settings);
    }
    return made;
  }

  /** The index of the word at `node` in `options`, or -1 and an error. */
  private choiceOf(node: JsonNode, place: Place, options: string[]): i32 {
    const choice = node.kind == JsonKind.String ? options.indexOf(node.text) : -1;
    if (choice < 0) {
      this.unexpected(
        node,
        JsonKind.String,
        place,
        this.errors.isFull ? "" : wordsText(options),
        this.nearWord(node, options),
      );
    }
    return choice;
  }

  /** The index of the kind of object at `node` in `types`, or -1 and an error. */
  private kindOf(node: JsonNode, place: Place, tag: string, types: string[]): i32 {
    if (!this.isObject(node, place)) return -1;
    const type = node.member(tag);
    if (type) return this.choiceOf(type, place.child(tag), types);
    this.fail(place.child(tag), node.at, "missing; expected " + wordsText(types));
    return -1;
  }

  /** Whether `node` is a text of that form; if not, that is an error. */
  private isTextOf(node: JsonNode, place: Place, form: TextForm): bool {
    if (node.kind == JsonKind.String && form.allows(node.text)) return true;
    const expected = this.errors.isFull ? "" : textFormText(form);
    this.unexpected(node, JsonKind.String, place, expected, this.nearWord(node, form.options));
    return false;
  }

  /** The word that a text was meant to be; nothing once errors are only counted. */
  private nearWord(node: JsonNode, options: string[]): string {
    return node.kind != JsonKind.String || this.errors.isFull ? "" : didYouMean(node.text, options);
  }
}

/** Whether a value is a whole number: `8388608`, and `8388608.0` and `8.388608e6` too. */
function isWhole(node: JsonNode): bool {
  if (node.kind != JsonKind.Number) return false;
  return node.isInteger || (node.number == trunc(node.number) && abs(node.number) <= <f64>MAX_WHOLE);
}

/** The value of a number that `isWhole`. */
function wholeNumber(node: JsonNode): i64 {
  return node.isInteger ? node.integer : <i64>node.number;
}
