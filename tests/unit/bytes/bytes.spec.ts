import { Bytes } from "../../../assembly/bytes/bytes";
import { matches, matchesAny } from "../../../assembly/bytes/glob";
import { blankEnd, lastBlock, lineEnd, plainEnd } from "../../../assembly/bytes/scan";
import { sha256Hex } from "../../../assembly/bytes/sha256";
import { Utf8Repair, Utf8Validator } from "../../../assembly/bytes/utf8";
import { ByteWriter } from "../../../assembly/bytes/writer";

function bytesOf(values: Array<i32>): Bytes {
  const out = new ByteWriter();
  for (let i = 0; i < values.length; i++) out.byte(values[i]);
  return out.toBytes();
}

function plain(text: string): i32 {
  const bytes = Bytes.fromString(text);
  const base = bytes.address(0);
  return plainEnd(base, 0, bytes.length, lastBlock(base, bytes.length));
}

function repaired(bytes: Bytes, piece: i32): string {
  const out = new ByteWriter();
  const repair = new Utf8Repair(out);
  for (let at = 0; at < bytes.length; at += piece) repair.feed(bytes, at, min(at + piece, bytes.length));
  repair.finish();
  return out.toBytes().toString();
}

describe("a run of bytes", () => {
  test("is cut without copying, and its bounds are clamped", () => {
    const bytes = Bytes.fromString("hello world");
    expect(bytes.slice(6, 11).toString()).toBe("world");
    expect(bytes.slice(-3, 5).toString()).toBe("hello");
    expect(bytes.slice(6, 99).slice(1, 3).toString()).toBe("or");
    expect(bytes.slice(9, 3).length).toBe(0);
  });

  test("equals another with the same content only", () => {
    const bytes = Bytes.fromString("chat.completion.chunk");
    expect(bytes.equals(Bytes.fromString("chat.completion.chunk"))).toBe(true);
    expect(bytes.equals(Bytes.fromString("chat.completion.chunK"))).toBe(false);
    expect(bytes.equals(Bytes.fromString("chat.completion"))).toBe(false);
    for (let length = 0; length < 20; length++) {
      expect(bytes.slice(0, length).equals(Bytes.fromString("chat.completion.chunk").slice(0, length))).toBe(true);
    }
  });

  test("decodes what is not UTF-8 as U+FFFD", () => {
    expect(bytesOf([0x61, 0xff, 0x62]).toString()).toBe("a\ufffdb");
    expect(bytesOf([0xf0, 0x9f, 0x98]).toString()).toBe("\ufffd");
  });
});

describe("a search", () => {
  test("stops at the first byte that a JSON string cannot hold as it stands", () => {
    expect(plain("plain text that is longer than sixteen bytes")).toBe(44);
    expect(plain('abc"def')).toBe(3);
    expect(plain("0123456789abcdefghij\\n")).toBe(20);
    expect(plain("0123456789abcdef\n")).toBe(16);
    expect(plain("naïve")).toBe(2);
    expect(plain("\x7f~ ")).toBe(3);
  });

  test("does not look beyond its end", () => {
    const bytes = Bytes.fromString('0123456789"abcdefghijklmnop');
    const base = bytes.address(0);
    expect(plainEnd(base, 0, 10, lastBlock(base, 10))).toBe(10);
    expect(lineEnd(base, 3, 5, lastBlock(base, 5))).toBe(5);
    expect(blankEnd(base, 2, 2, lastBlock(base, 2))).toBe(2);
  });
});

describe("UTF-8", () => {
  test("is validated across pieces", () => {
    const bytes = Bytes.fromString("a é 日本 😀 z");
    for (let cut = 0; cut <= bytes.length; cut++) {
      const validator = new Utf8Validator();
      validator.feed(bytes, 0, cut);
      validator.feed(bytes, cut, bytes.length);
      expect(validator.finish()).toBe(true);
    }
  });

  test("has no overlong forms, no surrogates, nothing above U+10FFFF, and no half characters", () => {
    const broken: Array<Array<i32>> = [
      [0xc0, 0xaf],
      [0xe0, 0x9f, 0xbf],
      [0xed, 0xa0, 0x80],
      [0xf0, 0x8f, 0xbf, 0xbf],
      [0xf4, 0x90, 0x80, 0x80],
      [0xf5, 0x80, 0x80, 0x80],
      [0x80],
      [0xe6, 0x97],
    ];
    for (let i = 0; i < broken.length; i++) {
      const bytes = bytesOf(broken[i]);
      const validator = new Utf8Validator();
      validator.feed(bytes, 0, bytes.length);
      expect(validator.finish()).toBe(false);
    }
  });

  test("is repaired with one U+FFFD for each maximal subpart, however it is cut", () => {
    // The Unicode Standard, tables 3-8 and 3-11.
    const first = bytesOf([0xc0, 0xaf, 0xe0, 0x80, 0xbf, 0xf0, 0x81, 0x82, 0x41]);
    const second = bytesOf([0xe1, 0x80, 0xe2, 0xf0, 0x91, 0x92, 0xf1, 0xbf, 0x41]);
    for (let piece = 1; piece < 10; piece++) {
      expect(repaired(first, piece)).toBe("\ufffd\ufffd\ufffd\ufffd\ufffd\ufffd\ufffd\ufffdA");
      expect(repaired(second, piece)).toBe("\ufffd\ufffd\ufffd\ufffdA");
    }
  });
});

describe("a writer", () => {
  test("writes integers to both ends of their range", () => {
    const out = new ByteWriter();
    const values: Array<i64> = [0, 7, 10, -1, 1234567890123456789, i64.MAX_VALUE, i64.MIN_VALUE];
    for (let i = 0; i < values.length; i++) {
      out.clear();
      out.integer(values[i]);
      expect(out.toBytes().toString()).toBe(values[i].toString());
    }
  });

  test("escapes in JSON strings what must be escaped, and nothing else", () => {
    const out = new ByteWriter();
    out.jsonString('a"b\\c\n\t\r\b\f\x00\x1f/é😀');
    expect(out.toBytes().toString()).toBe('"a\\"b\\\\c\\n\\t\\r\\b\\f\\u0000\\u001f/é😀"');
    const bytes = Bytes.fromString('x"é\n');
    out.clear();
    out.jsonBytes(bytes, 0, bytes.length);
    expect(out.toBytes().toString()).toBe('"x\\"é\\n"');
  });

  test("writes a lone surrogate as U+FFFD", () => {
    const out = new ByteWriter();
    out.text("a" + String.fromCharCode(0xd83d) + "b" + String.fromCharCode(0xde00));
    expect(out.toBytes().toString()).toBe("a\ufffdb\ufffd");
  });

  test("keeps everything while it grows", () => {
    const out = new ByteWriter(16);
    for (let i = 0; i < 5000; i++) out.text("0123456789");
    const bytes = out.toBytes();
    expect(bytes.length).toBe(50000);
    for (let i = 0; i < 50000; i++) if (<i32>bytes[i] != 0x30 + (i % 10)) expect(i).toBe(-1);
  });
});

describe("a pattern", () => {
  test("matches any run of characters where it has a star", () => {
    expect(matches("gpt-4*", "gpt-4o-mini")).toBe(true);
    expect(matches("gpt-4*", "gpt-3.5")).toBe(false);
    expect(matches("*", "")).toBe(true);
    expect(matches("", "")).toBe(true);
    expect(matches("", "a")).toBe(false);
    expect(matches("a*b*c", "aXbXbXc")).toBe(true);
    expect(matches("a*b*c", "aXbXbX")).toBe(false);
    expect(matches("a**a", "a")).toBe(false);
    expect(matchesAny(["x", "team-*"], "team-red")).toBe(true);
    expect(matchesAny([], "a")).toBe(false);
  });

  test("with many stars takes no longer than the product of the lengths", () => {
    // Backtracking over each star would take more than 2^30 steps here.
    expect(matches("*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*b", "a".repeat(2000))).toBe(false);
  });
});

describe("SHA-256", () => {
  test("gives the digests of FIPS 180's examples", () => {
    expect(sha256Hex(Bytes.fromString("abc"))).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    expect(sha256Hex(Bytes.fromString(""))).toBe("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    expect(sha256Hex(Bytes.fromString("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"))).toBe(
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
    );
  });
});
