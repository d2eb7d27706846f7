import { Bytes } from "../bytes/bytes";

/** What is stored under a key that all workers share. */
@final
export class SharedValue {
  constructor(
    /** Good until the outermost callback returns. */
    readonly bytes: Bytes,
    /** Which writing of it this is, for `SharedData#setShared`. */
    readonly version: u32,
  ) {}
}

/**
 * The version of a value that is to be written if there is none. The proxy looks at versions only where there is a value, and gives
 * them in turn, so that no value has this one but the one of every four billion writings.
 */
export const NO_VALUE: u32 = 0xffffffff;

/** What the VMs of all workers share: values by keys, compared and swapped. */
export abstract class SharedData {
  /** What is there under a key; null if there is nothing. There is no way to remove a key. */
  abstract shared(key: string): SharedValue | null;
  /** Writes it, unless somebody has since the writing `version`: then, or if the proxy cannot, false. */
  abstract setShared(key: string, bytes: Bytes, version: u32): bool;
}
