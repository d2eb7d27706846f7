import { Variant } from "../config/fields";
import { WireFormat } from "../llm/wire-format";

/** How many lists the ends of paths are told apart into. */
const LISTS = 64;

/** Characters at the end of a path that choose the list: every end has as many. */
const TAIL = 3;

/** What this build of Weir consists of: the pipeline itself knows no processor and no dialect by name. */
export class Registry {
  /** The first entry of each list; -1 if it is empty. What most paths end in begins none, and is known to be no call by that alone. */
  private readonly first: StaticArray<i32> = new StaticArray<i32>(LISTS).fill(-1);
  private readonly ends: string[] = [];
  private readonly owners: WireFormat[] = [];
  /** The entry after each in its list; -1 after the last. */
  private readonly next: i32[] = [];

  constructor(
    /** Processors by the type that the configuration writes. */
    readonly processors: Variant[],
    /** Dialects; the first that claims a call has it. */
    readonly formats: WireFormat[],
  ) {
    // Backwards, so that each list is in the order of the dialects.
    for (let i = formats.length - 1; i >= 0; i--) {
      const ends = formats[i].pathEnds;
      for (let k = ends.length - 1; k >= 0; k--) this.add(formats[i], ends[k]);
    }
  }

  /** Whether `path` (without its query) may be one that a dialect claims: false of nearly all others, and quickly. */
  mayClaim(path: string): bool {
    const end = endOf(path);
    return end >= TAIL && this.first[listOf(path, end)] >= 0;
  }

  /** The dialect of calls to `path` (without its query); null if they are no calls to a model. */
  formatOf(method: string, path: string): WireFormat | null {
    const end = endOf(path);
    if (end < TAIL) return null;
    for (let i = this.first[listOf(path, end)]; i >= 0; i = this.next[i]) {
      const owner = this.owners[i];
      if (endsWith(path, end, this.ends[i]) && owner.method == method && owner.claims(path.substring(0, end)))
        return owner;
    }
    return null;
  }

  /** The dialect of this name; null if there is none. */
  formatNamed(name: string): WireFormat | null {
    for (let i = 0; i < this.formats.length; i++) if (this.formats[i].name == name) return this.formats[i];
    return null;
  }

  private add(format: WireFormat, end: string): void {
    if (end.length < TAIL) return;
    const list = listOf(end, end.length);
    this.next.push(this.first[list]);
    this.first[list] = this.ends.length;
    this.ends.push(end);
    this.owners.push(format);
  }
}

/** Where `path` ends without its slashes: servers that are lenient about those must not be a way around the gateway. */
function endOf(path: string): i32 {
  let end = path.length;
  while (end > 0 && path.charCodeAt(end - 1) == 0x2f) end--;
  return end;
}

/** The list of what ends in the `TAIL` characters before `end`, whatever their case; there are that many. */
function listOf(text: string, end: i32): i32 {
  const a = text.charCodeAt(end - 1) | 0x20;
  const b = text.charCodeAt(end - 2) | 0x20;
  const c = text.charCodeAt(end - 3) | 0x20;
  return (a + b * 5 + c * 25) & (LISTS - 1);
}

/** Whether the first `end` characters of `path` end in `tail`, whatever their case: some servers do not look at it. */
function endsWith(path: string, end: i32, tail: string): bool {
  const at = end - tail.length;
  if (at < 0) return false;
  for (let i = 0; i < tail.length; i++) {
    const c = path.charCodeAt(at + i);
    const wanted = tail.charCodeAt(i);
    if (c != wanted && lowerCase(c) != lowerCase(wanted)) return false;
  }
  return true;
}

function lowerCase(c: i32): i32 {
  return c >= 0x41 && c <= 0x5a ? c | 0x20 : c;
}
