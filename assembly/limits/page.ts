import { Bytes } from "../bytes/bytes";
import { putU32, putU64, u32At, u64At } from "../bytes/fixed";
import { Counter } from "./counter";

// A page of counters: one value of the shared data.
//
//     page   | form u64 | slot | slot | ...                                            at most MOST_SLOTS
//     slot   | key 16 | at i64 | spent i64 | previous i64 | held i64 | heldBefore i64 | lease u32 | until u32 |
//
// The key is all 128 bits of a hash; `until` is when the slot can be forgotten, in steps of 4,096 ms, rounded up. Which algorithm
// counts in a slot is in its key. A page is as long as the slots that it has needed, so that few keys cost little.

/** Says that what follows is a page of this form: "weirlim" and a number. A page of another form is none. */
const FORM: u64 = 0x016d696c72696577;
const HEAD_BYTES: i32 = 8;
const SLOT_BYTES: i32 = 64;
/** Slots more than needed when a page grows. */
const SPARE_SLOTS: i32 = 3;

/** Slots of keys in a page, and slots in all: the rest is for what keys share that find no place. */
export const KEY_SLOTS: i32 = 28;
export const MOST_SLOTS: i32 = 32;
/** The slot of a page that has none for a key. */
export const NO_SLOT: i32 = -1;

const STEP_BITS: i64 = 12;
/** A slot that is being used is not given to another key, whatever its time says. */
const IN_USE: u32 = 0xffffffff;

/** A page as one worker has read it, to be changed and written back as a whole. It lives as long as what was read: a callback. */
@final
export class Page {
  private bytes: Bytes;
  private count: i32 = 0;

  /** Takes what was read, null for nothing. What is not a page of this form counts as nothing, and will be written over. */
  constructor(bytes: Bytes | null) {
    if (bytes && isPage(bytes)) {
      this.bytes = bytes;
      this.count = (bytes.length - HEAD_BYTES) / SLOT_BYTES;
    } else {
      this.bytes = emptyPage(1);
    }
  }

  /** The page to be written: slots at its end that can be forgotten are. */
  finish(now: i64): Bytes {
    while (this.count > 0 && this.isForgettable(this.count - 1, now)) this.count--;
    return this.bytes.slice(0, offset(this.count));
  }

  /**
   * The slot of a key, the 128 bits `low` and `high`. A key without one takes a slot that can be forgotten, or a new one; if all of those
   * are in use, it shares the slot of `commonLow` and `commonHigh` with all such keys. And as long as that slot is in use, keys without
   * one share it, too: what a key has spent is in one place only. `NO_SLOT` if even that finds no place.
   */
  claim(low: u64, high: u64, commonLow: u64, commonHigh: u64, now: i64): i32 {
    let slot = this.find(low, high);
    if (slot == NO_SLOT) {
      const common = this.find(commonLow, commonHigh);
      if (common != NO_SLOT && !this.isForgettable(common, now)) slot = common;
      if (slot == NO_SLOT) slot = this.add(low, high, KEY_SLOTS, now);
      if (slot == NO_SLOT) slot = common;
      if (slot == NO_SLOT) slot = this.add(commonLow, commonHigh, MOST_SLOTS, now);
      if (slot == NO_SLOT) return NO_SLOT;
    }
    putU32(this.bytes, offset(slot) + 60, IN_USE);
    return slot;
  }

  /** Fills `counter` from a slot. */
  load(slot: i32, counter: Counter): void {
    const at = offset(slot);
    const bytes = this.bytes;
    counter.at = <i64>u64At(bytes, at + 16);
    counter.spent = <i64>u64At(bytes, at + 24);
    counter.previous = <i64>u64At(bytes, at + 32);
    counter.held = <i64>u64At(bytes, at + 40);
    counter.heldBefore = <i64>u64At(bytes, at + 48);
    counter.lease = u32At(bytes, at + 56);
  }

  /** Puts `counter` into its slot; from `until` on, in milliseconds, it can be forgotten. */
  store(slot: i32, counter: Counter, until: i64): void {
    const at = offset(slot);
    const bytes = this.bytes;
    putU64(bytes, at + 16, counter.at);
    putU64(bytes, at + 24, counter.spent);
    putU64(bytes, at + 32, counter.previous);
    putU64(bytes, at + 40, counter.held);
    putU64(bytes, at + 48, counter.heldBefore);
    putU32(bytes, at + 56, counter.lease);
    putU32(bytes, at + 60, stepAfter(until));
  }

  private find(low: u64, high: u64): i32 {
    const bytes = this.bytes;
    for (let slot = 0, at = HEAD_BYTES; slot < this.count; slot++, at += SLOT_BYTES)
      if (u64At(bytes, at) == low && u64At(bytes, at + 8) == high) return slot;
    return NO_SLOT;
  }

  /** An empty slot below `limit` for a key. */
  private add(low: u64, high: u64, limit: i32, now: i64): i32 {
    let slot = 0;
    const end = min(this.count, limit);
    while (slot < end && !this.isForgettable(slot, now)) slot++;
    if (slot == limit) return NO_SLOT;
    if (slot == this.count) this.append();
    const at = offset(slot);
    for (let i = 16; i < SLOT_BYTES; i += 8) putU64(this.bytes, at + i, 0);
    putU64(this.bytes, at, low);
    putU64(this.bytes, at + 8, high);
    return slot;
  }

  // @ts-ignore: decorator
  @inline
  private isForgettable(slot: i32, now: i64): bool {
    const until = u32At(this.bytes, offset(slot) + 60);
    return until != IN_USE && now >> STEP_BITS >= <i64>until;
  }

  /** Makes a slot at the end, which the caller fills. */
  private append(): void {
    const before = offset(this.count++);
    if (this.bytes.length >= offset(this.count)) return;
    // Room for the other limits of a call, which often come to the same page.
    const grown = emptyPage(min(this.count + SPARE_SLOTS, MOST_SLOTS));
    grown.take(this.bytes, 0, before);
    this.bytes = grown;
  }
}

function isPage(bytes: Bytes): bool {
  const length = bytes.length;
  if (length < HEAD_BYTES || length > offset(MOST_SLOTS)) return false;
  return (length - HEAD_BYTES) % SLOT_BYTES == 0 && u64At(bytes, 0) == FORM;
}

/** A page without slots, and with room for some. */
function emptyPage(slots: i32): Bytes {
  const bytes = Bytes.of(new ArrayBuffer(offset(slots)));
  putU64(bytes, 0, FORM);
  return bytes;
}

// @ts-ignore: decorator
@inline
function offset(slot: i32): i32 {
  return HEAD_BYTES + slot * SLOT_BYTES;
}

/** The first step that begins at `ms` or later. */
function stepAfter(ms: i64): u32 {
  const last = <i64>IN_USE - 1;
  return ms > last << STEP_BITS ? <u32>last : <u32>((ms + ((1 << STEP_BITS) - 1)) >> STEP_BITS);
}
