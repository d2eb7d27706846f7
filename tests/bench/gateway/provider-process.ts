import { createServer, type Socket } from "node:net";
import { type Message, MessageReader } from "./http1.ts";
import { allWorks, TICK_MS } from "./works.ts";

/**
 * The benchmark's provider, a process of its own. It answers with bytes made beforehand. A stream
 * goes out in one write each tick, every event in an HTTP chunk of its own.
 *
 * As a real provider does, it adds usage to a stream only if the request that reaches it asks for it; a filter that
 * asks on the client's behalf has the longer stream to read.
 */

interface Reply {
  plain: Buffer[];
  withUsage: Buffer[];
}

/** A stream that goes on. */
interface Running {
  socket: Socket;
  writes: Buffer[];
  at: number;
}

const replies = new Map<string, Reply>();
for (const work of allWorks()) {
  replies.set(work.name, {
    plain: framed(work.answer.plain, work.eventsPerWrite),
    withUsage: framed(work.answer.withUsage, work.eventsPerWrite),
  });
}

const running = new Set<Running>();
setInterval(() => {
  for (const one of running) {
    one.socket.write(one.writes[one.at++] ?? "");
    if (one.at === one.writes.length) running.delete(one);
  }
}, TICK_MS);

const server = createServer({ noDelay: true }, (socket) => {
  const reader = new MessageReader(true, (request) => answer(socket, request));
  socket.on("data", (bytes) => reader.feed(bytes));
  socket.on("error", () => socket.destroy());
});
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  process.send?.({ port: typeof address === "object" ? address?.port : 0 });
});
process.on("disconnect", () => process.exit());

function answer(socket: Socket, request: Message): void {
  const work = /\r\nx-bench-work: *(\S+)/i.exec(request.head)?.[1] ?? "";
  const reply = replies.get(work);
  if (reply === undefined) {
    socket.end("HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n");
    return;
  }
  const asksForUsage = /"include_usage"\s*:\s*true/.test(request.body.toString("latin1"));
  const writes = asksForUsage ? reply.withUsage : reply.plain;
  const [whole] = writes;
  if (writes.length === 1 && whole !== undefined) socket.write(whole);
  else running.add({ socket, writes, at: 0 });
}

/** The writes of one HTTP message. */
function framed(parts: Buffer[], partsPerWrite: number): Buffer[] {
  const [whole] = parts;
  if (parts.length === 1 && whole !== undefined) {
    const head = `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${whole.length}\r\n\r\n`;
    return [Buffer.concat([Buffer.from(head), whole])];
  }
  const chunks = parts.map((part) =>
    Buffer.concat([Buffer.from(`${part.length.toString(16)}\r\n`), part, Buffer.from("\r\n")]),
  );
  const head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n";
  chunks[0] = Buffer.concat([Buffer.from(head), chunks[0] ?? Buffer.alloc(0)]);
  chunks.push(Buffer.concat([chunks.pop() ?? Buffer.alloc(0), Buffer.from("0\r\n\r\n")]));
  const writes: Buffer[] = [];
  for (let at = 0; at < chunks.length; at += partsPerWrite) {
    writes.push(Buffer.concat(chunks.slice(at, at + partsPerWrite)));
  }
  return writes;
}
