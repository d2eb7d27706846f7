import { proxy_log } from "./imports";
import { LogLevel } from "./types";

/** Units of a text that the last line of a VM shows. */
const MAX_UNITS: i32 = 200;

const LINE = memory.data(MAX_UNITS * 6 + 64);

/**
 * The end of the VM: says where, and traps. No input may ever lead here; docs/abort-sites.md lists what could and why it cannot.
 *
 * It makes no object: the allocator's own assertions lead here too.
 */
export function abort(message: string | null, file: string | null, line: u32, column: u32): void {
  let at = write(LINE, "weir: ");
  at = write(at, message ? message : "abort");
  at = write(at, " at ");
  at = write(at, file ? file : "?");
  at = writeNumber(at, line);
  at = writeNumber(at, column);
  proxy_log(LogLevel.Critical, LINE, at - LINE);
  unreachable();
}

function write(at: usize, text: string): usize {
  // Safe: a UTF-16 unit needs at most three bytes, and there is room for two long texts and some short ones.
  return at + String.UTF8.encodeUnsafe(changetype<usize>(text), min(text.length, MAX_UNITS), at);
}

/** Writes ":" and a number. */
function writeNumber(at: usize, value: u32): usize {
  let digits: usize = 1;
  for (let rest = value / 10; rest > 0; rest /= 10) digits++;
  store<u8>(at, 0x3a);
  for (let i = digits; i > 0; i--) {
    store<u8>(at + i, <u8>(0x30 + (value % 10)));
    value /= 10;
  }
  return at + digits + 1;
}
