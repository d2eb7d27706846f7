import { isStream, type Work } from "../gateway/works.ts";
import type { Exchange } from "./host.ts";

/** One call of a work, as the filter sees it behind Envoy: with a provider that reports usage, since it was asked to. */
export function exchangeOf(work: Work): Exchange {
  const parts = work.answer.withUsage;
  const pieces: Buffer[] = [];
  for (let at = 0; at < parts.length; at += work.eventsPerWrite) {
    pieces.push(Buffer.concat(parts.slice(at, at + work.eventsPerWrite)));
  }
  return {
    requestHeaders: new Map([
      [":method", "POST"],
      [":path", "/v1/chat/completions"],
      [":authority", "api.example.com"],
      [":scheme", "http"],
      ["content-type", "application/json"],
      ["authorization", "Bearer sk-bench-0123456789abcdef"],
      ["content-length", String(work.request.length)],
    ]),
    request: work.request,
    responseHeaders: new Map([
      [":status", "200"],
      ["content-type", isStream(work) ? "text/event-stream" : "application/json"],
    ]),
    pieces,
  };
}
