import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from "node:http";
import type { Http2ServerRequest, Http2ServerResponse } from "node:http2";
import { constants } from "node:http2";
import { setImmediate as nextTurn, setTimeout as sleep } from "node:timers/promises";
import { constants as zlib, createGzip } from "node:zlib";
import type { Steering } from "./steering.ts";

/** A request over HTTP/1.1 or HTTP/2. */
export type Request = IncomingMessage | Http2ServerRequest;

/** The response that belongs to a `Request`. */
export type Response = ServerResponse | Http2ServerResponse;

/** The connection was reset, by the client or because the request asked for it; there is nobody to answer. */
export class ConnectionGone extends Error {}

/**
 * Sends a response in pieces, with all the troubles that the request asked for.
 *
 * An array of pieces gets a content-length, any other iterable is sent as it comes.
 * Rejects with `ConnectionGone` if the connection ended before the response did.
 */
export async function send(
  response: Response,
  status: number,
  headers: OutgoingHttpHeaders,
  pieces: Iterable<string | Buffer>,
  steering: Steering,
): Promise<void> {
  await pause(response, steering.delayMs);
  if (steering.resetAfter === -1) reset(response);
  if (steering.informational) response.writeEarlyHints({ link: "</demo>; rel=preconnect" });
  if (steering.trailers.length > 0) headers.trailer = steering.trailers.map(([name]) => name).join(", ");
  else if (Array.isArray(pieces) && !steering.gzip)
    headers["content-length"] = totalBytes(pieces as (string | Buffer)[]);
  writeHead(response, status, steering.gzip ? { ...headers, "content-encoding": "gzip" } : headers);
  const compress = steering.gzip ? compressor() : null;
  let sent = 0;
  for (const piece of pieces) {
    await pause(response, steering.chunkDelayMs);
    if (steering.resetAfter === sent) reset(response);
    const bytes = Buffer.from(piece);
    await write(response, compress === null ? bytes : await compress.add(bytes), steering.splitBytes);
    sent++;
  }
  if (steering.resetAfter !== null) reset(response);
  if (compress !== null) await write(response, await compress.end(), steering.splitBytes);
  if (steering.trailers.length > 0) response.addTrailers(Object.fromEntries(steering.trailers));
  await new Promise<void>((resolve, reject) => {
    response.once("close", () => (response.writableFinished ? resolve() : reject(new ConnectionGone())));
    response.end(resolve);
  });
}

/** Waits, but no longer than there is somebody to answer. */
async function pause(response: Response, ms: number): Promise<void> {
  if (ms === 0) return;
  const closed = new AbortController();
  const onClose = (): void => closed.abort();
  response.once("close", onClose);
  try {
    await sleep(ms, undefined, { signal: closed.signal });
  } catch {
    throw new ConnectionGone();
  } finally {
    response.off("close", onClose);
  }
}

function writeHead(response: Response, status: number, headers: OutgoingHttpHeaders): void {
  if (gone(response)) throw new ConnectionGone();
  if ("stream" in response) {
    // HTTP/2 has no such header, and Node refuses to send one.
    delete headers["transfer-encoding"];
    delete headers.connection;
  }
  (response as ServerResponse).writeHead(status, headers);
  // The headers leave by themselves, as they do from a server that is still thinking.
  if ("flushHeaders" in response) response.flushHeaders();
}

async function write(response: Response, bytes: Buffer, splitBytes: number | null): Promise<void> {
  if (bytes.length === 0) return;
  if (splitBytes === null) return writeOnce(response, bytes);
  for (let at = 0; at < bytes.length; at += splitBytes) {
    await writeOnce(response, bytes.subarray(at, at + splitBytes));
    await nextTurn();
  }
}

async function writeOnce(response: Response, bytes: Buffer): Promise<void> {
  if (gone(response)) throw new ConnectionGone();
  if ((response as ServerResponse).write(bytes)) return;
  await new Promise<void>((resolve, reject) => {
    const finish = (): void => {
      response.off("drain", finish);
      response.off("close", finish);
      if (gone(response)) reject(new ConnectionGone());
      else resolve();
    };
    response.on("drain", finish);
    response.on("close", finish);
  });
}

function totalBytes(pieces: (string | Buffer)[]): number {
  return pieces.reduce((sum, piece) => sum + Buffer.byteLength(piece), 0);
}

function gone(response: Response): boolean {
  if ("stream" in response) return response.stream?.destroyed !== false;
  return response.destroyed || response.socket === null || response.socket.destroyed;
}

/** Ends the connection without a goodbye and throws. */
function reset(response: Response): never {
  if ("stream" in response) response.stream.close(constants.NGHTTP2_INTERNAL_ERROR);
  else response.socket?.resetAndDestroy();
  throw new ConnectionGone();
}

/** Compresses piece by piece; each piece can be decompressed as soon as it has arrived. */
function compressor(): { add: (bytes: Buffer) => Promise<Buffer>; end: () => Promise<Buffer> } {
  const gzip = createGzip();
  const parts: Buffer[] = [];
  gzip.on("data", (part: Buffer) => parts.push(part));
  const take = (): Buffer => Buffer.concat(parts.splice(0));
  return {
    add: (bytes) =>
      new Promise((resolve) => {
        gzip.write(bytes);
        gzip.flush(zlib.Z_SYNC_FLUSH, () => resolve(take()));
      }),
    end: () => new Promise((resolve) => gzip.once("end", () => resolve(take())).end()),
  };
}
