import { Address, Bytes } from "../bytes/bytes";
import { byteAt, sameBytes } from "../bytes/scan";

/** No place in a shape: nothing below it is wanted. */
export const UNWANTED: i32 = -1;

/** What is wanted of a string. */
export enum StringForm {
  /** Whole, in `onScalar`. */
  Value,
  /** Piece by piece, in `onText`. */
  Text,
  /** Its length, in `onLength`. */
  Length,
}

/** A place that is on the way to wanted ones, but not wanted itself. */
const NO_FIELD: i32 = -1;

/**
 * What a reader of JSON wants to hear of: a trie of member names.
 *
 *     const SHAPE = new JsonShape()
 *       .want("model", Field.Model)
 *       .want("choices[].finish_reason", Field.FinishReason)
 *       .wantText("choices[].delta.content", Field.Content);
 *
 * A path is member names with dots between them, `[]` stands for every element of an array, and the empty path for the document
 * itself. A place may be wanted and also have wanted places below it. Member names hold no dot and no bracket. Fields are numbers
 * from 0 on, the caller's own. Once built a shape does not change, so one that is a global serves all readers.
 *
 *     nodes:   | field | string form | element node | first member | hashes of its members' names |     a place
 *     members: | signature | name at | name length | node | next |   a name below a place, as a list
 *     names:   the UTF-8 of all names, one after the other
 */
@final
export class JsonShape {
  private nodes: StaticArray<i32> = new StaticArray<i32>(16 * NODE_SIZE);
  private nodeCount: i32 = 0;
  private members: StaticArray<i32> = new StaticArray<i32>(16 * MEMBER_SIZE);
  private memberCount: i32 = 0;
  private names: Bytes = Bytes.of(new ArrayBuffer(0));
  /** The longest name in bytes. */
  private longest: i32 = 0;
  private isAll: bool = false;

  constructor() {
    this.addNode();
  }

  /** The shape that wants every value, with field 0, and every member's name. */
  static everything(): JsonShape {
    const shape = new JsonShape();
    shape.isAll = true;
    unchecked((shape.nodes[NODE_FIELD] = 0));
    unchecked((shape.nodes[NODE_ELEMENT] = 0));
    unchecked((shape.nodes[NODE_FILTER] = -1));
    return shape;
  }

  /** Wants the value at `path` as `field`; of two calls for one place the later one counts. Returns this. */
  want(path: string, field: i32): JsonShape {
    return this.wantString(path, field, StringForm.Value);
  }

  /** Wants the value at `path` as `field`, and if it is a string, piece by piece while it arrives. Returns this. */
  wantText(path: string, field: i32): JsonShape {
    return this.wantString(path, field, StringForm.Text);
  }

  /**
   * Wants the value at `path` as `field`, and of a string the length alone: it is checked and not decoded, which is several times as
   * fast where there are escapes; `onLength` brings the length, and `onTextEnd` its place, instead of `onScalar`. Returns this.
   */
  wantLength(path: string, field: i32): JsonShape {
    return this.wantString(path, field, StringForm.Length);
  }

  /** Wants the value at `path` as `field`, and if it is a string, as `form` says. Returns this. */
  wantString(path: string, field: i32, form: StringForm): JsonShape {
    const node = this.place(path);
    this.nodes[node + NODE_FIELD] = field;
    this.nodes[node + NODE_FORM] = form;
    return this;
  }

  /** Whether this is `everything()`. */
  get isEverything(): bool {
    return this.isAll;
  }

  /** Bytes of the longest member name. */
  get longestName(): i32 {
    return this.longest;
  }

  /** The field of the place `node`; below 0 if it is not wanted itself. `node` may be `UNWANTED`. */
  // @ts-ignore: decorator
  @inline
  field(node: i32): i32 {
    return node < 0 ? NO_FIELD : unchecked(this.nodes[node + NODE_FIELD]);
  }

  /** How strings at the place `node` are wanted; `node` is not `UNWANTED`. */
  // @ts-ignore: decorator
  @inline
  form(node: i32): StringForm {
    return unchecked(this.nodes[node + NODE_FORM]);
  }

  /** The place of the elements of an array at `node`, or `UNWANTED`. `node` may be `UNWANTED`. */
  // @ts-ignore: decorator
  @inline
  element(node: i32): i32 {
    return node < 0 ? UNWANTED : unchecked(this.nodes[node + NODE_ELEMENT]);
  }

  /** Whether the member of `node` named bytes `[from, to)` of `base` can be wanted: false spares the search for most names. */
  // @ts-ignore: decorator
  @inline
  mayHold(node: i32, base: Address, from: i32, to: i32): bool {
    return (((<u32>unchecked(this.nodes[node + NODE_FILTER])) >> nameHash(base, from, to)) & 1) != 0;
  }

  /** The place of the member of `node` whose name is bytes `[from, to)` of `base`, or `UNWANTED`; `node` is not `UNWANTED`. */
  member(node: i32, base: Address, from: i32, to: i32): i32 {
    if (this.isAll) return 0;
    const members = this.members;
    const signature = nameSignature(base, from, to);
    let member = unchecked(this.nodes[node + NODE_MEMBER]);
    while (member >= 0) {
      if (
        unchecked(members[member + MEMBER_SIGNATURE]) == signature &&
        unchecked(members[member + MEMBER_LENGTH]) == to - from &&
        sameBytes(base, from, this.names.address(0), unchecked(members[member + MEMBER_NAME]), to - from)
      ) {
        return unchecked(members[member + MEMBER_NODE]);
      }
      member = unchecked(members[member + MEMBER_NEXT]);
    }
    return UNWANTED;
  }

  /** The place at `path`, made if it is not there. */
  private place(path: string): i32 {
    let node = 0;
    let at = 0;
    while (at < path.length) {
      const c = path.charCodeAt(at);
      if (c == 0x5b /* [ */) {
        node = this.elementOf(node);
        at += 2;
      } else if (c == 0x2e /* . */) {
        at++;
      } else {
        const from = at;
        while (at < path.length && path.charCodeAt(at) != 0x5b && path.charCodeAt(at) != 0x2e) at++;
        node = this.memberOf(node, Bytes.fromString(path.substring(from, at)));
      }
    }
    return node;
  }

  private elementOf(node: i32): i32 {
    const known = this.nodes[node + NODE_ELEMENT];
    if (known >= 0) return known;
    const element = this.addNode();
    this.nodes[node + NODE_ELEMENT] = element;
    return element;
  }

  private memberOf(node: i32, name: Bytes): i32 {
    const known = this.member(node, name.address(0), 0, name.length);
    if (known >= 0) return known;
    const child = this.addNode();
    const member = this.memberCount * MEMBER_SIZE;
    if (member == this.members.length) this.members = grown(this.members);
    const members = this.members;
    members[member + MEMBER_SIGNATURE] = nameSignature(name.address(0), 0, name.length);
    members[member + MEMBER_NAME] = this.names.length;
    members[member + MEMBER_LENGTH] = name.length;
    members[member + MEMBER_NODE] = child;
    members[member + MEMBER_NEXT] = -1;
    this.memberCount++;
    this.append(node, member);
    this.nodes[node + NODE_FILTER] |= 1 << nameHash(name.address(0), 0, name.length);
    this.names = this.names.concat(name);
    this.longest = max(this.longest, name.length);
    return child;
  }

  /** Puts `member` at the end of the list of `node`: names are looked for in the order in which they were wanted. */
  private append(node: i32, member: i32): void {
    let last = this.nodes[node + NODE_MEMBER];
    if (last < 0) {
      this.nodes[node + NODE_MEMBER] = member;
      return;
    }
    while (this.members[last + MEMBER_NEXT] >= 0) last = this.members[last + MEMBER_NEXT];
    this.members[last + MEMBER_NEXT] = member;
  }

  private addNode(): i32 {
    const node = this.nodeCount * NODE_SIZE;
    if (node == this.nodes.length) this.nodes = grown(this.nodes);
    this.nodes[node + NODE_FIELD] = NO_FIELD;
    this.nodes[node + NODE_FORM] = 0;
    this.nodes[node + NODE_ELEMENT] = UNWANTED;
    this.nodes[node + NODE_MEMBER] = -1;
    this.nodes[node + NODE_FILTER] = 0;
    this.nodeCount++;
    return node;
  }
}

const NODE_FIELD = 0;
const NODE_FORM = 1;
const NODE_ELEMENT = 2;
const NODE_MEMBER = 3;
const NODE_FILTER = 4;
const NODE_SIZE = 5;

const MEMBER_SIGNATURE = 0;
const MEMBER_NAME = 1;
const MEMBER_LENGTH = 2;
const MEMBER_NODE = 3;
const MEMBER_NEXT = 4;
const MEMBER_SIZE = 5;

/** A number below 32 from the ends of a name. */
// @ts-ignore: decorator
@inline
function nameHash(base: Address, from: i32, to: i32): u32 {
  return from == to ? 0 : (byteAt(base, from) + byteAt(base, to - 1)) & 31;
}

/** The length and three bytes of a name: two names that differ in it are not the same. */
// @ts-ignore: decorator
@inline
function nameSignature(base: Address, from: i32, to: i32): i32 {
  if (to == from) return 0;
  const first = byteAt(base, from);
  const middle = byteAt(base, (from + to) >> 1);
  const last = byteAt(base, to - 1);
  return <i32>(((to - from) << 24) | (middle << 16) | (last << 8) | first);
}

function grown(table: StaticArray<i32>): StaticArray<i32> {
  const larger = new StaticArray<i32>(table.length * 2);
  for (let i = 0; i < table.length; i++) larger[i] = table[i];
  return larger;
}
