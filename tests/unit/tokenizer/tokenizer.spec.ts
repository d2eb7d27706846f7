import { Bytes } from "../../../assembly/bytes/bytes";
import { TokenCounter } from "../../../assembly/tokenizer/counter";
import { Encoding } from "../../../assembly/tokenizer/encoding";
import { useImage, vocabularyCount } from "../../../assembly/tokenizer/image";
import { Tokenizer } from "../../../assembly/tokenizer/tokenizer";
import { useSpecimen } from "./specimen";

// The specimen's first merges: 256 "th", 257 "the", 258 " the", 259 "in", 260 "ing", 261 "==", 262 "====", 263 "aa", 264 "aaaa".

function ids(text: string): string {
  const bytes = Bytes.fromString(text);
  return new Tokenizer(Encoding.O200kBase).encode(bytes, 0, bytes.length).join(" ");
}

function count(bytes: Bytes): i64 {
  return new Tokenizer(Encoding.O200kBase).count(bytes, 0, bytes.length);
}

/** The counter's total after each piece of `size` bytes must be the count of the text so far. */
function totalsAgree(encoding: Encoding, bytes: Bytes, size: i32): bool {
  const tokenizer = new Tokenizer(encoding);
  const counter = new TokenCounter(tokenizer);
  for (let at = 0; at < bytes.length; at += size) {
    const end = min(at + size, bytes.length);
    counter.append(bytes, at, end);
    if (counter.total != tokenizer.count(bytes, 0, end)) return false;
  }
  return true;
}

const TEXT =
  "Sing the thing, the's  \n\n  x==== 12345 \u00e9\u00e9 na\u00efve'll \u0e01AAB ... // \r\n the inning\u2028 e\u0301 \ud83d\ude00aaaaaaa";

describe("a tokenizer", () => {
  beforeAll(useSpecimen);

  test("merges the lowest rank first, and the leftmost of equals", () => {
    expect(ids("the thing in")).toBe("257 32 256 260 32 259");
    expect(ids("aaa aaaaa =====")).toBe("263 97 32 264 97 32 262 61");
  });

  test("counts as many tokens as it encodes", () => {
    const bytes = Bytes.fromString(TEXT);
    const tokenizer = new Tokenizer(Encoding.O200kBase);
    for (let end = 0; end <= bytes.length; end++) {
      expect<i64>(tokenizer.count(bytes, 0, end)).toBe(tokenizer.encode(bytes, 0, end).length);
    }
  });

  test("counts what is not UTF-8 as U+FFFD, one for each maximal subpart", () => {
    const bytes = Bytes.fromString("a\u20ac\u20acb");
    store<u8>(bytes.address(3), 0x41);
    // a, E2 82, A, E2 82 AC, b; U+FFFD is one token of the specimen's, and the euro sign three bytes.
    expect<i64>(count(bytes)).toBe(count(Bytes.fromString("a\ufffdA\u20acb")));
  });

  test("counts special tokens as the text that they are", () => {
    expect<i64>(count(Bytes.fromString("<|x|>"))).toBe(5);
  });

  test("may stop above a limit, and not below", () => {
    const bytes = Bytes.fromString(TEXT.repeat(50));
    const tokenizer = new Tokenizer(Encoding.O200kBase);
    const all = tokenizer.count(bytes, 0, bytes.length);
    expect<i64>(tokenizer.countUpTo(bytes, 0, bytes.length, all)).toBe(all);
    const early = tokenizer.countUpTo(bytes, 0, bytes.length, 10);
    expect(early > 10 && early < 30).toBe(true);
  });

  test("has no vocabularies without an image", () => {
    useImage(memory.data(256, 16));
    expect(vocabularyCount()).toBe(0);
    expect(Tokenizer.isAvailable(Encoding.O200kBase)).toBe(false);
    useSpecimen();
    expect(Tokenizer.isAvailable(Encoding.Cl100kBase)).toBe(true);
  });
});

describe("a counter", () => {
  beforeAll(useSpecimen);

  test("gives the count of the text so far, wherever it is cut", () => {
    const bytes = Bytes.fromString(TEXT);
    for (let size = 1; size < 12; size++) {
      expect(totalsAgree(Encoding.O200kBase, bytes, size)).toBe(true);
      expect(totalsAgree(Encoding.Cl100kBase, bytes, size)).toBe(true);
    }
  });

  test("gives it for pieces that are longer than what it keeps", () => {
    const units = ["a", "A", "\u0e01", "\u0e01A", "=", " ", "\n", "!\n", "\u0301", "aA\u0e01", "\u00e9"];
    const ends = ["", "b", "B", "'s", "\u0301", " ", "\n", "1", "/"];
    for (let u = 0; u < units.length; u++) {
      for (let e = 0; e < ends.length; e++) {
        const bytes = Bytes.fromString(units[u].repeat(700) + ends[e] + "x");
        expect(totalsAgree(Encoding.O200kBase, bytes, 97)).toBe(true);
        expect(totalsAgree(Encoding.Cl100kBase, bytes, 97)).toBe(true);
      }
    }
  });

  test("gives it while a run behind a long piece, or a short one, may still be a part of it", () => {
    const heads = [
      "\u0e01",
      "\u0301",
      "a\u0e01".repeat(200),
      "\n",
      "  \n",
      "\n \t".repeat(200),
      "\u0301\u0e01",
      " \u0301",
    ];
    const runs = ["A", " ", "\t", "\u2003", "\u00c9"];
    const ends = ["b", "B", "'s", "\u0301", "\n", "\n  ", "1", "\u0e01A", "\u2003\n"];
    for (let h = 0; h < heads.length; h++) {
      for (let r = 0; r < runs.length; r++) {
        for (let e = 0; e < ends.length; e++) {
          const bytes = Bytes.fromString("1" + heads[h] + runs[r].repeat(400) + ends[e] + runs[r].repeat(300) + "x");
          expect(totalsAgree(Encoding.O200kBase, bytes, 61)).toBe(true);
          expect(totalsAgree(Encoding.Cl100kBase, bytes, 83)).toBe(true);
        }
      }
    }
  });

  test("begins anew when it is reset", () => {
    const counter = new TokenCounter(new Tokenizer(Encoding.O200kBase));
    const bytes = Bytes.fromString("==".repeat(600));
    counter.append(bytes, 0, bytes.length);
    counter.reset();
    expect<i64>(counter.total).toBe(0);
    counter.append(bytes, 0, 4);
    expect<i64>(counter.total).toBe(1);
  });
});
