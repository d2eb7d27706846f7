import type { SharedMap } from "./shared-map";

const HEAD_BYTES = 8;
const SLOT_BYTES = 64;
/** At most so many pages of so many slots: assembly/limits/store.ts and page.ts. */
export const PAGES = 16_384;
export const MOST_SLOTS = 32;
const FORM = 0x016d696c72696577n;

export interface Slot {
  spent: bigint;
  held: bigint;
  lease: number;
}

/** All slots of all pages, read as page.ts draws them. */
export function slotsOf(shared: SharedMap): Slot[] {
  return [...shared.values].flatMap(([key, { bytes }]) => {
    if (!/^weir\.limits\.1\.[0-9a-f]+$/.test(key)) return [];
    const page = Buffer.from(bytes);
    const count = (page.length - HEAD_BYTES) / SLOT_BYTES;
    if (page.readBigUInt64LE(0) !== FORM || !Number.isInteger(count) || count > MOST_SLOTS)
      throw new Error(`${key} is no page: ${page.length} bytes`);
    return Array.from({ length: count }, (_, i) => {
      const at = HEAD_BYTES + i * SLOT_BYTES;
      return {
        spent: page.readBigInt64LE(at + 24),
        held: page.readBigInt64LE(at + 40) + page.readBigInt64LE(at + 48),
        lease: page.readUInt32LE(at + 56),
      };
    });
  });
}
