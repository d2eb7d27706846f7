/** How long a held stream may stay without a first byte of its body before the listener is suspected, in milliseconds. */
export const HOLD_PATIENCE_MS: i64 = 2000;

/** Whether this VM has seen the body of a held request come: then its listeners have the flag, and nobody need watch. */
let hasSeenHeldBody = false;

/** A body came although the headers are held. */
export function sawHeldBody(): void {
  hasSeenHeldBody = true;
}

/**
 * The held streams of one plugin, watched until the VM has seen one body come.
 *
 * Without `allow_on_headers_stop_iteration`, Envoy stops the body too when a filter holds the headers, and the stream hangs until
 * the idle timeout. The filter cannot ask for the flag; it can see that no body ever comes.
 */
export class HoldWatch {
  private readonly ids: u32[] = [];
  private readonly since: i64[] = [];

  /** Whether no stream is watched. */
  get isEmpty(): bool {
    return this.ids.length == 0;
  }

  /** Remembers a stream that is held now; true if it is the first, so that somebody has to look from time to time. */
  add(id: u32, nowMs: i64): bool {
    if (hasSeenHeldBody) return false;
    this.ids.push(id);
    this.since.push(nowMs);
    return this.ids.length == 1;
  }

  /** Whether some stream has been held for longer than is plausible, in a VM that never saw a held body come. */
  isStuck(nowMs: i64): bool {
    if (hasSeenHeldBody) this.clear();
    return this.ids.length > 0 && nowMs - this.since[0] >= HOLD_PATIENCE_MS;
  }

  /** Takes one of the held streams out; 0 when there are none. */
  take(): u32 {
    if (this.ids.length == 0) return 0;
    this.since.pop();
    return this.ids.pop();
  }

  /** Forgets a stream that is gone: that no body came for it says nothing about the listener. */
  remove(id: u32): void {
    const at = this.ids.indexOf(id);
    if (at < 0) return;
    this.ids.copyWithin(at, at + 1);
    this.since.copyWithin(at, at + 1);
    this.ids.pop();
    this.since.pop();
  }

  private clear(): void {
    this.ids.length = 0;
    this.since.length = 0;
  }
}
