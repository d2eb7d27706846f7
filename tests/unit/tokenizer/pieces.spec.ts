import { Bytes } from "../../../assembly/bytes/bytes";
import { beginLooking, sawBroken, sawEnd } from "../../../assembly/tokenizer/characters";
import { Pattern, pieceEnd } from "../../../assembly/tokenizer/pieces";
import { useSpecimen } from "./specimen";

/** The pieces of a text with bars between them. */
function cut(pattern: Pattern, text: string): string {
  const bytes = Bytes.fromString(text);
  const pieces = new Array<string>();
  for (let at = 0; at < bytes.length;) {
    const end = pieceEnd(pattern, bytes.address(0), at, bytes.length);
    pieces.push(bytes.slice(at, end).toString());
    at = end;
  }
  return pieces.join("|");
}

function o200k(text: string): string {
  return cut(Pattern.O200k, text);
}

function cl100k(text: string): string {
  return cut(Pattern.Cl100k, text);
}

/** Whether more text could move the end of the first piece. */
function isOpen(pattern: Pattern, text: string): bool {
  const bytes = Bytes.fromString(text);
  beginLooking();
  pieceEnd(pattern, bytes.address(0), 0, bytes.length);
  return sawEnd();
}

describe("a word of o200k", () => {
  beforeAll(useSpecimen);

  test("begins anew where upper case follows lower case", () => {
    expect(o200k("camelCase HTTPServer iPhone ABC")).toBe("camel|Case| HTTPServer| i|Phone| ABC");
  });

  test("takes its contraction with it, in any case, with the long s too", () => {
    expect(o200k("it's WE'LL x'\u017f don'T")).toBe("it's| WE'LL| x'\u017f| don'T");
    expect(o200k("rock'n'roll a'rx")).toBe("rock|'n|'roll| a|'rx");
  });

  test("ends behind the last letter that could be lower case, if no lower case follows", () => {
    expect(o200k("\u0e01AB \u0e01ABc")).toBe("\u0e01|AB| \u0e01ABc");
    expect(o200k("\u0301AB")).toBe("\u0301|AB");
    expect(o200k("\u0301Ab")).toBe("\u0301Ab");
  });

  test("may have one character before it that is no letter, digit or line end", () => {
    expect(o200k("(a\ta\u00a0a1a\na")).toBe("(a|\ta|\u00a0a|1|a|\n|a");
  });
});

describe("a word of cl100k", () => {
  beforeAll(useSpecimen);

  test("is letters of any case, and contractions stand alone", () => {
    expect(cl100k("camelCase it's 'sand")).toBe("camelCase| it|'s| '|sand");
    expect(cl100k("'sand'lle'\u017fx")).toBe("'s|and|'ll|e|'\u017f|x");
  });

  test("ends at a mark, which is a symbol", () => {
    expect(cl100k("e\u0301e")).toBe("e|\u0301e");
  });
});

describe("other pieces", () => {
  beforeAll(useSpecimen);

  test("numbers are of up to three digits of any script", () => {
    expect(o200k("1234\u0663\u00b2 5")).toBe("123|4\u0663\u00b2| |5");
    expect(cl100k("1234\u0663\u00b2 5")).toBe("123|4\u0663\u00b2| |5");
  });

  test("symbols take one space before them and all line ends behind them; in o200k slashes too", () => {
    expect(o200k(" !?\n/\n a")).toBe(" !?\n/\n| a");
    expect(cl100k(" !?\n/\n a")).toBe(" !?\n|/\n| a");
  });

  test("white space ends at its last line end, or leaves one character to what follows", () => {
    expect(o200k("a  \n \r\n  b   ")).toBe("a|  \n \r\n| | b|   ");
    expect(o200k("a   1")).toBe("a|  | |1");
    expect(o200k("a\u3000\u2028b")).toBe("a|\u3000\u2028b".replace("\u3000\u2028b", "\u3000|\u2028b"));
  });

  test("say whether more text could change them", () => {
    expect(isOpen(Pattern.O200k, "a")).toBe(true);
    expect(isOpen(Pattern.O200k, "a'r")).toBe(true);
    expect(isOpen(Pattern.O200k, "a're")).toBe(false);
    expect(isOpen(Pattern.O200k, "a b")).toBe(false);
    expect(isOpen(Pattern.O200k, "12")).toBe(true);
    expect(isOpen(Pattern.O200k, "123")).toBe(false);
    expect(isOpen(Pattern.O200k, "  a")).toBe(false);
    expect(isOpen(Pattern.Cl100k, "'l")).toBe(true);
  });

  test("go over what is not UTF-8, and say so", () => {
    const bytes = Bytes.of(new ArrayBuffer(3));
    for (let first = 0; first < 256; first++) {
      store<u8>(bytes.address(0), <u8>first);
      store<u8>(bytes.address(1), 0xff);
      store<u8>(bytes.address(2), 0x61);
      beginLooking();
      const end = pieceEnd(Pattern.O200k, bytes.address(0), 0, 3);
      expect(end > 0 && end <= 3).toBe(true);
      if (first >= 0x80) expect(sawBroken()).toBe(true);
    }
  });
});
