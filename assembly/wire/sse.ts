import { Bytes } from "../bytes/bytes";

/** Hears what an event stream holds. */
export abstract class SseSink {
  /** A piece of the running event's data; `streamAt` is where it stands in the stream, -1 for the "\n" between two data lines. */
  onData(_bytes: Bytes, _at: i32, _end: i32, _streamAt: i64): void {}
  /** A piece of the running event's name. */
  onEventName(_bytes: Bytes, _at: i32, _end: i32): void {}
  /** The event `[startAt, endAt)` of the stream is complete, its blank line included. */
  onEvent(_startAt: i64, _endAt: i64): void {}
}

/** Placeholder of the API; the machine follows. */
export class SseReader {
  offset: i64 = 0;
  /** Whether the event that `onEvent` reports had a data line. */
  hasData: bool = false;

  constructor(readonly sink: SseSink) {}

  feed(_bytes: Bytes, _at: i32, _end: i32): void {}

  finish(): void {}

  reset(): void {}
}
