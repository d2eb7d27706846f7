import { connect, type Socket } from "node:net";
import { type Message, MessageReader } from "./http1.ts";
import type { Work } from "./works.ts";

/** Keep-alive connections to one peer, opened once and used for every turn. */
export class Client {
  readonly #idle: Connection[] = [];

  constructor(readonly port: number) {}

  /**
   * Makes `requests` requests of `work` on each of its connections, all connections at once.
   *
   * Rejects if one answer is not a 200 with exactly the expected number of bytes, or if a connection breaks: a peer
   * that fails fast would look cheap. Resolves with the number of requests made.
   */
  async turn(work: Work, requests: number): Promise<number> {
    const connections: Connection[] = [];
    while (connections.length < work.connections)
      connections.push(this.#idle.pop() ?? (await Connection.open(this.port)));
    await Promise.all(connections.map((connection) => connection.run(work, requests)));
    this.#idle.push(...connections);
    return requests * connections.length;
  }

  /** One request, and the whole answer to look at. */
  async fetch(work: Work): Promise<Message> {
    const connection = await Connection.open(this.port, true);
    const answer = await connection.exchange(requestBytes(work));
    connection.close();
    return answer;
  }

  close(): void {
    for (const connection of this.#idle) connection.close();
    this.#idle.length = 0;
  }
}

class Connection {
  readonly #socket: Socket;
  #onAnswer: ((answer: Message) => void) | null = null;
  #onBroken: ((error: Error) => void) | null = null;

  private constructor(socket: Socket, keepsBodies: boolean) {
    this.#socket = socket;
    const reader = new MessageReader(keepsBodies, (answer) => this.#onAnswer?.(answer));
    socket.on("data", (bytes) => reader.feed(bytes));
    socket.on("error", (error) => this.#onBroken?.(error));
    socket.on("close", () => this.#onBroken?.(new Error("Envoy closed a connection.")));
  }

  static open(port: number, keepsBodies = false): Promise<Connection> {
    return new Promise((resolve, reject) => {
      const socket = connect({ host: "127.0.0.1", port, noDelay: true });
      socket.once("error", reject);
      socket.once("connect", () => {
        socket.off("error", reject);
        resolve(new Connection(socket, keepsBodies));
      });
    });
  }

  exchange(request: Buffer): Promise<Message> {
    return new Promise((resolve, reject) => {
      this.#onAnswer = resolve;
      this.#onBroken = reject;
      this.#socket.write(request);
    });
  }

  run(work: Work, requests: number): Promise<void> {
    const request = requestBytes(work);
    let left = requests;
    return new Promise((resolve, reject) => {
      const next = (): void => {
        if (left-- > 0) this.#socket.write(request);
        else resolve();
      };
      this.#onBroken = reject;
      this.#onAnswer = (answer) => {
        const fault = faultOf(answer, work);
        if (fault === null) next();
        else reject(new Error(fault));
      };
      next();
    });
  }

  close(): void {
    this.#onBroken = null;
    this.#socket.destroy();
  }
}

/** What is wrong with an answer; `null` if nothing is. */
export function faultOf(answer: Message, work: Work): string | null {
  if (!answer.head.startsWith("HTTP/1.1 200 ")) return `${work.name} got an answer that is no 200:\n${answer.head}`;
  if (answer.bodyBytes !== work.expected.length) {
    return `${work.name} got ${answer.bodyBytes} bytes instead of ${work.expected.length}.`;
  }
  return null;
}

const requests = new Map<string, Buffer>();

function requestBytes(work: Work): Buffer {
  const made = requests.get(work.name);
  if (made !== undefined) return made;
  const head = [
    "POST /v1/chat/completions HTTP/1.1",
    "host: api.example.com",
    "content-type: application/json",
    "accept: application/json",
    "authorization: Bearer sk-bench-0123456789abcdef",
    "user-agent: OpenAI/JS 6.0.0",
    `x-bench-work: ${work.name}`,
    `content-length: ${work.request.length}`,
  ];
  const bytes = Buffer.concat([Buffer.from(`${head.join("\r\n")}\r\n\r\n`), work.request]);
  requests.set(work.name, bytes);
  return bytes;
}
