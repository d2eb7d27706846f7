import { Bytes } from "../../bytes/bytes";
import * as scratch from "../scratch";

// What a host function left behind: the address of an ArrayBuffer that it got from `malloc`, and its size.

/** The bytes of a result; null if the host had none. */
export function resultBytes(): Bytes | null {
  const at = <usize>scratch.result();
  // Safe: the host wrote so many bytes into the ArrayBuffer that it got.
  return at == 0 ? null : new Bytes(changetype<ArrayBuffer>(at), 0, scratch.resultSize());
}

/** The bytes of a result; the host asks for no memory for none. */
export function resultBytesOrEmpty(): Bytes {
  const bytes = resultBytes();
  return bytes ? bytes : Bytes.of(new ArrayBuffer(0));
}

/** The text of a result. */
export function resultText(): string {
  return textAt(scratch.result(), scratch.resultSize());
}

/**
 * The text at `[at, at + size)`, which may be any bytes: a header need not be UTF-8. What is not becomes U+FFFD, so that no two
 * forms of a character look alike.
 */
export function textAt(at: usize, size: usize): string {
  if (size == 0) return "";
  if (isAscii(at, size)) return String.UTF8.decodeUnsafe(at, size);
  const copy = new ArrayBuffer(<i32>size);
  // Safe: the copy is as long.
  memory.copy(changetype<usize>(copy), at, size);
  return Bytes.of(copy).toString();
}

function isAscii(at: usize, size: usize): bool {
  const end = at + size;
  for (; at + 8 <= end; at += 8) if (load<u64>(at) & 0x8080808080808080) return false;
  for (; at < end; at++) if (load<u8>(at) & 0x80) return false;
  return true;
}
