/** A node while the trie is built. */
interface Node {
  /** The token that ends here, or -1. */
  id: number;
  readonly children: Map<number, Node>;
}

/**
 * Tokens as a double-array trie: an array of 32-bit nodes, the child of a node by byte `b` at the node's base + 1 + `b`.
 *
 *     bits 0-19   the base, or for a leaf the id of its token
 *     bits 20-28  the label: 1 + the byte that leads here; 0 for the end of a token; 511 if the place is free
 *     bit 29      a leaf: a token that no other begins with
 *     bit 30      a token ends here and others go on: its id stands at the base, under label 0
 *
 * No two nodes have the same base, so a label that fits tells that a child is one's own. Nodes stand in depth-first order as nearly as there
 * is room: those of one word, or of the characters of one script, are neighbours.
 */
export function trieOf(tokens: Iterable<readonly [id: number, token: string]>): Uint32Array {
  const root: Node = { id: -1, children: new Map() };
  for (const [id, token] of tokens) insert(root, token, id);
  const places = new Places();
  const units: number[] = [];
  const settle = (node: Node, at: number, label: number): void => {
    if (node.children.size === 0) {
      units[at] = (node.id | (label << 20) | LEAF) >>> 0;
      return;
    }
    const labels = [...node.children.keys()].sort((a, b) => a - b).map((byte) => byte + 1);
    if (node.id >= 0) labels.unshift(0);
    const base = places.take(labels);
    if (base >= 1 << 20) throw new Error("the trie is too large for its nodes");
    units[at] = (base | (label << 20) | (node.id >= 0 ? ENDS : 0)) >>> 0;
    if (node.id >= 0) units[base] = node.id;
    for (const byte of [...node.children.keys()].sort((a, b) => a - b))
      settle(node.children.get(byte) as Node, base + 1 + byte, byte + 1);
  };
  places.remove(0);
  settle(root, 0, FREE_LABEL);
  // A child is looked for without a bound: there are 257 places behind every base.
  const all = new Uint32Array(units.length + 257).fill(FREE_LABEL << 20);
  units.forEach((unit, at) => (all[at] = unit));
  return all;
}

/** Bases have 20 bits. */
const MOST_PLACES = (1 << 20) + 512;
const FREE_LABEL = 511;
const LEAF = 1 << 29;
const ENDS = 1 << 30;

function insert(root: Node, token: string, id: number): void {
  let node = root;
  for (let i = 0; i < token.length; i++) {
    const byte = token.charCodeAt(i);
    let child = node.children.get(byte);
    if (!child) node.children.set(byte, (child = { id: -1, children: new Map() }));
    node = child;
  }
  node.id = id;
}

/** Which places of the array are free, as a list in ascending order, and which bases are given away. */
class Places {
  private readonly next = Int32Array.from({ length: MOST_PLACES }, (_, i) => i + 1);
  private readonly previous = Int32Array.from({ length: MOST_PLACES }, (_, i) => i - 1);
  private readonly isTaken = new Uint8Array(MOST_PLACES);
  private readonly isBase = new Uint8Array(MOST_PLACES);
  private first = 0;

  /** Finds and takes room for children with these labels, ascending; returns the base. */
  take(labels: readonly number[]): number {
    const lowest = labels[0] as number;
    for (let place = this.first; ; place = this.next[place] as number) {
      const base = place - lowest;
      if (base <= 0 || this.isBase[base] || labels.some((label) => this.isTaken[base + label])) continue;
      this.isBase[base] = 1;
      for (const label of labels) this.remove(base + label);
      return base;
    }
  }

  /** Takes one place. */
  remove(place: number): void {
    const [before, behind] = [this.previous[place] as number, this.next[place] as number];
    if (before < 0) this.first = behind;
    else this.next[before] = behind;
    this.previous[behind] = before;
    this.isTaken[place] = 1;
  }
}
