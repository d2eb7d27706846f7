import { Bytes } from "../../../assembly/bytes/bytes";
import { Decimal } from "../../../assembly/bytes/decimal";

function decimal(text: string): Decimal {
  const bytes = Bytes.fromString(text);
  const number = new Decimal();
  number.read(bytes.address(0), bytes.address(bytes.length));
  return number;
}

function integer(text: string): string {
  const number = decimal(text);
  return number.isInteger ? number.integer.toString() : "none";
}

describe("a number", () => {
  test("is an integer by its value, not by its form", () => {
    expect(integer("1e3")).toBe("1000");
    expect(integer("1000.0")).toBe("1000");
    expect(integer("10000e-1")).toBe("1000");
    expect(integer("-0")).toBe("0");
    expect(integer("0e999999999999")).toBe("0");
    expect(integer("1000000000000000000000000e-10")).toBe("100000000000000");
    expect(integer("1.5")).toBe("none");
    expect(integer("1e-1")).toBe("none");
  });

  test("is an integer only within i64", () => {
    expect(integer("9223372036854775807")).toBe("9223372036854775807");
    expect(integer("9223372036854775808")).toBe("none");
    expect(integer("-9223372036854775808")).toBe("-9223372036854775808");
    expect(integer("-9223372036854775809")).toBe("none");
    expect(integer("99999999999999999999")).toBe("none");
    expect(integer("1e19")).toBe("none");
    expect(integer("1e999999999999")).toBe("none");
  });

  test("is rounded to the nearest f64, ties to even", () => {
    expect(decimal("9007199254740993").toNumber()).toBe(9007199254740992.0);
    expect(decimal("9007199254740993.0000000000000000000000001").toNumber()).toBe(9007199254740994.0);
    expect(decimal("0.1").toNumber()).toBe(0.1);
    expect(decimal("-123.456e2").toNumber()).toBe(-12345.6);
    expect(reinterpret<u64>(decimal("1e23").toNumber())).toBe(0x44b52d02c7e14af6);
    expect(reinterpret<u64>(decimal("2.4703282292062327e-324").toNumber())).toBe(0);
    expect(reinterpret<u64>(decimal("2.4703282292062328e-324").toNumber())).toBe(1);
    expect(reinterpret<u64>(decimal("2.2250738585072011e-308").toNumber())).toBe(0x000fffffffffffff);
    expect(decimal("1.7976931348623157e308").toNumber()).toBe(f64.MAX_VALUE);
    expect(decimal("1.7976931348623159e308").toNumber()).toBe(Infinity);
    expect(decimal("-1e400").toNumber()).toBe(-Infinity);
  });
});
