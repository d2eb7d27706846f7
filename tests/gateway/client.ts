import { type IncomingHttpHeaders, request as httpRequest } from "node:http";
import { connect as http2Connect, constants } from "node:http2";
import { randomUUID } from "node:crypto";

/** What a client sends. */
export interface Call {
  method?: string;
  path?: string;
  headers?: Record<string, string>;
  body?: string | Buffer;
  /** Ends the connection as soon as this many bytes of the answer came. */
  abortAfterBytes?: number;
}

/** What a client saw of the answer, to its end or to the connection's. */
export interface Seen {
  requestId: string;
  status: number;
  headers: IncomingHttpHeaders;
  trailers: Record<string, string | undefined>;
  informational: number[];
  body: Buffer;
  /** `complete`, or how the connection ended before the answer did. */
  end: string;
}

/** A chat request's body. */
export function chatBody(more: object = {}): string {
  return JSON.stringify({
    model: "gpt-4o-mini",
    messages: [{ role: "user", content: "Why does a weir need a crest?" }],
    ...more,
  });
}

/** A call to `POST /v1/chat/completions`. */
export function chat(more: object = {}, headers: Record<string, string> = {}): Call {
  return {
    method: "POST",
    path: "/v1/chat/completions",
    headers: { "content-type": "application/json", ...headers },
    body: chatBody(more),
  };
}

/** Makes one call over HTTP/1.1 on a connection of its own. Never rejects: what went wrong is in `end`. */
export function callHttp1(port: number, call: Call): Promise<Seen> {
  const seen = nothingSeen(call);
  return new Promise((resolve) => {
    const finish = (end: string): void => {
      if (seen.end !== "") return;
      seen.end = end;
      resolve(seen);
    };
    const request = httpRequest({
      host: "127.0.0.1",
      port,
      method: call.method ?? "GET",
      path: call.path ?? "/",
      headers: { host: "weir.test", ...call.headers, "x-request-id": seen.requestId },
      agent: false,
    });
    request.on("information", (info) => seen.informational.push(info.statusCode));
    request.on("error", (error: NodeJS.ErrnoException) => finish(error.code ?? error.message));
    request.on("response", (answer) => {
      seen.status = answer.statusCode ?? 0;
      seen.headers = answer.headers;
      const parts: Buffer[] = [];
      let bytes = 0;
      answer.on("data", (part: Buffer) => {
        parts.push(part);
        bytes += part.length;
        if (call.abortAfterBytes !== undefined && bytes >= call.abortAfterBytes) request.destroy();
      });
      const done = (end: string): void => {
        if (seen.end !== "") return;
        seen.body = Buffer.concat(parts);
        seen.trailers = answer.trailers;
        finish(end);
      };
      answer.on("end", () => done("complete"));
      answer.on("error", (error: NodeJS.ErrnoException) => done(error.code ?? error.message));
      answer.on("close", () => done("closed"));
    });
    request.end(call.body);
  });
}

/** As `callHttp1`, over HTTP/2 in plain text, by prior knowledge. */
export function callHttp2(port: number, call: Call, trailers: Record<string, string> = {}): Promise<Seen> {
  const seen = nothingSeen(call);
  return new Promise((resolve) => {
    const session = http2Connect(`http://127.0.0.1:${port}`);
    const parts: Buffer[] = [];
    const finish = (end: string): void => {
      if (seen.end !== "") return;
      seen.end = end;
      seen.body = Buffer.concat(parts);
      session.destroy();
      resolve(seen);
    };
    session.on("error", (error) => finish(error.message));
    const stream = session.request(
      {
        ...call.headers,
        ":method": call.method ?? "GET",
        ":path": call.path ?? "/",
        ":authority": "weir.test",
        "x-request-id": seen.requestId,
      },
      { waitForTrailers: true, endStream: false },
    );
    stream.on("wantTrailers", () => stream.sendTrailers(trailers));
    stream.on("headers", (headers) => seen.informational.push(Number(headers[constants.HTTP2_HEADER_STATUS])));
    stream.on("response", (headers) => {
      seen.status = Number(headers[constants.HTTP2_HEADER_STATUS]);
      seen.headers = headers;
    });
    stream.on("trailers", (headers) => {
      seen.trailers = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
    });
    stream.on("data", (part: Buffer) => parts.push(part));
    stream.on("error", (error) => finish(error.message));
    stream.on("close", () => finish(stream.rstCode === 0 ? "complete" : `reset ${stream.rstCode}`));
    stream.end(call.body);
  });
}

/** What must be the same with and without Weir: all but the headers that differ from one request to the next. */
export function comparable(seen: Seen): object {
  const headers: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(seen.headers)) {
    if (!/^(date|x-request-id|x-envoy-upstream-service-time)$/.test(name)) headers[name] = value;
  }
  const { status, trailers, informational, end } = seen;
  return { status, headers, trailers: { ...trailers }, informational, end, body: seen.body.toString("latin1") };
}

function nothingSeen(call: Call): Seen {
  return {
    requestId: call.headers?.["x-request-id"] ?? randomUUID(),
    status: 0,
    headers: {},
    trailers: {},
    informational: [],
    body: Buffer.alloc(0),
    end: "",
  };
}
