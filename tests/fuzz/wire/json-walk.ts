/**
 * The events that a document should give, from an independent walk over it: `JSON.parse` gives the values, and only positions are
 * found here. The document must be valid.
 */
export const MAX_DEPTH = 128;
const CAPTURE = 64;

/** A place of a shape: what is wanted there, and below. */
export interface Place {
  field: number;
  isText: boolean;
  element: Place | null;
  members: Map<string, Place>;
}

/** Builds the places of the same paths that the harness wants. */
export function places(paths: ReadonlyArray<readonly [path: string, field: number, isText?: boolean]>): Place {
  const make = (): Place => ({ field: -1, isText: false, element: null, members: new Map() });
  const root = make();
  for (const [path, field, isText] of paths) {
    let place = root;
    for (const [, name, brackets] of path.matchAll(/([^.[\]]+)|(\[\])/g)) {
      if (brackets !== undefined) place = place.element ??= make();
      else {
        const next = place.members.get(name as string) ?? make();
        place.members.set(name as string, next);
        place = next;
      }
    }
    place.field = field;
    place.isText = isText === true;
  }
  return root;
}

const KINDS = { object: 0, array: 1, string: 2, number: 3, boolean: 4, null: 5 };

export class Walk {
  private i = 0;
  private lines: string[] = [];
  /** The most objects and arrays open at once. */
  depth = 0;

  constructor(
    private readonly bytes: Buffer,
    private readonly shape: Place | "everything",
  ) {}

  /** The trace, in the form that the harness writes. */
  trace(): string {
    this.value(this.shape === "everything" ? null : this.shape, -1, -1, 0);
    return this.lines.map((line) => line + "\n").join("");
  }

  private blank(): void {
    while ([0x20, 0x09, 0x0a, 0x0d].includes(this.bytes[this.i] as number)) this.i++;
  }

  private string(): string {
    const from = this.i++;
    while (this.bytes[this.i] !== 0x22) this.i += this.bytes[this.i] === 0x5c ? 2 : 1;
    this.i++;
    return JSON.parse(this.bytes.toString("utf8", from, this.i)) as string;
  }

  private value(place: Place | null, keyAt: number, commaAt: number, depth: number): void {
    this.blank();
    const all = this.shape === "everything";
    const field = all ? 0 : place === null ? -1 : place.field;
    const at = this.i;
    const c = String.fromCharCode(this.bytes[at] as number);
    const say = (event: string, kind: number, ...more: Array<string | number>): void => {
      if (field >= 0) this.lines.push([event, field, kind, at, keyAt, commaAt, depth, ...more].join(" "));
    };
    if (c === "{" || c === "[") {
      const kind = c === "{" ? KINDS.object : KINDS.array;
      say("open", kind);
      this.children(c === "{", place, depth + 1);
      say("close", kind, this.i);
    } else if (c === '"') {
      const text = this.string();
      if (!all && place !== null && place.isText) {
        if (text.length > 0 && field >= 0) this.lines.push(`text ${field} ${Buffer.from(text).toString("hex")}`);
        say("textEnd", KINDS.string, this.i);
      } else say("scalar", KINDS.string, this.i, captured(text));
    } else {
      while (this.i < this.bytes.length && /[-+.\w]/.test(String.fromCharCode(this.bytes[this.i] as number))) this.i++;
      const word = this.bytes.toString("latin1", at, this.i);
      if (word === "null") say("scalar", KINDS.null, this.i, "");
      else if (word === "true" || word === "false") say("scalar", KINDS.boolean, this.i, word);
      else say("scalar", KINDS.number, this.i, number(word));
    }
  }

  private children(isObject: boolean, place: Place | null, depth: number): void {
    this.depth = Math.max(this.depth, depth);
    this.i++;
    let commaAt = -1;
    for (;;) {
      this.blank();
      const c = this.bytes[this.i] as number;
      if (c === 0x7d || c === 0x5d) break;
      if (c === 0x2c) {
        commaAt = this.i++;
        this.blank();
      }
      let keyAt = -1;
      let next = place === null ? null : place.element;
      if (isObject) {
        keyAt = this.i;
        const name = this.string();
        next = place === null ? null : (place.members.get(name) ?? null);
        if (this.shape === "everything") this.lines.push(`key ${keyAt} ${commaAt} ${depth} ${captured(name)}`);
        this.blank();
        this.i++;
      }
      this.value(next, keyAt, commaAt, depth);
    }
    this.i++;
  }
}

/** A string as the harness gives it: cut at 64 bytes where a character begins, and marked if it was. */
function captured(text: string): string {
  const bytes = Buffer.from(text);
  if (bytes.length <= CAPTURE) return bytes.toString("hex");
  let length = CAPTURE;
  while (((bytes[length] as number) & 0xc0) === 0x80) length--;
  return bytes.toString("hex", 0, length) + "+";
}

function number(word: string): string {
  const bits = Buffer.alloc(8);
  if (word.length > CAPTURE) {
    // Too long to be taken apart: not a number.
    return "7ff8000000000000";
  }
  bits.writeDoubleBE(JSON.parse(word) as number);
  const integer = exactInteger(word);
  return bits.toString("hex") + (integer === null ? "" : " " + integer);
}

/** The number as an i64, or null if it is not one. */
function exactInteger(word: string): bigint | null {
  const [, sign, whole, fraction = "", exponent = "0"] = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([-+]?\d+))?$/.exec(
    word,
  ) as RegExpExecArray;
  let digits = BigInt(whole + fraction);
  let power = BigInt(exponent) - BigInt(fraction.length);
  if (digits === 0n) return 0n;
  while (digits % 10n === 0n) {
    digits /= 10n;
    power++;
  }
  if (power < 0n || power > 20n) return null;
  const value = digits * 10n ** power * (sign === "-" ? -1n : 1n);
  return BigInt.asIntN(64, value) === value ? value : null;
}
