import { Arena, beginCallback, endCallback, enter, leave, newArena, release } from "../../../assembly/memory/arena";
import { ContextTable } from "../../../assembly/memory/contexts";

class Entry {
  constructor(readonly value: u32) {}
}

let outer: Arena = changetype<Arena>(0);

describe("a table of contexts", () => {
  beforeEach(() => {
    outer = beginCallback();
  });

  afterEach(() => {
    endCallback(outer);
  });

  it("is empty at first", () => {
    const table = new ContextTable<Entry>();
    expect(table.has(1)).toBe(false);
    expect(table.get(1) == null).toBe(true);
    table.delete(1);
    expect(table.has(1)).toBe(false);
  });

  it("finds what was set last, and not what was deleted", () => {
    const table = new ContextTable<Entry>();
    table.set(7, new Entry(1));
    table.set(7, new Entry(2));
    expect(valueOf(table, 7)).toBe(2);
    table.delete(7);
    expect(table.has(7)).toBe(false);
  });

  it("has nothing under 0, which is no context", () => {
    const table = new ContextTable<Entry>();
    table.set(5, new Entry(1));
    table.set(0, new Entry(9));
    table.delete(0);
    expect(table.has(0)).toBe(false);
    expect(table.get(0) == null).toBe(true);
    expect(valueOf(table, 5)).toBe(1);
  });

  it("keeps the largest id", () => {
    const table = new ContextTable<Entry>();
    table.set(u32.MAX_VALUE, new Entry(3));
    expect(valueOf(table, u32.MAX_VALUE)).toBe(3);
  });

  it("agrees with a Map over random steps, with ids that count up and ids that collide", () => {
    let state: u32 = 1;
    for (let round = 0; round < 8; round++) {
      const table = new ContextTable<Entry>();
      const map = new Map<u32, u32>();
      // A multiple of a power of two meets the same slots again and again.
      const stride: u32 = 1 << (round * 2);
      const ids: u32 = 40 << round;
      for (let step: u32 = 0; step < 4000; step++) {
        state = state * 1664525 + 1013904223;
        const id = (1 + ((state >> 8) % ids)) * stride;
        if ((state >> 4) % 5 < 2) {
          table.delete(id);
          map.delete(id);
        } else {
          table.set(id, new Entry(step));
          map.set(id, step);
        }
      }
      let wrong = 0;
      for (let i: u32 = 1; i <= ids; i++) {
        const id = i * stride;
        const isThere = map.has(id);
        if (table.has(id) != isThere) wrong++;
        else if (isThere && valueOf(table, id) != map.get(id)) wrong++;
        else if (!isThere && table.get(id) != null) wrong++;
      }
      expect(wrong).toBe(0);
    }
  });

  it("points at what lives shorter than itself", () => {
    const table = new ContextTable<Entry>();
    const arena = newArena(null, 0);
    const before = enter(arena);
    table.set(3, new Entry(4));
    leave(before);
    expect(valueOf(table, 3)).toBe(4);
    table.delete(3);
    release(arena);
  });
});

function valueOf(table: ContextTable<Entry>, id: u32): u32 {
  const entry = table.get(id);
  return entry ? entry.value : u32.MAX_VALUE;
}
