import { Bytes } from "../../../assembly/bytes/bytes";
import { ByteWriter } from "../../../assembly/bytes/writer";
import { Splice } from "../../../assembly/wire/splice";

const BODY = Bytes.fromString("0123456789");

function applied(splice: Splice): string {
  const out = new ByteWriter();
  expect(splice.apply(BODY, out)).toBe(true);
  expect(out.length).toBe(splice.lengthOf(BODY.length));
  return out.toBytes().toString();
}

describe("edits of a body", () => {
  test("are applied in the order of their places, not of their making", () => {
    const splice = new Splice();
    expect(splice.replace(7, 9, Bytes.fromString("XYZ"))).toBe(true);
    expect(splice.insert(0, Bytes.fromString("<"))).toBe(true);
    expect(splice.remove(3, 5)).toBe(true);
    expect(splice.insert(10, Bytes.fromString(">"))).toBe(true);
    expect(applied(splice)).toBe("<01256XYZ9>");
  });

  test("leave the body as it is when there are none", () => {
    expect(applied(new Splice())).toBe("0123456789");
  });

  test("may touch, and insertions at one place stay in their order before the range that begins there", () => {
    const splice = new Splice();
    expect(splice.replace(4, 6, Bytes.fromString("R"))).toBe(true);
    expect(splice.insert(4, Bytes.fromString("a"))).toBe(true);
    expect(splice.insert(4, Bytes.fromString("b"))).toBe(true);
    expect(splice.insert(6, Bytes.fromString("c"))).toBe(true);
    expect(splice.replace(6, 7, Bytes.fromString("S"))).toBe(true);
    expect(applied(splice)).toBe("0123abRcS789");
  });

  test("that overlap are refused, and change nothing", () => {
    const splice = new Splice();
    expect(splice.replace(2, 5, Bytes.fromString("-"))).toBe(true);
    expect(splice.replace(4, 6, Bytes.fromString("x"))).toBe(false);
    expect(splice.replace(1, 3, Bytes.fromString("x"))).toBe(false);
    expect(splice.replace(0, 9, Bytes.fromString("x"))).toBe(false);
    expect(splice.insert(3, Bytes.fromString("x"))).toBe(false);
    expect(splice.remove(2, 5)).toBe(false);
    expect(splice.replace(5, 4, Bytes.fromString("x"))).toBe(false);
    expect(splice.insert(-1, Bytes.fromString("x"))).toBe(false);
    expect(applied(splice)).toBe("01-56789");
  });

  test("beyond the end of the body are not applied", () => {
    const splice = new Splice();
    expect(splice.remove(9, 11)).toBe(true);
    const out = new ByteWriter();
    expect(splice.apply(BODY, out)).toBe(false);
    expect(out.length).toBe(0);
  });
});
