import { Bytes } from "../../bytes/bytes";
import { enterCall, leave } from "../../memory/arena";
import * as host from "../imports";
import * as scratch from "../scratch";
import { MapType, Status } from "../types";
import { resultBytes, textAt } from "./results";

/**
 * A whole header map, fetched by one host call and searched in place; good until the outermost callback returns.
 *
 *     count: 4 | (name size: 4 | value size: 4) * count | (name, 0, value, 0) * count        all numbers little-endian
 *
 * One header costs Envoy 1.9 us to hand over, a map of ten hardly more (docs/benchmarks.md).
 */
export class HeaderBlock {
  constructor(private readonly bytes: Bytes) {}

  /** The value of the header `name`, lower case ASCII; several joined by commas (RFC 9110, 5.3); null if there is none. */
  get(name: string): string | null {
    const size = this.bytes.length;
    if (size < 4) return null;
    const from = this.bytes.address(0);
    const end = from + size;
    // Each pair needs eight bytes for its sizes and two for its zeros.
    const count = min<usize>(load<u32>(from), <usize>(size - 4) / 10);
    let at = from + 4 + count * 8;
    let found: string | null = null;
    for (let i: usize = 0; i < count; i++) {
      // Safe: `count * 8` bytes of sizes lie before `end`.
      const nameSize = <usize>load<u32>(from + 4 + i * 8);
      const valueSize = <usize>load<u32>(from + 8 + i * 8);
      const left = end - at;
      if (nameSize >= left || valueSize >= left - nameSize) break;
      if (isName(at, nameSize, name)) {
        const value = textAt(at + nameSize + 1, valueSize);
        found = found ? found + "," + value : value;
      }
      at += nameSize + valueSize + 2;
      if (at > end) break;
    }
    return found;
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
