import { Bytes } from "../../../assembly/bytes/bytes";
import { ByteWriter } from "../../../assembly/bytes/writer";
import { boundaryOf, fieldName, MultipartReader, MultipartSink } from "../../../assembly/wire/multipart";

/** Writes down what it hears: `name=body;` for each part. */
class Heard extends MultipartSink {
  readonly out: ByteWriter = new ByteWriter();

  onPart(headers: Bytes): void {
    this.out.text(fieldName(headers));
    this.out.text("=");
  }

  onData(bytes: Bytes, at: i32, end: i32): void {
    this.out.bytes(bytes, at, end);
  }

  onPartEnd(): void {
    this.out.text(";");
  }
}

/** What is heard of `body`, fed in three pieces that begin at 0, `a` and `b`, and how it ends. */
function heard(body: string, a: i32, b: i32, boundary: string = "b"): string {
  const sink = new Heard();
  const reader = new MultipartReader(sink, boundary);
  const bytes = Bytes.fromString(body);
  reader.feed(bytes, 0, a);
  reader.feed(bytes, a, b);
  reader.feed(bytes, b, bytes.length);
  return sink.out.toBytes().toString() + (reader.isComplete ? "." : reader.isBroken ? "!" : "~");
}

function part(name: string, body: string): string {
  return "--b\r\nContent-Disposition: form-data; name=" + name + "\r\n\r\n" + body + "\r\n";
}

/** Whether `body` is heard as `wanted` however it is cut in three, and byte by byte. */
function isHeard(body: string, wanted: string): bool {
  const length = String.UTF8.byteLength(body);
  for (let a = 0; a <= length; a++) for (let b = a; b <= length; b++) if (heard(body, a, b) != wanted) return false;
  return true;
}

describe("a form that comes in pieces", () => {
  test("has its parts, wherever it is cut", () => {
    expect(isHeard(part("x", "one") + part('"y z"', "two\r\nlines") + "--b--\r\n", "x=one;y z=two\r\nlines;.")).toBe(
      true,
    );
  });

  test("may have a preamble, an epilogue, blanks behind a boundary, and parts without headers or bodies", () => {
    expect(isHeard("pre--b\r\n" + part("x", "") + "--b--\r\n--b\r\n", "x=;.")).toBe(true);
    expect(isHeard("pre\r\n" + part("x", "") + "--b \t\r\n\r\nq\r\n--b--epi", "x=;=q;.")).toBe(true);
  });

  test("may hold what looks like the beginning of a boundary", () => {
    expect(isHeard(part("x", "\r\r\n\r\n-\r\n--\r\n--a--b") + "--b--", "x=\r\r\n\r\n-\r\n--\r\n--a--b;.")).toBe(true);
    expect(isHeard(part("x", "\n--b\n\r--b\r") + "--b--", "x=\n--b\n\r--b\r;.")).toBe(true);
  });

  test("is not complete without its last boundary, and broken where a boundary's line is", () => {
    expect(isHeard(part("x", "one"), "x=one\r\n~")).toBe(false);
    expect(heard(part("x", "one"), 0, 0)).toBe("x=one~");
    expect(isHeard("--bb\r\n\r\nq", "!")).toBe(true);
    expect(isHeard("--b-x", "!")).toBe(true);
    expect(isHeard("no form", "~")).toBe(true);
  });

  test("keeps no more of a part than its headers, and no headers without end", () => {
    expect(heard("--b\r\nx: " + "y".repeat(9000) + "\r\n\r\nq\r\n--b--", 5, 100)).toBe("!");
    expect(heard("--b\r\nx: " + "y".repeat(7000) + "\r\n\r\nq\r\n--b--", 5, 100)).toBe("=q;.");
  });
});

describe("names", () => {
  test("a boundary is a parameter of the content type, quoted or not", () => {
    expect(boundaryOf("multipart/form-data; boundary=----x7")).toBe("----x7");
    expect(boundaryOf('multipart/form-data;charset=utf-8 ; BOUNDARY="a b;c"; x=y')).toBe("a b;c");
    expect(boundaryOf("multipart/form-data; boundary=" + "x".repeat(71))).toBe("");
    expect(boundaryOf("multipart/form-data; boundary=é")).toBe("");
    expect(boundaryOf("multipart/form-data; xboundary=a")).toBe("");
    expect(boundaryOf("multipart/form-data")).toBe("");
    expect(boundaryOf("")).toBe("");
  });

  test("a field's name stands in its disposition, whatever the letter case, and in no other header", () => {
    expect(
      fieldName(Bytes.fromString('X: y; name=no\r\ncontent-DISPOSITION: form-data; filename="a; name=b"; name=c\r\n')),
    ).toBe("c");
    expect(fieldName(Bytes.fromString('Content-Disposition: form-data; name="a%22b\\"c"\r\n'))).toBe('a"b"c');
    expect(fieldName(Bytes.fromString("Content-Disposition: form-data; name*=utf-8''c\r\n"))).toBe("");
    expect(fieldName(Bytes.fromString("Content-Disposition: form-data; name"))).toBe("");
    expect(fieldName(Bytes.fromString("Content-Type: text/plain; name=c\r\n"))).toBe("");
  });
});
