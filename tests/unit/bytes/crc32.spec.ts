import { Bytes } from "../../../assembly/bytes/bytes";
import { crc32, crc32Bitwise, crc32OfWord } from "../../../assembly/bytes/crc32";

describe("CRC-32", () => {
  test("is what the standard's check value says", () => {
    expect(crc32(0, Bytes.fromString("123456789"), 0, 9)).toBe(0xcbf43926);
    expect(crc32(0, Bytes.fromString(""), 0, 0)).toBe(0);
    expect(crc32(0, Bytes.fromString("The quick brown fox jumps over the lazy dog"), 0, 43)).toBe(0x414fa339);
  });

  test("does not depend on where the bytes are cut, and equals its twin", () => {
    const bytes = Bytes.fromString(
      "a gateway that is one WebAssembly filter, for the Envoy you already run: sums of any length",
    );
    for (let end = 0; end <= bytes.length; end++) {
      const whole = crc32Bitwise(0, bytes, 0, end);
      for (let cut = 0; cut <= end; cut++) expect(crc32(crc32(0, bytes, 0, cut), bytes, cut, end)).toBe(whole);
    }
  });

  test("of a word is that of its bytes, the highest first", () => {
    const word = Bytes.fromString("1234");
    expect(crc32OfWord(7, 0x31323334)).toBe(crc32(7, word, 0, 4));
  });
});
