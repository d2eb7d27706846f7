import { ByteWriter } from "../bytes/writer";

/** What a call is sent to, as its headers say: some APIs name the model there, and whether the answer is to be streamed. */
export class CallTarget {
  constructor(
    /** HTTP method, upper case. */
    readonly method: string,
    /** Path as the client sent it, without its query. */
    readonly path: string,
    /** What stands behind the question mark; empty if there is none. */
    readonly query: string = "",
    /** The body's content type as the client sent it, parameters and all; empty if it sent none. */
    readonly contentType: string = "",
  ) {}
}

/** Whether the content type `type` is `mediaType` (lower case), whatever its parameters (RFC 9110, 8.3.1). */
export function isMediaType(type: string, mediaType: string): bool {
  const length = mediaType.length;
  if (type.length < length) return false;
  for (let i = 0; i < length; i++) if (lowerCase(type.charCodeAt(i)) != mediaType.charCodeAt(i)) return false;
  if (type.length == length) return true;
  const next = type.charCodeAt(length);
  return next == 0x3b /* ; */ || next == 0x20 || next == 0x09;
}

/**
 * The segment of `path` behind the last `before`, in lower case here and in any there, percent-decoded: up to the next slash or the end, and in front of the last
 * `stop` in it if there is one. Empty if `before` is not there.
 *
 *     segmentBehind("/v1beta/models/gemini-2.0-flash:generateContent", "/models/", ":")    "gemini-2.0-flash"
 */
export function segmentBehind(path: string, before: string, stop: string = ""): string {
  const found = lastPlaceOf(path, before);
  if (found < 0) return "";
  const at = found + before.length;
  const slash = path.indexOf("/", at);
  const segment = path.substring(at, slash < 0 ? path.length : slash);
  const stopAt = stop.length > 0 ? segment.lastIndexOf(stop) : -1;
  return percentDecoded(stopAt < 0 ? segment : segment.substring(0, stopAt));
}

/** `text` with its percent-encoded bytes decoded (RFC 3986, 2.1); a `%` without two hexadecimal digits stands for itself. */
export function percentDecoded(text: string): string {
  if (text.indexOf("%") < 0) return text;
  const out = new ByteWriter(text.length);
  let from = 0;
  for (let at = text.indexOf("%"); at >= 0; at = text.indexOf("%", at)) {
    const high = at + 2 < text.length ? hexDigit(text.charCodeAt(at + 1)) : -1;
    const low = at + 2 < text.length ? hexDigit(text.charCodeAt(at + 2)) : -1;
    if (high < 0 || low < 0) {
      at++;
      continue;
    }
    out.text(text.substring(from, at));
    out.byte(high * 16 + low);
    at += 3;
    from = at;
  }
  out.text(text.substring(from));
  return out.toBytes().toString();
}

/** The last place in `path` of `word`, which is in lower case; -1 if it is not there. Some servers do not look at letter case. */
function lastPlaceOf(path: string, word: string): i32 {
  for (let at = path.length - word.length; at >= 0; at--) {
    let i = 0;
    while (i < word.length && lowerCase(path.charCodeAt(at + i)) == word.charCodeAt(i)) i++;
    if (i == word.length) return at;
  }
  return -1;
}

function lowerCase(c: i32): i32 {
  return c >= 0x41 && c <= 0x5a ? c | 0x20 : c;
}

/** The value of a hexadecimal digit; -1 if it is none. */
function hexDigit(c: i32): i32 {
  if (c >= 0x30 && c <= 0x39) return c - 0x30;
  const letter = c | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}
