import { createHash } from "node:crypto";
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import { createServer as createHttp2Server, type Http2Server } from "node:http2";
import type { AddressInfo, Socket } from "node:net";
import type { Duplex } from "node:stream";
import { answerChat, BadRequest, readChatRequest, streamEvents, wholeBody } from "./chat.ts";
import { answerGemini, geminiError, geminiTarget } from "./gemini.ts";
import { answerMessages, messagesError } from "./messages.ts";
import { answerResponses } from "./responses.ts";
import { ConnectionGone, type Request, type Response, send } from "./send.ts";
import type { Spoken } from "./spoken.ts";
import { readSteering, type Steering } from "./steering.ts";

/** A response that was recorded elsewhere, to be given again byte for byte. */
export interface Recording {
  status: number;
  headers: Record<string, string | string[]>;
  body: string | Buffer;
}

/** A request as it arrived at the provider. */
export interface Received {
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
  trailers: Record<string, string | undefined>;
  body: Buffer;
  /** `open` while it is being answered; `gone` if the connection ended first, or was reset as asked. */
  state: "open" | "answered" | "gone";
}

/** A provider that is serving. */
export interface Provider {
  readonly port: number;
  /** The requests so far, if `startProvider` was asked to keep them. */
  readonly received: Received[];
  /** Makes `x-demo-replay: <id>` answer with this recording. */
  replay(id: string, recording: Recording): void;
  /** Ends all connections and stops listening. */
  stop(): Promise<void>;
}

/** Where and how to serve. */
export interface ProviderOptions {
  /** 0, the default, lets the kernel choose. */
  port?: number;
  /** HTTP/2 is spoken in plain text, by prior knowledge. */
  protocol?: "HTTP/1.1" | "HTTP/2";
  /** Keep every request in `received`, for tests. */
  keep?: boolean;
}

const plain: Steering = readSteering({});

/**
 * Starts a provider on 127.0.0.1 that needs no key and invents its answers.
 *
 * `POST /v1/chat/completions`, `POST /v1/responses` and `GET /v1/models` answer as OpenAI's API does
 * (https://platform.openai.com/docs/api-reference), `POST /v1/messages` as Anthropic's (https://docs.anthropic.com/en/api/messages),
 * `POST /v1beta/models/<model>:generateContent` and `:streamGenerateContent` as Gemini's (https://ai.google.dev/api/generate-content);
 * `POST /demo/echo` gives the request's body back; an upgrade to `websocket` is accepted on any path and its bytes are
 * echoed. Headers steer the behaviour: see `Steering`. Rejects if the port is taken.
 */
export async function startProvider(options: ProviderOptions = {}): Promise<Provider> {
  const recordings = new Map<string, Recording>();
  const received: Received[] = [];
  const sockets = new Set<Socket>();
  const handle = (request: Request, response: Response): void => {
    const entry: Received = {
      method: request.method ?? "",
      path: request.url ?? "",
      headers: request.headers,
      trailers: {},
      body: Buffer.alloc(0),
      state: "open",
    };
    if (options.keep === true) received.push(entry);
    serve(request, response, entry, recordings).then(
      () => (entry.state = "answered"),
      (error: unknown) => {
        entry.state = "gone";
        if (error instanceof ConnectionGone) return;
        console.error("The demo provider failed:", error);
        request.socket.destroy();
      },
    );
  };
  const server: Server | Http2Server =
    options.protocol === "HTTP/2" ? createHttp2Server(handle) : createServer({ noDelay: true }, handle);
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  server.on("upgrade", echoWebsocket);
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port ?? 0, "127.0.0.1", resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    received,
    replay: (id, recording) => void recordings.set(id, recording),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

async function serve(
  request: Request,
  response: Response,
  entry: Received,
  recordings: Map<string, Recording>,
): Promise<void> {
  entry.body = await readBody(request);
  entry.trailers = request.trailers as Record<string, string | undefined>;
  let steering: Steering;
  try {
    steering = readSteering(request.headers);
  } catch (error) {
    return sendError(response, 400, (error as Error).message, null, null, plain);
  }
  const path = entry.path.split("?")[0] ?? "";
  if (steering.replay !== null) return sendRecording(response, recordings.get(steering.replay), steering);
  const isMessages = path === "/v1/messages" && entry.method === "POST";
  const gemini = entry.method === "POST" ? geminiTarget(entry.path) : null;
  const errorOf = isMessages ? messagesError : gemini ? geminiError : null;
  if (steering.status !== null)
    return errorOf
      ? sendText(response, steering.status, errorOf(steering.status, "The request failed, as asked."), steering)
      : sendFailure(response, steering.status, steering);
  if (gemini) return sendGemini(response, entry.body, gemini, steering);
  if (isMessages) return sendMessages(response, entry.body, steering);
  if (path === "/v1/responses" && entry.method === "POST") return sendResponses(response, entry.body, steering);
  if (path === "/v1/chat/completions" && entry.method === "POST") return sendChat(response, entry.body, steering);
  if (path === "/v1/models" && entry.method === "GET") {
    return send(response, 200, { "content-type": "application/json" }, [modelList()], steering);
  }
  if (path === "/demo/echo" && entry.method === "POST") {
    const type = request.headers["content-type"] ?? "application/octet-stream";
    return send(response, 200, { "content-type": type }, [entry.body], steering);
  }
  return sendError(response, 404, `Invalid URL (${entry.method} ${path})`, null, null, steering);
}

async function sendChat(response: Response, body: Buffer, steering: Steering): Promise<void> {
  try {
    const request = readChatRequest(body.toString());
    const answer = answerChat(request, steering);
    const limits = { "x-ratelimit-limit-requests": "10000", "x-request-id": answer.id.replace("chatcmpl-", "req_") };
    if (!request.stream) {
      const whole = wholeBody(answer, steering);
      return await send(response, 200, { "content-type": "application/json", ...limits }, [whole], steering);
    }
    const headers = { "content-type": "text/event-stream; charset=utf-8", "cache-control": "no-cache", ...limits };
    return await send(response, 200, headers, streamEvents(answer, request, steering), steering);
  } catch (error) {
    if (!(error instanceof BadRequest)) throw error;
    return sendError(response, 400, error.message, error.param, error.code, steering);
  }
}

async function sendResponses(response: Response, body: Buffer, steering: Steering): Promise<void> {
  try {
    await sendSpoken(response, answerResponses(readNaming(body), steering), steering);
  } catch (error) {
    if (!(error instanceof BadRequest)) throw error;
    return sendError(response, 400, error.message, error.param, error.code, steering);
  }
}

async function sendMessages(response: Response, body: Buffer, steering: Steering): Promise<void> {
  try {
    await sendSpoken(response, answerMessages(readNaming(body), steering), steering);
  } catch (error) {
    if (!(error instanceof BadRequest)) throw error;
    return sendText(response, 400, messagesError(400, error.message), steering);
  }
}

async function sendGemini(
  response: Response,
  body: Buffer,
  target: NonNullable<ReturnType<typeof geminiTarget>>,
  steering: Steering,
): Promise<void> {
  try {
    await sendSpoken(response, answerGemini(readObject(body), target, steering), steering);
  } catch (error) {
    if (!(error instanceof BadRequest)) throw error;
    return sendText(response, 400, geminiError(400, error.message), steering);
  }
}

function sendSpoken(response: Response, spoken: Spoken, steering: Steering): Promise<void> {
  const { headers } = spoken;
  if (!spoken.isStreamed)
    return send(response, 200, { "content-type": "application/json", ...headers }, [spoken.whole()], steering);
  const type = { "content-type": "text/event-stream; charset=utf-8", "cache-control": "no-cache" };
  return send(response, 200, { ...type, ...headers }, spoken.events(), steering);
}

/** Sends an error as one API writes it. */
function sendText(response: Response, status: number, text: string, steering: Steering): Promise<void> {
  const headers: Record<string, string> = { "content-type": "application/json" };
  if (steering.retryAfter !== null) headers["retry-after"] = steering.retryAfter;
  return send(response, status, headers, [text], steering);
}

/** A body that is an object; throws `BadRequest`. */
function readObject(body: Buffer): Record<string, unknown> {
  let json: unknown;
  try {
    json = JSON.parse(body.toString());
  } catch {
    throw new BadRequest("We could not parse the JSON body of your request.");
  }
  if (typeof json !== "object" || json === null) throw new BadRequest("The body must be an object.");
  return json as Record<string, unknown>;
}

/** A body that names a model, too. */
function readNaming(body: Buffer): Record<string, unknown> {
  const json = readObject(body);
  if (typeof json.model !== "string") throw new BadRequest("you must provide a model parameter");
  return json;
}

function sendRecording(response: Response, recording: Recording | undefined, steering: Steering): Promise<void> {
  if (recording === undefined) {
    return sendError(response, 404, `There is no recording '${steering.replay}'.`, null, null, steering);
  }
  const headers: Record<string, string | string[]> = {};
  for (const [name, value] of Object.entries(recording.headers)) {
    // How the bytes are framed is this connection's affair.
    if (!/^(content-length|transfer-encoding|connection)$/i.test(name)) headers[name.toLowerCase()] = value;
  }
  return send(response, recording.status, headers, [recording.body], steering);
}

const failures: Record<number, [type: string, code: string | null, message: string]> = {
  400: ["invalid_request_error", null, "The request was asked to be bad."],
  401: ["invalid_request_error", "invalid_api_key", "Incorrect API key provided."],
  404: ["invalid_request_error", "model_not_found", "The model does not exist or you do not have access to it."],
  429: ["tokens", "rate_limit_exceeded", "Rate limit reached on tokens per min (TPM)."],
};

function sendFailure(response: Response, status: number, steering: Steering): Promise<void> {
  const [type, code, message] = failures[status] ?? ["server_error", null, "The server had an error, as asked."];
  return sendError(response, status, message, null, code, steering, type);
}

function sendError(
  response: Response,
  status: number,
  message: string,
  param: string | null,
  code: string | null,
  steering: Steering,
  type = "invalid_request_error",
): Promise<void> {
  const body = JSON.stringify({ error: { message, type, param, code } }, null, 2) + "\n";
  const headers: Record<string, string> = { "content-type": "application/json" };
  if (steering.retryAfter !== null) headers["retry-after"] = steering.retryAfter;
  return send(response, status, headers, [body], steering);
}

function modelList(): string {
  const data = ["gpt-4o", "gpt-4o-mini", "gpt-4.1", "o4-mini"].map((id) => ({
    id,
    object: "model",
    created: 1_700_000_000,
    owned_by: "demo",
  }));
  return JSON.stringify({ object: "list", data }) + "\n";
}

async function readBody(request: Request): Promise<Buffer> {
  const parts: Buffer[] = [];
  try {
    for await (const part of request) parts.push(part as Buffer);
  } catch {
    throw new ConnectionGone();
  }
  return Buffer.concat(parts);
}

/** Accepts a websocket (RFC 6455, section 4.2.2) and echoes its bytes as they are, frames and all. */
function echoWebsocket(request: Request, socket: Duplex, head: Buffer): void {
  const key = String(request.headers["sec-websocket-key"] ?? "");
  const accept = createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");
  socket.on("error", () => socket.destroy());
  socket.write(
    "HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: Upgrade\r\n" +
      `sec-websocket-accept: ${accept}\r\n\r\n`,
  );
  socket.write(head);
  socket.pipe(socket);
}
