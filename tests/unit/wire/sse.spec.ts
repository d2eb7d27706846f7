import { Bytes } from "../../../assembly/bytes/bytes";
import { SseReader, SseSink } from "../../../assembly/wire/sse";

class Notes extends SseSink {
  events: Array<string> = [];
  data: string = "";
  name: string = "";
  reader: SseReader | null = null;

  onData(bytes: Bytes, at: i32, end: i32, _streamAt: i64): void {
    this.data = this.data.concat(bytes.slice(at, end).toString());
  }

  onEventNameStart(): void {
    this.name = "";
  }

  onEventName(bytes: Bytes, at: i32, end: i32): void {
    this.name = this.name.concat(bytes.slice(at, end).toString());
  }

  onEvent(startAt: i64, endAt: i64): void {
    const range = startAt.toString() + "-" + endAt.toString();
    const reader = this.reader!;
    this.events.push(reader.hasData ? this.name + "(" + this.data + ")" + range : "none" + range);
    this.data = "";
    this.name = "";
  }
}

function read(stream: string, cut: i32 = 0): string {
  const notes = new Notes();
  const reader = new SseReader(notes);
  notes.reader = reader;
  const bytes = Bytes.fromString(stream);
  reader.feed(bytes, 0, cut);
  reader.feed(bytes, cut, bytes.length);
  reader.finish();
  expect(reader.offset).toBe(bytes.length);
  return notes.events.join(" ");
}

function expectEvents(stream: string, events: string): void {
  const length = String.UTF8.byteLength(stream);
  for (let cut = 0; cut <= length; cut++) expect(read(stream, cut)).toBe(events);
}

describe("an event stream", () => {
  test("is framed by blank lines, with any line ends, wherever it is cut", () => {
    expectEvents("data: a\n\ndata: b\n\n", "(a)0-9 (b)9-18");
    expectEvents("data: a\r\n\r\ndata: b\r\n\r\n", "(a)0-11 (b)11-22");
    expectEvents("data: a\r\rdata: b\r\r", "(a)0-9 (b)9-18");
    expectEvents("data: a\r\n\ndata: b\n\r\n", "(a)0-10 (b)10-20");
  });

  test("joins the data lines of one event with a line feed", () => {
    expectEvents("data: a\ndata:b\ndata\ndata:  c\n\n", "(a\nb\n\n c)0-30");
  });

  test("gives the last name of an event, and passes over comments, ids and unknown fields", () => {
    expectEvents("event: x\nevent: add\nid: 1\nretry: 5\n: hi\ndatax: n\ndata: 1\n\n", "add(1)0-58");
    expectEvents("event: x\nevent\ndata: 1\n\n", "(1)0-24");
  });

  test("tells of blocks that are no event as such", () => {
    expectEvents(": ping\n\n\ndata: a\n\n", "none0-8 none8-9 (a)9-18");
    expectEvents("event: x\n\n", "none0-10");
  });

  test("may begin with a byte order mark, once", () => {
    expectEvents("\ufeffdata: a\n\n", "(a)0-12");
    expectEvents("\ufeff\ufeffdata: a\n\n", "none0-15");
  });

  test("has no event that its end cuts off", () => {
    expectEvents("data: a\n\ndata: b\n", "(a)0-9");
    expectEvents("data: a", "");
  });
});
