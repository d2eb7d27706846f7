import { Bytes } from "../../bytes/bytes";
import { enterCall, leave } from "../../memory/arena";
import * as host from "../imports";
import * as scratch from "../scratch";
import { MapType, Status } from "../types";
import { resultBytes, textAt } from "./results";

/**
 * A whole header map, fetched by one host call and searched in place; good until the outermost callback returns. How it lies in
 * memory is in pairs.ts.
 *
 * One header costs Envoy 1.9 us to hand over, a map of ten hardly more (docs/benchmarks.md).
 */
export class HeaderBlock {
  /** The pair that `next` has moved to: its number, its name's address, and the sizes of both texts. */
  private pair: usize = 0;
  private name: usize = 0;
  private nameSize: usize = 0;
  private valueSize: usize = 0;

  constructor(private readonly bytes: Bytes) {}

  /** The value of the header `name`, lower case ASCII; several joined by commas (RFC 9110, 5.3); null if there is none. */
  get(name: string): string | null {
    let found: string | null = null;
    for (let more = this.first(); more; more = this.next()) {
      if (!isName(this.name, this.nameSize, name)) continue;
      const value = this.value;
      found = found ? found + "," + value : value;
    }
    return found;
  }

  /** All names and values in turn, in the order that the host keeps. */
  pairs(): string[] {
    const texts: string[] = [];
    for (let more = this.first(); more; more = this.next()) {
      texts.push(textAt(this.name, this.nameSize));
      texts.push(this.value);
    }
    return texts;
  }

  private get value(): string {
    return textAt(this.name + this.nameSize + 1, this.valueSize);
  }

  /** Moves to the first pair; false if there is none. */
  private first(): bool {
    if (this.bytes.length < 4) return false;
    this.pair = 0;
    return this.take(this.bytes.address(0) + 4 + this.count * 8);
  }

  /** Moves to the pair behind; false if there is none, or what there is does not fit in the block. */
  private next(): bool {
    this.pair++;
    return this.take(this.name + this.nameSize + this.valueSize + 2);
  }

  private take(name: usize): bool {
    const from = this.bytes.address(0);
    const end = from + <usize>this.bytes.length;
    if (this.pair >= this.count || name > end) return false;
    // Safe: `count * 8` bytes of sizes lie in the block.
    this.name = name;
    this.nameSize = load<u32>(from + 4 + this.pair * 8);
    this.valueSize = load<u32>(from + 8 + this.pair * 8);
    const left = end - name;
    return this.nameSize < left && this.valueSize < left - this.nameSize;
  }

  /** How many pairs there can be: each needs eight bytes for its sizes and two for its zeros. The block has four bytes at least. */
  private get count(): usize {
    return min<usize>(load<u32>(this.bytes.address(0)), <usize>(this.bytes.length - 4) / 10);
  }
}

/** The headers of a map; empty if there is no such map. */
export function headerBlock(map: MapType): HeaderBlock {
  scratch.clearResults();
  const outer = enterCall();
  const status = host.proxy_get_header_map_pairs(map, scratch.resultAddress(), scratch.resultSizeAddress());
  const bytes = status == Status.Ok ? resultBytes() : null;
  const block = new HeaderBlock(bytes ? bytes : Bytes.of(new ArrayBuffer(0)));
  leave(outer);
  return block;
}

function isName(at: usize, size: usize, name: string): bool {
  if (size != <usize>name.length) return false;
  // Safe: `[at, at + size)` lies in the block.
  for (let i = 0; i < name.length; i++) if (load<u8>(at + <usize>i) != <u8>name.charCodeAt(i)) return false;
  return true;
}
