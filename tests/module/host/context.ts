import type { HeaderMap } from "./header-map.ts";

/** A buffer that the module may read and change now. */
export interface Buffered {
  bytes: Buffer;
}

/** What host calls are about: a plugin (root context) or a stream. What a context does not have, the calls do not find. */
export interface Context {
  readonly id: number;
  readonly rootId: number;
  /** Whether headers can be read and not changed: at the access log. */
  readonly areHeadersReadOnly: boolean;
  /** The header map of a type, if the module may see it now. */
  headers(type: number): HeaderMap | undefined;
  /** The buffer of a type, if there is one now. */
  buffer(type: number): Buffered | undefined;
  /** Whether there could be a buffer of this type at another time: reading it now gives nothing, and is no mistake. */
  hasBuffer(type: number): boolean;
  /** Whether a buffer of this type may be changed. */
  canChange(type: number): boolean;
  property(path: string): Buffer | undefined;
  /** False if there is no filter state to set. */
  setFilterState(name: string, value: string): boolean;
  /** Returns a status. */
  reply(status: number, details: string, headers: HeaderMap, body: Buffer): number;
  /** Returns a status. */
  resume(isResponse: boolean): number;
  /** Returns a status. */
  close(isResponse: boolean): number;
}
