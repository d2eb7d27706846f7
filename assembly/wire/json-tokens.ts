import { StringForm } from "./json-shape";

/** What may come next. The order matters: names first, then values. */
export enum Expect {
  /** After `{`. */
  MemberOrEnd,
  /** After a comma in an object. */
  Member,
  /** After `[`. */
  ElementOrEnd,
  /** At the start, after a colon, after a comma in an array. */
  Value,
  /** After a value: a comma, a closing bracket, or nothing more. */
  After,
  /** After a name. */
  Colon,
  /** More of a string, number or literal that the end of a piece cut. */
  Rest,
}

/** The characters that structure a document. */
export const QUOTE: u32 = 0x22;
export const COMMA: u32 = 0x2c;
export const MINUS: u32 = 0x2d;
export const DOT: u32 = 0x2e;
export const COLON: u32 = 0x3a;
export const OPEN_BRACKET: u32 = 0x5b;
export const CLOSE_BRACKET: u32 = 0x5d;
export const LOWER_E: u32 = 0x65;
export const OPEN_BRACE: u32 = 0x7b;
export const CLOSE_BRACE: u32 = 0x7d;

/** The literals' first four bytes as one little-endian word. */
export const NULL_WORD: u32 = 0x6c6c756e;
export const TRUE_WORD: u32 = 0x65757274;
export const FALS_WORD: u32 = 0x736c6166;

/** What becomes of the string or number that is being read. */
export enum Taking {
  /** It is checked and forgotten. */
  Nothing,
  /** It is the name of a member of an object that nobody wants: the same. */
  SkippedName,
  /** Its length is wanted. */
  Length,
  /** It is the name of a member of a wanted object. */
  Name,
  /** It is gathered for `onScalar`. */
  Value,
  /** It is handed on piece by piece. */
  Text,
}

/** How a wanted string is taken. */
// @ts-ignore: decorator
@inline
export function takingOf(form: StringForm): Taking {
  return form == StringForm.Text ? Taking.Text : form == StringForm.Length ? Taking.Length : Taking.Value;
}

/** How far a token is that the end of a piece may cut. */
export enum Part {
  /** In a string, between characters. */
  String,
  /** After a backslash. */
  Escape,
  /** Among the four digits after `\u`. */
  Hex,
  /** Inside a character of several bytes. */
  Utf8,
  /** In `true`, `false` or `null`. */
  Literal,
  // The rest are states of a number; those from `Zero` on may be its end.
  Minus,
  Dot,
  Exponent,
  ExponentSign,
  Zero,
  Whole,
  Fraction,
  ExponentDigits,
}

/** The state of a number after `c`; `String` if `c` does not belong to it. */
export function numberPart(part: Part, c: u32): Part {
  const isDigit = c - 0x30 <= 9;
  switch (part) {
    case Part.Minus:
      return !isDigit ? Part.String : c == 0x30 ? Part.Zero : Part.Whole;
    case Part.Dot:
      return isDigit ? Part.Fraction : Part.String;
    case Part.Exponent:
      if (c == 0x2b || c == 0x2d) return Part.ExponentSign;
      return isDigit ? Part.ExponentDigits : Part.String;
    case Part.ExponentSign:
    case Part.ExponentDigits:
      return isDigit ? Part.ExponentDigits : Part.String;
    default:
      if (isDigit && part != Part.Zero) return part;
      if (c == 0x2e && part != Part.Fraction) return Part.Dot;
      return (c | 0x20) == 0x65 ? Part.Exponent : Part.String;
  }
}

/** What a backslash and `c` stand for; 0 if that is no escape, or `\u`. */
export function unescaped(c: u32): u32 {
  switch (c) {
    case 0x22:
    case 0x2f:
    case 0x5c:
      return c;
    case 0x62:
      return 0x08;
    case 0x66:
      return 0x0c;
    case 0x6e:
      return 0x0a;
    case 0x72:
      return 0x0d;
    case 0x74:
      return 0x09;
    default:
      return 0;
  }
}

/** The value of a hexadecimal digit; above 15 if `c` is none. */
export function hexDigit(c: u32): u32 {
  if (c - 0x30 <= 9) return c - 0x30;
  const letter = (c | 0x20) - 0x61;
  return letter <= 5 ? letter + 10 : 16;
}
