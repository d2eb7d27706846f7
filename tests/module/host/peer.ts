import type { HeaderMap } from "./header-map.ts";

/** How a message came to its end, as the one who gets it sees. */
export type End = "open" | "clean" | "reset";

/** What one side, client or upstream, was given. */
export class Peer {
  headers: HeaderMap | undefined;
  readonly chunks: Buffer[] = [];
  trailers: HeaderMap | undefined;
  end: End = "open";
  /** Whether its end came with the headers. */
  isHeadersOnly = false;

  constructor(
    private readonly name: string,
    private readonly isLenient = false,
  ) {}

  get body(): Buffer {
    return Buffer.concat(this.chunks);
  }

  get status(): number {
    return Number(this.headers?.get(":status") ?? 0);
  }

  takeHeaders(headers: HeaderMap, isLast: boolean): void {
    if (this.headers) throw new Error(`The ${this.name} is given headers twice.`);
    this.headers = headers;
    this.isHeadersOnly = isLast;
    if (isLast) this.finish();
  }

  takeData(bytes: Buffer, isLast: boolean): void {
    if (!this.headers) throw new Error(`The ${this.name} is given a body before headers.`);
    if (this.end !== "open") throw new Error(`The ${this.name} is given a body after the end.`);
    if (bytes.length > 0) this.chunks.push(Buffer.from(bytes));
    if (isLast) this.finish();
  }

  takeTrailers(trailers: HeaderMap): void {
    this.trailers = trailers;
    this.finish();
  }

  reset(): void {
    if (this.end === "open") this.end = "reset";
  }

  /** A message that ends must be as long as its headers say: a codec would make a broken message of another. */
  private finish(): void {
    if (this.end !== "open") return;
    this.end = "clean";
    const length = this.headers?.get("content-length");
    const isBodiless = this.status === 304 || this.status === 204;
    if (length !== undefined && !this.isLenient && !isBodiless && Number(length) !== this.body.length)
      throw new Error(`The ${this.name} is told content-length ${length} and given ${this.body.length} bytes.`);
  }
}
