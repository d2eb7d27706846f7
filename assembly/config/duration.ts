import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from "./fields";

/** What `parseDuration` takes, as a regular expression. */
export const DURATION_PATTERN = "^(0|[1-9][0-9]{0,8})(ms|s|m|h|d)$";

/** What `parseDuration` returns for what is no length of time. */
export const NO_DURATION: i64 = -1;

const MAX_DIGITS = 9;

/** A length of time in ms from a whole number of at most nine digits and a unit, `90s`; `NO_DURATION` if it is not so written. */
export function parseDuration(text: string): i64 {
  let count: i64 = 0;
  let digits = 0;
  while (digits < text.length && isDigit(text.charCodeAt(digits))) {
    if (digits == MAX_DIGITS) return NO_DURATION;
    count = count * 10 + text.charCodeAt(digits++) - 0x30;
  }
  if (digits == 0 || (digits > 1 && text.charCodeAt(0) == 0x30)) return NO_DURATION;
  const unit = unitMs(text.substring(digits));
  return unit == 0 ? NO_DURATION : count * unit;
}

/** A length of time in ms as a configuration writes it: the largest unit that it is a whole number of. */
export function durationText(ms: i64): string {
  if (ms == 0) return "0s";
  if (ms % DAY_MS == 0) return (ms / DAY_MS).toString() + "d";
  if (ms % HOUR_MS == 0) return (ms / HOUR_MS).toString() + "h";
  if (ms % MINUTE_MS == 0) return (ms / MINUTE_MS).toString() + "m";
  if (ms % SECOND_MS == 0) return (ms / SECOND_MS).toString() + "s";
  return ms.toString() + "ms";
}

/** The length of a unit; 0 for what is none. */
function unitMs(unit: string): i64 {
  if (unit == "ms") return 1;
  if (unit == "s") return SECOND_MS;
  if (unit == "m") return MINUTE_MS;
  if (unit == "h") return HOUR_MS;
  if (unit == "d") return DAY_MS;
  return 0;
}

function isDigit(c: i32): bool {
  return c >= 0x30 && c <= 0x39;
}
