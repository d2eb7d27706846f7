import type { IncomingHttpHeaders } from "node:http";

/**
 * How a request may ask the demo provider to behave. Every header is optional; numbers are whole and not negative.
 *
 * | header | value | effect |
 * | --- | --- | --- |
 * | `x-demo-seed` | text | the text of the answer; else `seed` of the body, else the messages decide |
 * | `x-demo-delay-ms` | ms | waits before the response headers |
 * | `x-demo-chunk-delay-ms` | ms | waits before each chunk of a stream |
 * | `x-demo-chunks` | count | tokens of the answer, one content delta each |
 * | `x-demo-chunk-bytes` | bytes | the size of each token's text, for huge answers |
 * | `x-demo-tool` | name | answers with a call of this tool instead of text |
 * | `x-demo-cached-tokens` | count | reported as cached prompt tokens |
 * | `x-demo-reasoning-tokens` | count | reported as reasoning tokens, and counted as output |
 * | `x-demo-status` | 400 to 599 | fails with this status, in OpenAI's error shape |
 * | `x-demo-retry-after` | seconds | sent as `retry-after` with a failure |
 * | `x-demo-reset` | `before-headers` or count | resets the connection (TCP RST, HTTP/2 RST_STREAM) before the headers, or after so many pieces of the body |
 * | `x-demo-omit` | `usage`, `done` or both, by comma | leaves out the usage, or the closing `[DONE]` |
 * | `x-demo-encoding` | `gzip` | compresses the answer |
 * | `x-demo-split` | bytes | writes the body in pieces of this size, each by itself |
 * | `x-demo-trailers` | `name=value`, by comma | sends trailers after the body |
 * | `x-demo-informational` | `103` | sends an interim response first |
 * | `x-demo-replay` | id | answers with the recorded response of this id, byte for byte |
 */
export interface Steering {
  seed: string | null;
  delayMs: number;
  chunkDelayMs: number;
  chunks: number | null;
  chunkBytes: number | null;
  tool: string | null;
  cachedTokens: number;
  reasoningTokens: number;
  status: number | null;
  retryAfter: string | null;
  /** Pieces of the body before the reset; -1 is before the headers. */
  resetAfter: number | null;
  omitUsage: boolean;
  omitDone: boolean;
  gzip: boolean;
  splitBytes: number | null;
  trailers: [string, string][];
  informational: boolean;
  replay: string | null;
}

/** Reads the steering headers of a request. Throws `RangeError` naming a header whose value is not understood. */
export function readSteering(headers: IncomingHttpHeaders): Steering {
  const text = (name: string): string | null => {
    const value = headers[`x-demo-${name}`];
    return typeof value === "string" && value !== "" ? value : null;
  };
  const number = (name: string): number | null => {
    const value = text(name);
    if (value === null) return null;
    if (!/^\d{1,9}$/.test(value)) throw new RangeError(`x-demo-${name} takes a whole number, not '${value}'.`);
    return Number(value);
  };
  const status = number("status");
  if (status !== null && (status < 400 || status > 599)) throw new RangeError("x-demo-status takes 400 to 599.");
  const split = number("split");
  if (split === 0) throw new RangeError("x-demo-split takes at least 1.");
  const omitted = (text("omit") ?? "").split(",");
  return {
    seed: text("seed"),
    delayMs: number("delay-ms") ?? 0,
    chunkDelayMs: number("chunk-delay-ms") ?? 0,
    chunks: number("chunks"),
    chunkBytes: number("chunk-bytes"),
    tool: text("tool"),
    cachedTokens: number("cached-tokens") ?? 0,
    reasoningTokens: number("reasoning-tokens") ?? 0,
    status,
    retryAfter: text("retry-after"),
    resetAfter: text("reset") === "before-headers" ? -1 : number("reset"),
    omitUsage: omitted.includes("usage"),
    omitDone: omitted.includes("done"),
    gzip: text("encoding") === "gzip",
    splitBytes: split,
    trailers: readTrailers(text("trailers")),
    informational: number("informational") === 103,
    replay: text("replay"),
  };
}

function readTrailers(list: string | null): [string, string][] {
  if (list === null) return [];
  return list.split(",").map((entry) => {
    const at = entry.indexOf("=");
    if (at < 1) throw new RangeError(`x-demo-trailers takes name=value, not '${entry}'.`);
    return [entry.slice(0, at).trim(), entry.slice(at + 1).trim()];
  });
}
