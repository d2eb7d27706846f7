import { Headers, Host } from "../host/host";
import { wholeTokens } from "../limits/amount";
import { Limit } from "../limits/limit";
import { Standing } from "../limits/standing";

/**
 * The headers that tell a client how its budget stands: OpenAI's (https://platform.openai.com/docs/guides/rate-limits#rate-limits-in-headers),
 * which its SDKs and many others read, and the IETF's (draft-ietf-httpapi-ratelimit-headers-10, `RateLimit-Policy` and `RateLimit`).
 *
 * They are about the limit that matters most: of several the one that refuses last, or that has the least left. What is held for the call's own
 * answer, the amount `heldForAnswer`, is still there as far as its client goes.
 */
export function rateLimitHeaders(limits: Limit[], standing: Standing, heldForAnswer: i64): string[] {
  const i = standing.limit;
  if (i < 0 || i >= limits.length) return [];
  const limit = limits[i];
  const remaining = wholeTokens(standing.freeAmount(i) + heldForAnswer).toString();
  const resetMs = standing.resetMs(i);
  return [
    "x-ratelimit-limit-tokens",
    limit.tokens.toString(),
    "x-ratelimit-remaining-tokens",
    remaining,
    "x-ratelimit-reset-tokens",
    durationText(resetMs),
    "ratelimit-policy",
    policyText(limits),
    "ratelimit",
    quoted(limit.name) + ";r=" + remaining + ";t=" + secondsOf(resetMs).toString(),
  ];
}

/** Puts headers, names and values in turn, on the answer. */
export function setOnAnswer(host: Host, headers: string[]): void {
  for (let i = 0; i + 1 < headers.length; i += 2) host.setHeader(Headers.Response, headers[i], headers[i + 1]);
}

/** Whole seconds, rounded up. */
export function secondsOf(ms: i64): i64 {
  return (max<i64>(ms, 0) + 999) / 1000;
}

/** A length of time as people and OpenAI write it: `250ms`, `12s`, `6m0s`, `1h0m0s`. */
export function durationText(ms: i64): string {
  if (ms > 0 && ms < 1000) return ms.toString() + "ms";
  const seconds = secondsOf(ms);
  const rest = (seconds % 60).toString() + "s";
  if (seconds < 60) return rest;
  const minutes = seconds / 60;
  if (minutes < 60) return minutes.toString() + "m" + rest;
  return (minutes / 60).toString() + "h" + (minutes % 60).toString() + "m" + rest;
}

/** A window as the configuration writes it: `1m`, `90s`, `1d`. */
export function windowText(ms: i64): string {
  if (ms % 86400000 == 0) return (ms / 86400000).toString() + "d";
  if (ms % 3600000 == 0) return (ms / 3600000).toString() + "h";
  if (ms % 60000 == 0) return (ms / 60000).toString() + "m";
  return ms % 1000 == 0 ? (ms / 1000).toString() + "s" : ms.toString() + "ms";
}

function policyText(limits: Limit[]): string {
  const policies: string[] = [];
  for (let i = 0; i < limits.length; i++) {
    const limit = limits[i];
    policies.push(quoted(limit.name) + ";q=" + limit.tokens.toString() + ";w=" + secondsOf(limit.windowMs).toString());
  }
  return policies.join(", ");
}

/** A string of a structured field (RFC 9651, 3.3.3); what cannot stand in one becomes a question mark. */
function quoted(text: string): string {
  const out: string[] = ['"'];
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c == 0x22 || c == 0x5c) out.push("\\");
    out.push(c >= 0x20 && c < 0x7f ? text.charAt(i) : "?");
  }
  out.push('"');
  return out.join("");
}
