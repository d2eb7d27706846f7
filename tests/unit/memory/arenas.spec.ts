import {
  Arena,
  beginCallback,
  bytesHeld,
  discard,
  endCallback,
  enter,
  enterCall,
  hostBuffer,
  isNearLimit,
  isOverBudget,
  keep,
  leave,
  newArena,
  release,
  setCallBudget,
  setMemoryLimit,
} from "../../../assembly/memory/arena";
import { COLLECTED } from "../../../assembly/memory/build";

const KIB: usize = 1024;
const VM_LIMIT: usize = 768 << 20;

let outer: Arena = changetype<Arena>(0);

/** Makes so many bytes of small objects in the current arena. */
function fill(bytes: usize): void {
  for (let made: usize = 0; made < bytes; made += KIB) new ArrayBuffer(<i32>KIB);
}

/** The sum of the bytes of a buffer. */
function sumOf(buffer: ArrayBuffer): i32 {
  const bytes = Uint8Array.wrap(buffer);
  let sum = 0;
  for (let i = 0; i < bytes.length; i++) sum += bytes[i];
  return sum;
}

describe("an arena", () => {
  beforeEach(() => {
    outer = beginCallback();
  });

  afterEach(() => {
    endCallback(outer);
  });

  it("makes objects that are zeroed, in memory that was used before too", () => {
    for (let round = 0; round < 5; round++) {
      const inner = beginCallback();
      for (let size = 1; size < 9000; size = size * 3 + 1) {
        const buffer = new ArrayBuffer(size);
        expect(sumOf(buffer)).toBe(0);
        Uint8Array.wrap(buffer).fill(0xff);
      }
      const list = new Array<i32>(3);
      list.length = 700;
      for (let i = 0; i < 700; i++) expect(list[i]).toBe(0);
      endCallback(inner);
    }
  });

  it("lets arrays and strings grow in the arena that they are in, whichever is current", () => {
    const arena = newArena(null, 0);
    const before = enter(arena);
    const list: i32[] = [];
    leave(before);
    for (let i = 0; i < 20000; i++) {
      list.push(i);
      if (i % 100 == 0) new ArrayBuffer(100);
    }
    let sum = 0;
    for (let i = 0; i < 20000; i++) sum += list[i];
    expect(sum).toBe(199990000);
    release(arena);
  });

  it("keeps a copy of a string, or the string itself if it lives long enough", () => {
    const arena = newArena(null, 0);
    const inside = newArena(arena, 0);
    const text = "te" + bytesHeld().toString();
    const kept = keep(text, arena);
    expect(kept).toBe(text);
    expect(changetype<usize>(kept) == changetype<usize>(text)).toBe(COLLECTED);
    expect(changetype<usize>(keep(kept, inside)) == changetype<usize>(kept)).toBe(true);
    expect(changetype<usize>(keep(kept, arena)) == changetype<usize>(kept)).toBe(true);
    const deeper = keep(text, inside);
    expect(changetype<usize>(keep(deeper, arena)) == changetype<usize>(deeper)).toBe(COLLECTED);
    const constant = "constant";
    expect(changetype<usize>(keep(constant, inside)) == changetype<usize>(constant)).toBe(true);
    expect(keep<string | null>(null, inside) == null).toBe(true);
    release(inside);
    release(arena);
  });

  it("gives the scratch arena back to who was current before", () => {
    const arena = newArena(null, 4 * KIB);
    const before = enter(arena);
    const stream = enterCall();
    fill(64 * KIB);
    leave(stream);
    expect(isOverBudget(arena)).toBe(false);
    fill(64 * KIB);
    expect(isOverBudget(arena)).toBe(!COLLECTED);
    leave(before);
    release(arena);
  });

  it("gives a big buffer back when it is discarded, and a small one when it goes itself", () => {
    const arena = newArena(null, 0);
    const before = enter(arena);
    const held = bytesHeld();
    const small = new ArrayBuffer(100);
    const big = new ArrayBuffer(100000);
    if (!COLLECTED) expect(bytesHeld() - held).toBeGreaterThan(100000);
    discard(big);
    if (!COLLECTED) expect(bytesHeld()).toBe(held);
    discard(small);
    if (!COLLECTED) expect(bytesHeld()).toBe(held);
    leave(before);
    release(arena);
  });

  it("says that it is over budget, ever after, and goes on", () => {
    const arena = newArena(null, 64 * KIB);
    const before = enter(arena);
    fill(32 * KIB);
    expect(isOverBudget(arena)).toBe(false);
    const big = new ArrayBuffer(<i32>(100 * KIB));
    expect(isOverBudget(arena)).toBe(!COLLECTED);
    discard(big);
    expect(isOverBudget(arena)).toBe(!COLLECTED);
    leave(before);
    release(arena);
  });

  it("refuses the host a big buffer beyond its budget, and never a small one", () => {
    const arena = newArena(null, 256 * KIB);
    const before = enter(arena);
    expect(hostBuffer(100 * KIB)).not.toBe(0);
    expect(isOverBudget(arena)).toBe(false);
    expect(hostBuffer(200 * KIB) == 0).toBe(!COLLECTED);
    expect(isOverBudget(arena)).toBe(!COLLECTED);
    for (let i = 0; i < 20; i++) expect(hostBuffer(64 * KIB)).not.toBe(0);
    expect(hostBuffer(usize.MAX_VALUE)).toBe(0);
    expect(hostBuffer(1 << 30)).toBe(0);
    leave(before);
    release(arena);
  });
});

describe("limits", () => {
  it("of a callback are those of its scratch, and begin anew with the next", () => {
    const arena = newArena(null, 0);
    setCallBudget(128 * KIB);
    let before = beginCallback();
    expect(isOverBudget(arena)).toBe(false);
    fill(200 * KIB);
    expect(isOverBudget(arena)).toBe(!COLLECTED);
    endCallback(before);
    before = beginCallback();
    expect(isOverBudget(arena)).toBe(false);
    // The budget is still there.
    fill(200 * KIB);
    expect(isOverBudget(arena)).toBe(!COLLECTED);
    endCallback(before);
    setCallBudget(0);
    release(arena);
  });

  it("of the VM can be asked, and set", () => {
    const before = beginCallback();
    expect(isNearLimit()).toBe(false);
    setMemoryLimit(1);
    expect(isNearLimit()).toBe(true);
    setMemoryLimit(VM_LIMIT);
    expect(isNearLimit()).toBe(false);
    endCallback(before);
  });
});

describe("callbacks", () => {
  it("nest, and what the outer one made is there when the inner one has returned", () => {
    const first = beginCallback();
    const text = "outer " + bytesHeld().toString();
    const length = text.length;
    for (let i = 0; i < 10; i++) {
      const second = beginCallback();
      fill(100 * KIB);
      endCallback(second);
    }
    expect(text.length).toBe(length);
    expect(text.startsWith("outer ")).toBe(true);
    endCallback(first);
  });

  it("leave no more memory held than there was, however much they made", () => {
    const warm = beginCallback();
    fill(KIB);
    endCallback(warm);
    const held = bytesHeld();
    for (let i = 0; i < 5; i++) {
      const before = beginCallback();
      const arena = newArena(null, 0);
      const inside = newArena(arena, 0);
      const other = enter(inside);
      fill(500 * KIB);
      leave(other);
      release(arena);
      release(inside);
      // Not before the outermost callback has returned.
      if (!COLLECTED) expect(bytesHeld()).toBeGreaterThan(held + 500 * KIB);
      endCallback(before);
    }
    const after = bytesHeld();
    const last = beginCallback();
    if (!COLLECTED) expect(after).toBe(held);
    endCallback(last);
  });
});
