import { Bytes } from "../bytes/bytes";
import { putU64, u64At } from "../bytes/fixed";
import { SipHash } from "../bytes/siphash";
import { NO_VALUE, SharedData } from "../host/shared-data";
import { Page } from "./page";

/** How many pages there are at most; a power of two. With `MOST_SLOTS` of 64 bytes each they take 33 MiB when all are full. */
export const PAGES: u64 = 16384;

/** The numbers are those of the forms: another version of Weir with another form uses other keys. */
const PAGE_KEY = "weir.limits.1.";
const SECRET_KEY = "weir.limits.1.secret";
const SECRET_BYTES: i32 = 16;
/** Each try fails only if another worker's has succeeded, and the first one decides for all. */
const SECRET_TRIES = 4;

/** A page and which writing of it was read. */
@final
export class Visit {
  constructor(
    readonly page: Page,
    readonly version: u32,
  ) {}
}

/** The pages of counters in the data that all workers share. */
@final
export class Store {
  /** The hash of keys, under a secret that all workers share. */
  readonly hash: SipHash = new SipHash();
  private isOpen: bool = false;
  private k0: u64 = 0;
  private k1: u64 = 0;

  /** `seed` becomes the secret if no worker has one yet: 128 bits that clients cannot know. */
  constructor(
    private readonly data: SharedData,
    private readonly seed0: u64,
    private readonly seed1: u64,
  ) {}

  /** Whether the store can be used: whether the secret is known. To be asked first, inside of a callback, with the call arena current. */
  open(): bool {
    for (let i = 0; i < SECRET_TRIES && !this.isOpen; i++) {
      const value = this.data.shared(SECRET_KEY);
      if (value && value.bytes.length == SECRET_BYTES) {
        this.k0 = u64At(value.bytes, 0);
        this.k1 = u64At(value.bytes, 8);
        this.isOpen = true;
        break;
      }
      const secret = Bytes.of(new ArrayBuffer(SECRET_BYTES));
      putU64(secret, 0, this.seed0);
      putU64(secret, 8, this.seed1);
      this.data.setShared(SECRET_KEY, secret, value ? value.version : NO_VALUE);
    }
    return this.isOpen;
  }

  /** Begins a hash. */
  begin(): void {
    this.hash.begin(this.k0, this.k1);
  }

  /** Reads a page, with the call arena current. */
  visit(name: string): Visit {
    const value = this.data.shared(name);
    return new Visit(new Page(value ? value.bytes : null), value ? value.version : NO_VALUE);
  }

  /** Writes a page back; false if somebody else did so since, or if the proxy cannot. */
  write(name: string, visit: Visit, now: i64): bool {
    return this.data.setShared(name, visit.page.finish(now), visit.version);
  }
}

/** The name of the page for keys whose hash begins with `low`. */
export function pageName(low: u64): string {
  return PAGE_KEY + (<u32>(low & (PAGES - 1))).toString(16);
}
