import { Bytes } from "../../../assembly/bytes/bytes";
import { JsonError, jsonErrorText, JsonKind } from "../../../assembly/wire/json-kinds";
import { JsonReader, JsonSink } from "../../../assembly/wire/json-reader";
import { JsonShape } from "../../../assembly/wire/json-shape";

/** Writes down what it hears: fields, values and text. */
class Notes extends JsonSink {
  parts: Array<string> = [];

  onOpen(field: i32, reader: JsonReader): void {
    this.parts.push("open " + field.toString() + (reader.kind == JsonKind.Object ? " object" : " array"));
  }

  onClose(field: i32, reader: JsonReader): void {
    this.parts.push("close " + field.toString() + " " + reader.at.toString() + "-" + reader.end.toString());
  }

  onScalar(field: i32, reader: JsonReader): void {
    let value = "null";
    if (reader.kind == JsonKind.Boolean) value = reader.boolean ? "true" : "false";
    if (reader.kind == JsonKind.String) value = "'" + reader.text() + "'" + (reader.isTruncated ? "..." : "");
    if (reader.kind == JsonKind.Number)
      value = reader.isInteger ? reader.integer().toString() : reader.number().toString();
    this.parts.push(field.toString() + " " + value + " at " + reader.at.toString());
  }

  onText(_field: i32, bytes: Bytes, at: i32, end: i32): void {
    this.parts.push(bytes.slice(at, end).toString());
  }

  onTextEnd(field: i32, _reader: JsonReader): void {
    this.parts.push("end " + field.toString());
  }

  take(): string {
    const all = this.parts.join("|");
    this.parts = [];
    return all;
  }
}

function read(shape: JsonShape, document: string, piece: i32 = i32.MAX_VALUE, limit: i32 = 1024): string {
  const notes = new Notes();
  const reader = new JsonReader(shape, notes, limit);
  const bytes = Bytes.fromString(document);
  for (let at = 0; at < bytes.length;) {
    const end = <i32>min<i64>(<i64>at + piece, bytes.length);
    reader.feed(bytes, at, end);
    at = end;
  }
  reader.finish();
  return reader.error == JsonError.None ? notes.take() : jsonErrorText(reader.error) + " " + reader.errorAt.toString();
}

function errorOf(document: string): JsonError {
  const reader = new JsonReader(new JsonShape(), new Notes());
  const bytes = Bytes.fromString(document);
  reader.feed(bytes, 0, bytes.length);
  return reader.finish();
}

const CHAT = new JsonShape()
  .want("model", 1)
  .want("stream_options", 2)
  .want("stream_options.include_usage", 3)
  .want("n", 4);

describe("a reader of JSON", () => {
  test("tells of wanted members only, also of wanted ones inside wanted ones", () => {
    expect(read(CHAT, '{"x":{"model":1},"model":"m","stream_options":{"include_usage":true,"y":[]},"n":2}')).toBe(
      "1 'm' at 25|open 2 object|3 true at 63|close 2 46-75|4 2 at 80",
    );
  });

  test("compares names after decoding", () => {
    expect(read(CHAT, '{"\\u006dod\\u0065l":"x"}')).toBe("1 'x' at 19");
    expect(read(CHAT, '{"mode":1,"modell":2,"Model":3,"":4}')).toBe("");
  });

  test("tells of a member that stands there twice, twice", () => {
    expect(read(CHAT, '{"n":1,"n":null}')).toBe("4 1 at 5|4 null at 11");
  });

  test("gives the same events wherever the document is cut", () => {
    const document = '{"\\u006dodel": "a\\n\\ud83d\\ude00é", "n" :-1.5e0 , "stream_options":{"include_usage":false}}';
    const whole = read(CHAT, document);
    expect(whole).toBe("1 'a\n😀é' at 15|4 -1.5 at 41|open 2 object|3 false at 84|close 2 67-90");
    for (let piece = 1; piece < 40; piece++) expect(read(CHAT, document, piece)).toBe(whole);
  });

  test("hands text on in whole characters while it arrives", () => {
    const shape = new JsonShape().wantText("t", 0);
    expect(read(shape, '{"t":"plain"}')).toBe("plain|end 0");
    expect(read(shape, '{"t":""}')).toBe("end 0");
    expect(read(shape, '{"t":null}')).toBe("0 null at 5");
    expect(read(shape, '{"t":"a\\ud83d"}')).toBe("a|\ufffd|end 0");
    // One byte at a time: no piece holds part of a character.
    expect(read(shape, '{"t":"é\\ud83d\\ude00z"}', 1)).toBe("é|😀|z|end 0");
  });

  test("measures text as long as it would be decoded, wherever it is cut", () => {
    const texts = [
      "",
      "plain",
      "é😀",
      '\\n\\t\\\\\\"',
      "a\\u0041b\\u00e9c\\u20acd\\ud83d\\ude00e",
      "\\n long enough for a block of sixteen bytes, \\u20ac and more",
    ];
    for (let i = 0; i < texts.length; i++) {
      const document = Bytes.fromString('{"t":"' + texts[i] + '","u":1}');
      const decoded = measured(new JsonShape().wantText("t", 0), document, i32.MAX_VALUE);
      for (let piece = 1; piece <= document.length; piece++) {
        expect(measured(new JsonShape().wantLength("t", 0), document, piece)).toBe(decoded);
      }
    }
  });

  test("has measured what was there of a text that breaks off", () => {
    const lengths = new Lengths();
    const reader = new JsonReader(new JsonShape().wantLength("t", 0), lengths);
    const document = Bytes.fromString('{"t":"12345\\n78\\u');
    reader.feed(document, 0, document.length - 2);
    expect(lengths.bytes).toBe(8);
    reader.feed(document, document.length - 2, document.length);
    expect(lengths.bytes).toBe(8);
  });

  test("cuts a captured string where a character begins, and says so", () => {
    expect(read(CHAT, '{"model":"abcdéfgh"}', i32.MAX_VALUE, 14)).toBe("1 'abcdéfgh' at 9");
    const shape = new JsonShape().want("m", 1);
    expect(read(shape, '{"m":"abcdéf"}', i32.MAX_VALUE, 5)).toBe("1 'abcd'... at 5");
    expect(read(shape, '{"m":"abcdéf"}', 1, 5)).toBe("1 'abcd'... at 5");
  });

  test("refuses what JSON.parse refuses, each for its reason", () => {
    expect(errorOf("")).toBe(JsonError.UnexpectedEnd);
    expect(errorOf("  ")).toBe(JsonError.UnexpectedEnd);
    expect(errorOf('{"a":1')).toBe(JsonError.UnexpectedEnd);
    expect(errorOf("\ufeff{}")).toBe(JsonError.UnexpectedCharacter);
    expect(errorOf('{"a":1,}')).toBe(JsonError.UnexpectedCharacter);
    expect(errorOf("[1,]")).toBe(JsonError.UnexpectedCharacter);
    expect(errorOf("[1}")).toBe(JsonError.UnexpectedCharacter);
    expect(errorOf("{} {}")).toBe(JsonError.UnexpectedCharacter);
    expect(errorOf("01")).toBe(JsonError.UnexpectedCharacter);
    expect(errorOf("nul")).toBe(JsonError.UnexpectedEnd);
    expect(errorOf("nulL")).toBe(JsonError.UnexpectedCharacter);
    expect(errorOf("-")).toBe(JsonError.UnexpectedEnd);
    expect(errorOf("[1.]")).toBe(JsonError.InvalidNumber);
    expect(errorOf('"\\x"')).toBe(JsonError.InvalidEscape);
    expect(errorOf('"\\u12g4"')).toBe(JsonError.InvalidEscape);
    expect(errorOf('"\n"')).toBe(JsonError.ControlCharacter);
  });

  test("refuses bytes that are not UTF-8, also where nobody looks", () => {
    const bytes = Bytes.fromString('{"x":"abc"}');
    const broken = bytes.slice(0, 7).concat(Bytes.of(new ArrayBuffer(0)));
    const reader = new JsonReader(new JsonShape(), new Notes());
    reader.feed(broken, 0, broken.length);
    const lone = new Uint8Array(1);
    lone[0] = 0x80;
    expect(reader.feed(Bytes.of(lone.buffer), 0, 1)).toBe(JsonError.InvalidUtf8);
    expect(reader.errorAt).toBe(7);
  });

  test("opens 128 objects and arrays inside each other, and no more", () => {
    expect(errorOf("[".repeat(128) + "]".repeat(128))).toBe(JsonError.None);
    expect(errorOf("[".repeat(129) + "]".repeat(129))).toBe(JsonError.TooDeep);
    expect(errorOf('{"a":'.repeat(100000))).toBe(JsonError.TooDeep);
  });

  test("reads the next document after a reset, whatever came before", () => {
    const notes = new Notes();
    const reader = new JsonReader(CHAT, notes);
    const broken = Bytes.fromString('{"model":"x","y":[[["abc\\u00');
    const good = Bytes.fromString('{"n":3}');
    for (let end = 0; end <= broken.length; end++) {
      reader.reset();
      reader.feed(broken, 0, end);
      reader.finish();
      notes.take();
      reader.reset();
      reader.feed(good, 0, good.length);
      expect(reader.finish()).toBe(JsonError.None);
      expect(notes.take()).toBe("4 3 at 5");
    }
  });

  test("leaves nothing of the text that an error broke off in the next document", () => {
    const notes = new Notes();
    const reader = new JsonReader(new JsonShape().wantText("t", 0), notes);
    const broken = Bytes.fromString('{"t":"secret\\n\\x"}');
    const good = Bytes.fromString('{"t":"\\t."}');
    reader.feed(broken, 0, broken.length);
    expect(reader.error).toBe(JsonError.InvalidEscape);
    notes.take();
    reader.reset();
    reader.feed(good, 0, good.length);
    expect(reader.finish()).toBe(JsonError.None);
    expect(notes.take()).toBe("\t.|end 0");
  });
});

class Lengths extends JsonSink {
  bytes: i32 = 0;

  onText(_field: i32, _bytes: Bytes, at: i32, end: i32): void {
    this.bytes += end - at;
  }

  onLength(_field: i32, bytes: i32): void {
    this.bytes += bytes;
  }
}

function measured(shape: JsonShape, document: Bytes, piece: i32): i32 {
  const lengths = new Lengths();
  const reader = new JsonReader(shape, lengths);
  for (let at = 0; at < document.length; at += piece) {
    const end = min<i64>(<i64>at + piece, document.length);
    if (reader.feed(document, at, <i32>end) != JsonError.None) return -1;
  }
  return reader.finish() == JsonError.None ? lengths.bytes : -1;
}
