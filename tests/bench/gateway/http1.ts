/** What a `MessageReader` tells of the message it has just read. */
export interface Message {
  /** The start line and the header lines, without the empty line that ends them. */
  head: string;
  /** Bytes of the body after chunk framing is taken away. */
  bodyBytes: number;
  /** The body, if the reader keeps bodies; empty otherwise. */
  body: Buffer;
}

enum State {
  Head,
  Sized,
  ChunkSize,
  ChunkData,
  ChunkEnd,
}

const CR = 0x0d;
const LF = 0x0a;

/**
 * Reads HTTP/1.1 messages from one side of a connection, framed by `content-length` or as chunks without trailers.
 *
 * It does as little as a client or provider may do that shares its processors with what is measured; it trusts that
 * the other side is Envoy. Throws on what it does not know.
 */
export class MessageReader {
  #state = State.Head;
  #head: Buffer = Buffer.alloc(0);
  #headText = "";
  #left = 0;
  #bodyBytes = 0;
  #parts: Buffer[] = [];

  constructor(
    readonly keepsBodies: boolean,
    readonly onMessage: (message: Message) => void,
  ) {}

  /** Takes the connection's next bytes. */
  feed(bytes: Buffer): void {
    let at = 0;
    while (at < bytes.length) {
      switch (this.#state) {
        case State.Head:
          at = this.#readHead(bytes, at);
          break;
        case State.Sized:
          at = this.#take(bytes, at);
          if (this.#left === 0) this.#finish();
          break;
        case State.ChunkSize:
          at = this.#readChunkSize(bytes, at);
          break;
        case State.ChunkData:
          at = this.#take(bytes, at);
          if (this.#left === 0) this.#state = State.ChunkEnd;
          break;
        case State.ChunkEnd:
          if (bytes[at++] === LF) this.#state = State.ChunkSize;
          break;
      }
    }
  }

  #readHead(bytes: Buffer, at: number): number {
    const before = this.#head.length;
    this.#head = before === 0 ? bytes.subarray(at) : Buffer.concat([this.#head, bytes.subarray(at)]);
    const end = this.#head.indexOf("\r\n\r\n");
    if (end < 0) return bytes.length;
    this.#headText = this.#head.toString("latin1", 0, end);
    this.#head = Buffer.alloc(0);
    this.#bodyBytes = 0;
    this.#parts = [];
    if (/\r\ntransfer-encoding: *chunked/i.test(this.#headText)) {
      this.#left = 0;
      this.#state = State.ChunkSize;
    } else {
      const length = /\r\ncontent-length: *(\d+)/i.exec(this.#headText)?.[1];
      if (length === undefined) throw new Error(`A message without a length:\n${this.#headText}`);
      this.#left = Number(length);
      this.#state = State.Sized;
      if (this.#left === 0) this.#finish();
    }
    return at + end + 4 - before;
  }

  #readChunkSize(bytes: Buffer, at: number): number {
    while (at < bytes.length) {
      const byte = bytes[at++] ?? 0;
      if (byte === CR) continue;
      if (byte !== LF) {
        this.#left = this.#left * 16 + hexDigit(byte);
      } else if (this.#left === 0) {
        // The empty line after the last chunk.
        this.#left = -1;
      } else if (this.#left < 0) {
        this.#finish();
        return at;
      } else {
        this.#state = State.ChunkData;
        return at;
      }
    }
    return at;
  }

  #take(bytes: Buffer, at: number): number {
    const end = Math.min(bytes.length, at + this.#left);
    if (this.keepsBodies) this.#parts.push(Buffer.from(bytes.subarray(at, end)));
    this.#bodyBytes += end - at;
    this.#left -= end - at;
    return end;
  }

  #finish(): void {
    this.#state = State.Head;
    this.#left = 0;
    const body = this.keepsBodies ? Buffer.concat(this.#parts) : this.#head;
    this.onMessage({ head: this.#headText, bodyBytes: this.#bodyBytes, body });
  }
}

function hexDigit(byte: number): number {
  const value = Number.parseInt(String.fromCharCode(byte), 16);
  if (Number.isNaN(value)) throw new Error(`A chunk size with the byte ${byte}.`);
  return value;
}
