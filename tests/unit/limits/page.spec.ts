import { Bytes } from "../../../assembly/bytes/bytes";
import { Counter } from "../../../assembly/limits/counter";
import { KEY_SLOTS, MOST_SLOTS, NO_SLOT, Page } from "../../../assembly/limits/page";

const NOW: i64 = 1700000000000;
const LATER: i64 = NOW + 100000;

const counter = new Counter();

/** Takes a slot for a key and spends `spent` in it, until `LATER`. */
function use(page: Page, key: u64, common: u64, spent: i64, until: i64 = LATER): i32 {
  const slot = page.claim(key, key, common, common, NOW);
  if (slot == NO_SLOT) return slot;
  page.load(slot, counter);
  counter.spent += spent;
  page.store(slot, counter, until);
  return slot;
}

function spentOf(page: Page, key: u64, common: u64): i64 {
  const slot = page.claim(key, key, common, common, NOW);
  page.load(slot, counter);
  page.store(slot, counter, LATER);
  return counter.spent;
}

describe("a page of counters", () => {
  it("is read as it was written, and grows with its slots", () => {
    const page = new Page(null);
    counter.at = -1;
    for (let key: u64 = 1; key <= 5; key++) {
      const slot = page.claim(key, ~key, 99, 99, NOW);
      counter.at = NOW + key;
      counter.spent = (<i64>key) << 40;
      counter.previous = 3;
      counter.held = 4;
      counter.heldBefore = 5;
      counter.lease = 6;
      page.store(slot, counter, LATER);
    }
    const bytes = page.finish(NOW);
    expect(bytes.length).toBe(8 + 5 * 64);
    const again = new Page(bytes);
    const slot = again.claim(4, ~4, 99, 99, NOW);
    again.load(slot, counter);
    expect(counter.at).toBe(NOW + 4);
    expect(counter.spent).toBe(4 << 40);
    expect(counter.previous).toBe(3);
    expect(counter.held).toBe(4);
    expect(counter.heldBefore).toBe(5);
    expect(counter.lease).toBe(6);
  });

  it("does not take keys for the same that share half of their hash", () => {
    const page = new Page(null);
    const first = page.claim(1, 2, 99, 99, NOW);
    expect(page.claim(1, 3, 99, 99, NOW)).not.toBe(first);
    expect(page.claim(3, 2, 99, 99, NOW)).not.toBe(first);
  });

  it("is nothing if it has another form or length", () => {
    const page = new Page(null);
    use(page, 1, 99, 5);
    const good = page.finish(NOW);
    for (let length = 0; length < good.length; length++) {
      const cut = new Page(good.slice(0, length));
      expect(cut.finish(NOW).length).toBe(8);
    }
    const other = Bytes.of(good.buffer.slice(0, good.length));
    expect(new Page(other).finish(NOW).length).toBe(8 + 64);
    const view = Uint8Array.wrap(other.buffer);
    view[7]++;
    expect(new Page(other).finish(NOW).length).toBe(8);
    expect(new Page(Bytes.of(new ArrayBuffer(8 + (MOST_SLOTS + 1) * 64))).finish(NOW).length).toBe(8);
  });

  it("lets keys share a counter when it is full, and never gives one of them another", () => {
    const page = new Page(null);
    const common: u64 = 1000;
    for (let key: u64 = 1; key <= <u64>KEY_SLOTS; key++) use(page, key, common, 1);
    use(page, 500, common, 10);
    use(page, 501, common, 10);
    expect(spentOf(page, 500, common)).toBe(20);
    // A slot is free again, but what 500 has spent is in the common one.
    use(page, 1, common, 0, 0);
    expect(spentOf(page, 500, common)).toBe(20);
    expect(spentOf(page, 2, common)).toBe(1);
    // Another limit's keys have a common one of their own, and take the slot that is free.
    expect(use(page, 700, 2000, 3)).toBe(0);
    expect(use(page, 701, 2000, 3)).toBe(KEY_SLOTS + 1);
  });

  it("uses a common counter again where it was, so that there are never two of one", () => {
    const page = new Page(null);
    for (let key: u64 = 1; key <= <u64>KEY_SLOTS; key++) use(page, key, 1000, 1);
    expect(use(page, 500, 1000, 5, 0)).toBe(KEY_SLOTS);
    expect(use(page, 600, 2000, 5)).toBe(KEY_SLOTS);
    expect(use(page, 500, 1000, 5, 0)).toBe(KEY_SLOTS + 1);
    use(page, 600, 2000, 0, 0);
    expect(use(page, 500, 1000, 5)).toBe(KEY_SLOTS + 1);
  });

  it("has no place when common counters have taken all that keys may not", () => {
    const page = new Page(null);
    for (let key: u64 = 1; key <= <u64>KEY_SLOTS; key++) use(page, key, 1000, 1);
    for (let limit = KEY_SLOTS; limit < MOST_SLOTS; limit++)
      expect(use(page, 5000 + limit, 1000 + limit, 1)).toBe(limit);
    expect(use(page, 9000, 9001, 1)).toBe(NO_SLOT);
    expect(use(page, 3, 1000, 1)).toBe(2);
    expect(page.finish(NOW).length).toBe(8 + MOST_SLOTS * 64);
  });

  it("forgets a slot at its time and not before, and shrinks", () => {
    const page = new Page(null);
    use(page, 1, 99, 5, LATER);
    use(page, 2, 99, 5, LATER - 50000);
    expect(page.finish(LATER - 50000 - 1).length).toBe(8 + 2 * 64);
    expect(page.finish(LATER - 50000 + 4096).length).toBe(8 + 64);
    expect(page.finish(LATER - 1).length).toBe(8 + 64);
    expect(page.finish(LATER + 4096).length).toBe(8);
  });

  it("gives no slot to two keys that are asked for at once", () => {
    const page = new Page(null);
    use(page, 1, 99, 5, 0);
    const first = page.claim(1, 1, 99, 99, NOW);
    const second = page.claim(2, 2, 99, 99, NOW);
    const third = page.claim(3, 3, 99, 99, NOW);
    expect(first).toBe(0);
    expect(second).toBe(1);
    expect(third).toBe(2);
  });
});
