import { compared, type Side } from "./driver.ts";

/** What came over a connection of HTTP/1.1, as far as it came. */
export function messageOf(bytes: Buffer, isGone: boolean): Side {
  const text = bytes.toString("latin1");
  const headEnd = text.indexOf("\r\n\r\n");
  if (headEnd < 0) return { headers: [], body: "", trailers: [], end: "nothing" };
  const [first = "", ...lines] = text.slice(0, headEnd).split("\r\n");
  const fields = fieldsOf(lines);
  const status = /^HTTP\/1.1 (\d+)/.exec(first)?.[1];
  const rest = text.slice(headEnd + 4);
  const chunked = fields.some(([name, value]) => name === "transfer-encoding" && value === "chunked");
  const length = Number(fields.find(([name]) => name === "content-length")?.[1] ?? 0);
  const read = chunked
    ? dechunked(rest)
    : { body: rest.slice(0, length), trailers: [], isWhole: rest.length >= length };
  return {
    headers: compared(status === undefined ? fields : [[":status", status], ...fields]),
    body: read.body,
    trailers: compared(read.trailers),
    end: read.isWhole ? "clean" : isGone ? "reset" : "open",
  };
}

function fieldsOf(lines: string[]): [string, string][] {
  return lines.map((line) => {
    const at = line.indexOf(":");
    return [line.slice(0, at).toLowerCase(), line.slice(at + 1).trim()];
  });
}

function dechunked(text: string): { body: string; trailers: [string, string][]; isWhole: boolean } {
  let [body, at] = ["", 0];
  for (;;) {
    const lineEnd = text.indexOf("\r\n", at);
    if (lineEnd < 0) return { body, trailers: [], isWhole: false };
    const size = parseInt(text.slice(at, lineEnd), 16);
    if (size === 0) {
      const rest = text.slice(lineEnd + 2);
      const end = rest.startsWith("\r\n") ? 0 : rest.indexOf("\r\n\r\n");
      const trailers = fieldsOf(end > 0 ? rest.slice(0, end).split("\r\n") : []);
      return { body, trailers, isWhole: end >= 0 };
    }
    body += text.slice(lineEnd + 2, lineEnd + 2 + size);
    at = lineEnd + 2 + size + 2;
  }
}
