import { CONTINUE } from "./abi.ts";
import type { Buffered } from "./context.ts";
import type { HeaderMap } from "./header-map.ts";

/** Who is behind the filter in one direction, and what the direction needs of its stream. */
export interface Next {
  headers(headers: HeaderMap, isLast: boolean): void;
  data(bytes: Buffer, isLast: boolean): void;
  trailers(trailers: HeaderMap): void;
  /** More was held than the buffer limit allows. */
  tooLarge(): void;
}

export interface Callbacks {
  /** `request` or `response`. */
  readonly name: string;
  /** Calls the module; undefined if the stream is over, before or after. */
  call(name: string, ...args: number[]): number | undefined;
}

/** Whether the filter lets the direction run. */
enum State {
  Running,
  /** The filter paused: what comes is still shown to it, and held. */
  Paused,
  /** The filter paused at the headers and the plugin lacks the flag: nothing more is shown to it. */
  Stopped,
}

/**
 * One direction of a stream as Envoy's filter manager leads it through a filter (source/common/http/filter_manager.cc), and as the
 * wasm filter sees it (source/extensions/common/wasm/context.cc).
 */
export class Direction {
  #state = State.Running;
  #headers: HeaderMap | undefined;
  #trailers: HeaderMap | undefined;
  #areHeadersGone = false;
  #areTrailersGone = true;
  /** What the filter has paused on. */
  #held: Buffered | undefined;
  /** What the running callback is about. */
  #chunk: Buffered | undefined;
  /** What came while all was stopped. */
  #waiting: Buffer[] = [];
  #hasEnded = false;
  #isAborted = false;

  constructor(
    private readonly callbacks: Callbacks,
    private readonly next: Next,
    private readonly hasFlag: boolean,
    private readonly bufferLimit: number,
  ) {}

  get hasBegun(): boolean {
    return this.#headers !== undefined;
  }

  /** Whether its end has come from the one who sends. */
  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** Whether the headers have been passed on. */
  get areHeadersGone(): boolean {
    return this.#areHeadersGone;
  }

  /** The headers, while the filter may change them. */
  get changeableHeaders(): HeaderMap | undefined {
    return this.#areHeadersGone ? undefined : this.#headers;
  }

  get changeableTrailers(): HeaderMap | undefined {
    return this.#areTrailersGone ? undefined : this.#trailers;
  }

  /** The headers as they were last; for access logs. */
  get lastHeaders(): HeaderMap | undefined {
    return this.#headers;
  }

  /** The body bytes that the filter may see and change now. */
  get buffer(): Buffered | undefined {
    return this.#held ?? this.#chunk;
  }

  /** Nothing of it matters any more. */
  abort(): void {
    this.#isAborted = true;
  }

  headers(headers: HeaderMap, isLast: boolean): void {
    if (this.#isAborted || this.#headers) return;
    this.#headers = headers;
    this.#hasEnded = isLast;
    const action = this.callbacks.call(`${this.callbacks.name}_headers`, headers.size, Number(isLast));
    if (action === undefined || this.#isAborted) return;
    // The filter may have let it go on from inside of the callback.
    if (action === CONTINUE) this.passHeaders(isLast);
    else if (!this.#areHeadersGone) this.#state = this.hasFlag ? State.Paused : State.Stopped;
  }

  data(bytes: Buffer, isLast: boolean): void {
    if (this.#isAborted || !this.#headers || this.#hasEnded) return;
    this.#hasEnded = isLast;
    if (this.#state === State.Stopped) this.#waiting.push(bytes);
    else this.show(bytes, isLast);
  }

  trailers(trailers: HeaderMap): void {
    if (this.#isAborted || !this.#headers || this.#hasEnded) return;
    this.#hasEnded = true;
    this.#trailers = trailers;
    if (this.#state !== State.Stopped) this.showTrailers();
  }

  /** Lets go on what the filter has paused. */
  resume(): void {
    if (this.#state === State.Running || this.#isAborted) return;
    const wasStopped = this.#state === State.Stopped;
    this.#state = State.Running;
    const held = this.take();
    const hasMore = held.length > 0 || this.#waiting.length > 0 || this.#trailers !== undefined;
    const hadHeaders = this.#areHeadersGone;
    if (!hadHeaders) this.passHeaders(this.#hasEnded && !hasMore);
    if (this.#isAborted) return;
    if (wasStopped) return this.showWaiting();
    const isEnd = this.#hasEnded && this.#trailers === undefined;
    if (held.length > 0 || (isEnd && hadHeaders)) this.next.data(held, isEnd);
    if (this.#trailers) this.passTrailers();
  }

  private show(bytes: Buffer, isLast: boolean): void {
    const isHeld = this.#held !== undefined;
    const heldBytes = (this.#held?.bytes.length ?? 0) + bytes.length;
    // An answer that grows too large while it is held is given up before the filter sees the rest; a request after it.
    if (isHeld && heldBytes > this.bufferLimit && this.callbacks.name === "response") return this.next.tooLarge();
    if (this.#held) this.#held.bytes = Buffer.concat([this.#held.bytes, bytes]);
    else this.#chunk = { bytes };
    const size = this.buffer?.bytes.length ?? 0;
    const action = this.callbacks.call(`${this.callbacks.name}_body`, size, Number(isLast));
    const chunk = this.#chunk;
    this.#chunk = undefined;
    if (action === undefined || this.#isAborted) return;
    if (isHeld && (this.#held?.bytes.length ?? 0) > this.bufferLimit) return this.next.tooLarge();
    if (action === CONTINUE) {
      this.#held ??= chunk;
      if (this.#state === State.Paused) this.resume();
      else this.next.data(this.take(), isLast);
    } else {
      this.#state = State.Paused;
      this.#held ??= chunk;
      if ((this.#held?.bytes.length ?? 0) > this.bufferLimit) this.next.tooLarge();
    }
  }

  private showWaiting(): void {
    const waiting = this.#waiting.splice(0);
    // All that came is shown as one piece.
    if (waiting.length > 0) this.show(Buffer.concat(waiting), this.#hasEnded && this.#trailers === undefined);
    if (this.#trailers && !this.#isAborted) this.showTrailers();
  }

  private showTrailers(): void {
    const trailers = this.#trailers;
    if (!trailers) return;
    this.#areTrailersGone = false;
    const action = this.callbacks.call(`${this.callbacks.name}_trailers`, trailers.size);
    if (action === undefined || this.#isAborted) return;
    if (action !== CONTINUE) this.#state = State.Paused;
    else if (this.#state === State.Paused) this.resume();
    else this.passTrailers();
  }

  private passHeaders(isLast: boolean): void {
    const headers = this.#headers;
    this.#areHeadersGone = true;
    if (headers) this.next.headers(headers.copy(), isLast);
  }

  private passTrailers(): void {
    this.#areTrailersGone = true;
    if (this.#trailers && !this.#isAborted) this.next.trailers(this.#trailers.copy());
  }

  private take(): Buffer {
    const bytes = this.#held?.bytes ?? Buffer.alloc(0);
    this.#held = undefined;
    return bytes;
  }
}
