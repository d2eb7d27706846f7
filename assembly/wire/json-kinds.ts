/** The type of a JSON value (RFC 8259, section 3). */
export enum JsonKind {
  Object,
  Array,
  String,
  Number,
  Boolean,
  Null,
}

/** Why a document was refused; `jsonErrorText` says it in English. */
export enum JsonError {
  None,
  /** The document ends before its value does, or is empty. */
  UnexpectedEnd,
  /** A character that cannot stand there, a byte order mark and text after the value included. */
  UnexpectedCharacter,
  /** A backslash in a string that begins none of the escapes of RFC 8259, section 7. */
  InvalidEscape,
  /** A byte below 0x20 in a string. */
  ControlCharacter,
  /** A number that RFC 8259, section 6, does not allow, such as `01`, `1.` or `-`. */
  InvalidNumber,
  /** Bytes in a string that are not UTF-8: overlong, surrogate, above U+10FFFF, cut short. */
  InvalidUtf8,
  /** More than `MAX_JSON_DEPTH` objects and arrays inside each other. */
  TooDeep,
  /** More than 2 GiB. */
  TooLong,
}

/** How many objects and arrays may be open at once. */
export const MAX_JSON_DEPTH: i32 = 128;

/** What is wrong, as a clause for a message: "a string holds a control character that is not escaped". */
export function jsonErrorText(error: JsonError): string {
  switch (error) {
    case JsonError.None:
      return "nothing is wrong";
    case JsonError.UnexpectedEnd:
      return "the document ends too early";
    case JsonError.UnexpectedCharacter:
      return "a character stands where it cannot";
    case JsonError.InvalidEscape:
      return "a string holds an escape that JSON does not have";
    case JsonError.ControlCharacter:
      return "a string holds a control character that is not escaped";
    case JsonError.InvalidNumber:
      return "a number is not written as JSON writes them";
    case JsonError.InvalidUtf8:
      return "a string is not valid UTF-8";
    case JsonError.TooDeep:
      return "more than 128 objects and arrays are nested";
    default:
      return "the document is too long";
  }
}
