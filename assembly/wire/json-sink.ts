import { Bytes } from "../bytes/bytes";
import { JsonReader } from "./json-reader";

/**
 * Hears of the values that a shape wants, in document order; of a name that an object holds twice, each time. A method may read
 * the reader it is given, and nothing that the reader tells holds after it returns; it must not feed or reset that reader.
 */
export abstract class JsonSink {
  /** A wanted object or array begins: `kind`, `at`, `keyAt`, `commaAt` and `depth` are told. */
  onOpen(_field: i32, _reader: JsonReader): void {}
  /** It ends: `end` is told too. */
  onClose(_field: i32, _reader: JsonReader): void {}
  /** A wanted string, number, boolean or null was read whole. */
  onScalar(_field: i32, _reader: JsonReader): void {}
  /** A decoded piece `[at, end)` of a string that is wanted as text; whole characters of valid UTF-8, at least one. */
  onText(_field: i32, _bytes: Bytes, _at: i32, _end: i32): void {}
  /** So many more bytes of a string that is wanted by its length, as if they had been decoded; a lone surrogate counts as two. */
  onLength(_field: i32, _bytes: i32): void {}
  /** A string that is wanted as text or by its length has ended, after zero or more pieces: `at` and `end` are told. */
  onTextEnd(_field: i32, _reader: JsonReader): void {}
  /** Only after `JsonReader.skipSame()`: the first text of a document is about to begin. Whether what came before may be remembered. */
  onMark(): bool {
    return false;
  }
  /** Only after `JsonReader.skipSame()`: the document began as the one did at the last `onMark`, and goes on from there. */
  onSame(): void {}
  /** Only under `JsonShape.everything()`: the name of a member, in `reader.text()`; its opening quote is at `reader.keyAt`. */
  onKey(_reader: JsonReader): void {}
}
