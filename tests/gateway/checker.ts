import { createServer, type Server } from "node:http";
import { createServer as createHttp2Server, type Http2Server } from "node:http2";
import type { AddressInfo } from "node:net";

/** Somebody whom a processor asks: over HTTP, or over gRPC. */
export interface Checker {
  port: number;
  /** The bodies that were asked, as text. */
  asked: string[];
  /** The next answers: an HTTP status or a gRPC status; `null` is never answered. */
  answer: number | null;
  stop(): Promise<void>;
}

/** Answers `POST /check` with the status that it is told, and the body "checked". */
export async function startHttpChecker(): Promise<Checker> {
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.on("end", () => {
      checker.asked.push(Buffer.concat(parts).toString());
      if (checker.answer !== null) response.writeHead(checker.answer).end("checked");
    });
  });
  const checker = await listening(server);
  return checker;
}

/** Answers every unary gRPC call with the status that it is told, and with the message "checked" if that is 0. */
export async function startGrpcChecker(): Promise<Checker> {
  const server = createHttp2Server();
  server.on("stream", (stream) => {
    const parts: Buffer[] = [];
    stream.on("data", (part: Buffer) => parts.push(part));
    stream.on("error", () => {});
    stream.on("end", () => {
      // The message comes after a flag and its length (https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md).
      checker.asked.push(Buffer.concat(parts).subarray(5).toString());
      const status = checker.answer;
      if (status === null) return;
      const head = { ":status": 200, "content-type": "application/grpc" };
      if (status !== 0) return stream.respond({ ...head, "grpc-status": String(status) }, { endStream: true });
      stream.respond(head, { waitForTrailers: true });
      stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }));
      const message = Buffer.from("checked");
      const frame = Buffer.alloc(5);
      frame.writeUInt32BE(message.length, 1);
      stream.end(Buffer.concat([frame, message]));
    });
  });
  const checker = await listening(server);
  return checker;
}

async function listening(server: Server | Http2Server): Promise<Checker> {
  const sessions = new Set<{ destroy(): void }>();
  server.on("connection", (socket: { destroy(): void }) => sessions.add(socket));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    asked: [],
    answer: 0,
    stop: async () => {
      for (const session of sessions) session.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
