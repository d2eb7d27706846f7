import { SipHash } from "../../../assembly/bytes/siphash";

const hash = new SipHash();

/** The hash of the bytes 0, 1, 2 ... `words` * 8 - 1 under the key 0, 1, 2 ... 15, as the reference's test vectors have it. */
function reference(words: i32): string {
  hash.begin(0x0706050403020100, 0x0f0e0d0c0b0a0908);
  let next: u64 = 0x0706050403020100;
  for (let i = 0; i < words; i++) {
    hash.word(next);
    next += 0x0808080808080808;
  }
  hash.finish();
  return hex(hash.low) + hex(hash.high);
}

/** The bytes of a number, the lowest first. */
function hex(value: u64): string {
  const digits: string[] = [];
  for (let i = 0; i < 8; i++) digits.push(((value >> (i * 8)) & 0xff).toString(16).padStart(2, "0"));
  return digits.join("");
}

function ofTexts(texts: string[]): string {
  hash.begin(1, 2);
  for (let i = 0; i < texts.length; i++) hash.text(texts[i]);
  hash.finish();
  return hex(hash.low) + hex(hash.high);
}

describe("SipHash-2-4-128", () => {
  it("gives the reference's test vectors", () => {
    expect(reference(0)).toBe("a3817f04ba25a8e66df67214c7550293");
    expect(reference(1)).toBe("3b62a9ba6258f5610f83e264f31497b4");
    expect(reference(2)).toBe("6ee2a4ca67b054bbfd3315bf85230577");
    expect(reference(3)).toBe("2db479ae78bd50d8882a8a178a6132ad");
    expect(reference(4)).toBe("7c3956ca5eeafc3e363e9d556546eb68");
    expect(reference(5)).toBe("df6a301e95c95dad97ae0cc8c6913bd8");
    expect(reference(6)).toBe("f7e5aef549f782cf379055a608269b16");
  });

  it("tells lists of texts apart, however they are cut", () => {
    const seen = new Set<string>();
    const lists = [
      [""],
      ["", ""],
      ["a"],
      ["a", ""],
      ["", "a"],
      ["ab"],
      ["a", "b"],
      ["abcd"],
      ["abcd", ""],
      ["abc", "d"],
    ];
    for (let i = 0; i < lists.length; i++) seen.add(ofTexts(lists[i]));
    expect(seen.size).toBe(lists.length);
  });

  it("depends on every unit of a text, and on no memory behind it", () => {
    const text = "Ünïcode 漢字 text";
    for (let length = 0; length < text.length; length++) {
      const cut = text.substring(0, length);
      expect(ofTexts([cut])).toBe(ofTexts([text.substring(0, length)]));
      expect(ofTexts([cut])).not.toBe(ofTexts([text.substring(0, length + 1)]));
      expect(ofTexts([cut + "x"])).not.toBe(ofTexts([cut + "y"]));
    }
  });

  it("depends on both halves of the key", () => {
    hash.begin(1, 2);
    hash.finish();
    const low = hash.low;
    hash.begin(1, 3);
    hash.finish();
    expect(hash.low).not.toBe(low);
    hash.begin(2, 2);
    hash.finish();
    expect(hash.low).not.toBe(low);
  });
});
