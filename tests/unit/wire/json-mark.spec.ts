import { Bytes } from "../../../assembly/bytes/bytes";
import { JsonError } from "../../../assembly/wire/json-kinds";
import { JsonReader, JsonSink } from "../../../assembly/wire/json-reader";
import { JsonShape } from "../../../assembly/wire/json-shape";

/** Writes down what it hears, and what it had heard when the beginning was remembered. */
class Notes extends JsonSink {
  parts: Array<string> = [];
  marked: Array<string> = [];
  skipped: i32 = 0;

  onMark(): bool {
    this.marked = this.parts.slice(0);
    return true;
  }

  onSame(): void {
    this.skipped++;
    this.parts = this.marked.slice(0);
  }

  onOpen(field: i32, reader: JsonReader): void {
    this.parts.push("open " + field.toString() + " at " + reader.at.toString() + " " + reader.commaAt.toString());
  }

  onClose(field: i32, reader: JsonReader): void {
    this.parts.push("close " + field.toString() + " " + reader.at.toString() + "-" + reader.end.toString());
  }

  onScalar(field: i32, reader: JsonReader): void {
    this.parts.push(field.toString() + " " + reader.at.toString() + "-" + reader.end.toString());
    this.parts.push(reader.keyAt.toString() + " " + reader.commaAt.toString() + " " + reader.depth.toString());
  }

  onText(_field: i32, bytes: Bytes, at: i32, end: i32): void {
    // The pieces of a text depend on the cuts; its characters do not.
    for (let i = at; i < end; i++) this.parts.push(bytes[i].toString());
  }

  onTextEnd(field: i32, reader: JsonReader): void {
    this.parts.push("end " + field.toString() + " " + reader.at.toString() + "-" + reader.end.toString());
    this.parts.push(reader.keyAt.toString() + " " + reader.commaAt.toString() + " " + reader.depth.toString());
  }
}

const SHAPE = new JsonShape()
  .want("a", 1)
  .want("list", 2)
  .want("list[]", 3)
  .want("list[].n", 4)
  .wantText("list[].t", 5)
  .want("last", 6);

const DOCUMENTS: string[] = [
  '{"a":1,"list":[{"n":0,"t":"one"}],"last":null}',
  '{"a":1,"list":[{"n":0,"t":"another, longer"}],"last":null}',
  '{"a":1,"list":[{"n":0,"t":"\\u0041\\n\u00e9"},{"n":1,"t":"x"}],"last":{"b":[1]}}',
  '{"a":1,"list":[{"n":0,"t":""}]}',
  '{"a":1,"list":[{"n":0,"t":7}],"last":true}',
  '{"a":1,"list":[{"n":0,"t":"broken}]',
  '{"a":1,"list":[{"n":1,"t":"other beginning"}],"last":null}',
  '{"a":1,"list":[{"n":1,"t":"the same beginning"}],"last":null}]',
  '{"a":1,"list":[{"n":1,',
  '{"a":1,"list":[{"n":1,"t":"as before the cut one"}],"last":null}',
  '{"a":1}',
  '{"a":1,"list":[{"n":1,"t":"as before the short one"}],"last":null}',
];

/** What a reader tells of a document that comes in two pieces, and how it judges it. */
function read(reader: JsonReader, notes: Notes, document: string, cut: i32): string {
  const bytes = Bytes.fromString(document);
  notes.parts = [];
  reader.feed(bytes, 0, min(cut, bytes.length));
  reader.feed(bytes, min(cut, bytes.length), bytes.length);
  const error: JsonError = reader.finish();
  const judged = error.toString() + "@" + (error != JsonError.None ? reader.errorAt.toString() : "");
  reader.reset();
  return notes.parts.join("|") + " " + judged;
}

describe("JsonReader#skipSame", () => {
  it("tells of every document what a reader tells that has seen no other, wherever it is cut", () => {
    let skipped = 0;
    for (let cut = 0; cut <= 64; cut++) {
      const notes = new Notes();
      const reader = new JsonReader(SHAPE, notes);
      reader.skipSame();
      for (let i = 0; i < DOCUMENTS.length; i++) {
        const fresh = new Notes();
        const expected = read(new JsonReader(SHAPE, fresh), fresh, DOCUMENTS[i], cut);
        expect(read(reader, notes, DOCUMENTS[i], cut)).toBe(expected, DOCUMENTS[i] + " cut at " + cut.toString());
      }
      skipped += notes.skipped;
    }
    expect(skipped).toBeGreaterThan(64);
  });

  it("reads everything where the sink does not want the beginning remembered", () => {
    const sink = new JsonSinkWithoutMarks();
    const reader = new JsonReader(SHAPE, sink);
    reader.skipSame();
    for (let i = 0; i < 3; i++) {
      const bytes = Bytes.fromString(DOCUMENTS[0]);
      reader.feed(bytes, 0, bytes.length);
      reader.finish();
      reader.reset();
    }
    expect(sink.opened).toBe(6);
  });
});

class JsonSinkWithoutMarks extends JsonSink {
  opened: i32 = 0;

  onOpen(_field: i32, _reader: JsonReader): void {
    this.opened++;
  }
}
