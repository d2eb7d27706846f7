import { type Random } from "./random";

const NAMES = [
  "model",
  "messages",
  "role",
  "content",
  "text",
  "stream",
  "stream_options",
  "include_usage",
  "a",
  "b",
  "c",
  "",
  "max_tokens",
  "m\\u006fdel",
  "\\u0061",
  "mode",
  "modem",
  "\\ud800",
  "é",
  "n".repeat(70),
];
const NUMBERS = [
  "0",
  "-0",
  "1",
  "12",
  "-7",
  "1.5",
  "1e3",
  "1000.0",
  "10000e-1",
  "1E+2",
  "0.1",
  "123456789012345678",
  "9223372036854775807",
  "9223372036854775808",
  "-9223372036854775808",
  "-9223372036854775809",
  "1e400",
  "-1e400",
  "5e-324",
  "2.4703282292062327e-324",
  "2.4703282292062328e-324",
  "1.7976931348623157e308",
  "1.7976931348623159e308",
  "9007199254740993",
  "9007199254740992.99999999999999999999999999999999999999",
  "9007199254740993.00000000000000000000000000000000000001",
  "9007199254740995e0",
  "9.007199254740992500000000000000000000000000000000001e16",
  "2.2250738585072011e-308",
  "0.000001",
  "1e22",
  "1e23",
  "123456789012345678901234567890",
  "0e5",
  "0.0",
  "3.141592653589793238462643383279",
  "1" + "0".repeat(70),
];
const PIECES = [
  "x",
  "hello ",
  "\\n",
  '\\"',
  "\\\\",
  "\\/",
  "\\u0041",
  "\\u00e9",
  "\\ud83d\\ude00",
  "\\ud83d",
  "\\ude00",
  "\\ud83dx",
  "\\ud83d\\n",
  "\\ud83d\\ud83d\\ude00",
  "é",
  "日本語",
  "😀",
  "\u007f",
  "\ufeff",
  "\uffff",
  "The quick brown fox jumps over the lazy dog, ",
  "aaaaaaaaaaaaaaaa",
];
const BLANKS = ["", "", "", "", " ", "\n", "\t", "\r\n", "    ", "                      "];
const TOKENS = [
  "{",
  "}",
  "[",
  "]",
  ",",
  ":",
  '"',
  "\\",
  "null",
  "true",
  "false",
  "0",
  "-",
  ".",
  "e",
  "E",
  "+",
  "01",
  "1.",
  ".5",
  "1e",
  "\\u12",
  "\\x",
  "nul",
  "True",
  "NaN",
  " ",
  "\u0000",
  "\u001f",
  "\ufeff",
  "//",
  "'",
  '"a":',
  '{"a":1}',
  "[[[[",
  "]]]]",
];
const BYTES = [
  0x00, 0x1f, 0x20, 0x22, 0x2c, 0x5c, 0x7b, 0x7d, 0x7f, 0x80, 0xbf, 0xc0, 0xc1, 0xc2, 0xe0, 0xed, 0xa0, 0x9f, 0xf0,
  0xf4, 0x90, 0x8f, 0xf5, 0xff,
];

/** The edges of well-formed UTF-8 (the Unicode Standard, table 3-7), on both sides. */
const SEQUENCES = [
  [0xc1, 0xbf],
  [0xc2, 0x80],
  [0xe0, 0x9f, 0xbf],
  [0xe0, 0xa0, 0x80],
  [0xed, 0x9f, 0xbf],
  [0xed, 0xa0, 0x80],
  [0xed, 0xbf, 0xbf],
  [0xee, 0x80, 0x80],
  [0xf0, 0x8f, 0xbf, 0xbf],
  [0xf0, 0x90, 0x80, 0x80],
  [0xf4, 0x8f, 0xbf, 0xbf],
  [0xf4, 0x90, 0x80, 0x80],
  [0xe1, 0x80, 0x41],
  [0xe1, 0xc0, 0x80],
  [0xf1, 0x80, 0x80],
];

/** Random JSON documents, most of them valid, and mutations of them. */
export class Documents {
  private last: Buffer<ArrayBuffer> = Buffer.alloc(0);

  constructor(private readonly random: Random) {}

  next(): Buffer<ArrayBuffer> {
    const { random } = this;
    let text = random.oneIn(3) ? this.chat() : this.value(random.below(6));
    if (random.oneIn(400)) text = this.deep();
    let bytes = Buffer.from(this.blank() + text + this.blank());
    if (random.below(3) > 0) for (let n = 1 + random.below(3); n > 0; n--) bytes = this.mutate(bytes);
    this.last = bytes;
    return bytes.subarray(0, 4096);
  }

  private blank(): string {
    return this.random.pick(BLANKS);
  }

  private deep(): string {
    const depth = 120 + this.random.below(16);
    const open = Array.from({ length: depth }, () => (this.random.oneIn(2) ? "[" : '{"a":'));
    const close = open.map((token) => (token === "[" ? "]" : "}")).reverse();
    return open.join("") + "1" + close.join("");
  }

  /** A body of the form that the harness's shape wants. */
  private chat(): string {
    const { random } = this;
    const colon = (): string => this.blank() + ":" + this.blank();
    const part = (): string => `{"type"${colon()}"text","text"${colon()}"${this.text()}"}`;
    const content = (): string => (random.oneIn(4) ? this.list("[", "]", part) : `"${this.text()}"`);
    const message = (): string => `{"role"${colon()}"user","content"${colon()}${content()}}`;
    const members = [
      `"model"${colon()}"${this.text()}"`,
      `"messages"${colon()}${this.list("[", "]", message)}`,
      `"stream_options"${colon()}{"include_usage"${colon()}${random.pick(["true", "false"])}}`,
      `"a":{"b":[{"c":${this.value(1)}}]}`,
      `"${this.name()}":${this.value(2)}`,
    ].filter(() => random.below(4) > 0);
    return "{" + members.join(",") + "}";
  }

  private value(depth: number): string {
    const { random } = this;
    const sort = depth > 0 ? random.below(10) : 4 + random.below(6);
    if (sort < 2)
      return this.list("{", "}", () => `"${this.name()}"${this.blank()}:${this.blank()}${this.value(depth - 1)}`);
    if (sort < 4) return this.list("[", "]", () => this.value(depth - 1));
    if (sort < 7) return `"${this.text()}"`;
    if (sort < 8) return random.pick(["true", "false", "null"]);
    return random.oneIn(2) ? random.pick(NUMBERS) : this.number();
  }

  private list(open: string, close: string, item: () => string): string {
    const parts = Array.from({ length: this.random.below(5) }, () => this.blank() + item() + this.blank());
    return open + (parts.length > 0 ? parts.join(",") : this.blank()) + close;
  }

  private name(): string {
    return this.random.oneIn(8) ? this.text() : this.random.pick(NAMES);
  }

  private text(): string {
    // Now and then longer than what readers gather.
    const length = this.random.below(this.random.oneIn(20) ? 120 : 6);
    const piece = this.random.oneIn(4) ? this.random.pick(PIECES) : null;
    return Array.from({ length }, () => piece ?? this.random.pick(PIECES)).join("");
  }

  private number(): string {
    const { random } = this;
    const digits = (most: number): string =>
      Array.from({ length: 1 + random.below(most) }, () => random.below(10)).join("");
    let text = random.oneIn(2) ? "-" : "";
    text += digits(20).replace(/^0+(?=\d)/, "");
    if (random.oneIn(2)) text += "." + digits(20);
    if (random.oneIn(2)) text += random.pick(["e", "E", "e+", "e-"]) + digits(random.oneIn(4) ? 3 : 2);
    return text;
  }

  private mutate(bytes: Buffer<ArrayBuffer>): Buffer<ArrayBuffer> {
    const { random } = this;
    const at = random.below(bytes.length + 1);
    const end = Math.min(bytes.length, at + random.below(4));
    const insert = (piece: Buffer): Buffer<ArrayBuffer> =>
      Buffer.concat([bytes.subarray(0, at), piece, bytes.subarray(end)]);
    switch (random.below(7)) {
      case 0:
        return bytes.subarray(0, at);
      case 1:
        return Buffer.concat([bytes.subarray(0, at), bytes.subarray(end)]);
      case 2:
        return insert(Buffer.from(random.pick(TOKENS)));
      case 3:
        return insert(Buffer.from([random.pick(BYTES)]));
      case 4: {
        if (bytes.length === 0) return bytes;
        const copy = Buffer.from(bytes);
        copy[at % copy.length] = (copy[at % copy.length] as number) ^ (1 << random.below(8));
        return copy;
      }
      case 5:
        return insert(Buffer.from(random.oneIn(2) ? random.pick(SEQUENCES) : [random.below(256), random.pick(BYTES)]));
      default:
        return insert(this.last.subarray(random.below(this.last.length + 1)).subarray(0, 40));
    }
  }
}
