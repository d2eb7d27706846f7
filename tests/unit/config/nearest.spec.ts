import { didYouMean, distanceBetween, nearest } from "../../../assembly/config/nearest";

const NAMES = ["holdHeaders", "endStreams", "maxRequestBytes", "maxResponseBytes", "key"];

describe("the distance between names", () => {
  it("counts characters too many, too few and other than meant", () => {
    expect(distanceBetween("", "")).toBe(0);
    expect(distanceBetween("", "abc")).toBe(3);
    expect(distanceBetween("abc", "")).toBe(3);
    expect(distanceBetween("kitten", "sitting")).toBe(3);
    expect(distanceBetween("tokens", "token")).toBe(1);
  });

  it("counts two neighbours that are swapped once", () => {
    expect(distanceBetween("defualt", "default")).toBe(1);
    expect(distanceBetween("ab", "ba")).toBe(1);
    expect(distanceBetween("ca", "abc")).toBe(3);
  });

  it("is the same both ways", () => {
    for (let i = 0; i < NAMES.length; i++)
      for (let j = 0; j < NAMES.length; j++)
        expect(distanceBetween(NAMES[i], NAMES[j])).toBe(distanceBetween(NAMES[j], NAMES[i]));
  });
});

describe("the nearest name", () => {
  it("is the one that was meant", () => {
    expect(nearest("holdHeader", NAMES)).toBe("holdHeaders");
    expect(nearest("maxResponsBytes", NAMES)).toBe("maxResponseBytes");
    expect(nearest("maxRequstByte", NAMES)).toBe("maxRequestBytes");
  });

  it("may be written in another style", () => {
    expect(nearest("max_request_bytes", NAMES)).toBe("maxRequestBytes");
    expect(nearest("end-streams", NAMES)).toBe("endStreams");
    expect(nearest("ENDSTREAMS", NAMES)).toBe("endStreams");
  });

  it("is none if none is near", () => {
    expect(nearest("colour", NAMES)).toBeNull();
    expect(nearest("", NAMES)).toBeNull();
    expect(nearest("xyz", NAMES)).toBeNull();
    expect(nearest("k".repeat(1000), NAMES)).toBeNull();
    expect(nearest("key", [])).toBeNull();
  });

  it("is asked for in words", () => {
    expect(didYouMean("kez", NAMES)).toBe('; did you mean "key"?');
    expect(didYouMean("colour", NAMES)).toBe("");
  });
});
