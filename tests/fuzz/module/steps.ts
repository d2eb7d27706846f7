import type { Random } from "../wire/random";
import { CONFIGURATIONS, DOCUMENTS, HEADERS, PATHS, STREAMS, TYPES } from "./material.ts";

/** One thing that happens to the VM. Streams are named by a small number; plain data, so that a list can be printed and replayed. */
export type Step =
  | { do: "open"; stream: number; plugin: number; flag: boolean; limit: number }
  | { do: "requestHeaders"; stream: number; headers: Record<string, string>; isLast: boolean }
  | { do: "requestBody" | "responseBody"; stream: number; bytes: string; isLast: boolean }
  | { do: "requestTrailers" | "responseTrailers"; stream: number }
  | { do: "responseHeaders"; stream: number; headers: Record<string, string>; isLast: boolean }
  | { do: "clientReset" | "upstreamReset" | "upstreamTimeout" | "idleTimeout"; stream: number }
  | { do: "callback"; name: string; stream: number; a: number; b: number }
  | { do: "configure" | "addPlugin"; plugin: number; configuration: string }
  | { do: "deletePlugin"; plugin: number }
  | { do: "answerCall" | "failCall" | "timeOutCall"; body: string }
  | { do: "advance"; ms: number }
  /** From now on `malloc` refuses what is longer. */
  | { do: "limitMemory"; bytes: number };

/** Callbacks that may come at any time for anything, legal or not. */
const CALLBACKS = [
  "request_headers",
  "request_body",
  "request_trailers",
  "response_headers",
  "response_body",
  "response_trailers",
  "log",
  "delete",
  "tick",
  "context_create",
  "http_call_response",
  "grpc_receive",
  "grpc_close",
];

/** A random list of steps: some exchanges, interleaved, and trouble between. */
export function randomSteps(random: Random): Step[] {
  const exchanges = Array.from({ length: 1 + random.below(4) }, (_, stream) => exchangeSteps(random, stream));
  const steps: Step[] = [{ do: "addPlugin", plugin: 0, configuration: random.pick(CONFIGURATIONS) }];
  while (exchanges.some((list) => list.length > 0)) {
    const next = random.pick(exchanges.filter((list) => list.length > 0)).shift();
    if (next) steps.push(next);
    if (random.oneIn(6)) steps.push(trouble(random));
  }
  return steps;
}

function exchangeSteps(random: Random, stream: number): Step[] {
  const headers: Record<string, string> = {
    ":method": random.oneIn(8) ? "GET" : "POST",
    ":path": random.pick(PATHS),
    "content-type": random.pick(TYPES),
  };
  for (let i = random.below(3); i > 0; i--)
    headers[random.pick(HEADERS)] = random.pick(["", "a", "gzip", "Bearer x", "é☺", "5"]);
  const isBodiless = random.oneIn(10);
  const limit = random.oneIn(5) ? 200 : 1 << 20;
  const steps: Step[] = [
    { do: "open", stream, plugin: random.below(2), flag: !random.oneIn(3), limit },
    { do: "requestHeaders", stream, headers, isLast: isBodiless },
  ];
  if (!isBodiless) steps.push(...body(random, "requestBody", stream, random.pick(DOCUMENTS)));
  const answers: Step[] = Array.from({ length: random.below(3) }, () => callStep(random));
  const type = random.oneIn(3) ? random.pick(TYPES) : "text/event-stream";
  const status = random.oneIn(5) ? random.pick(["", "abc", "99999999999", "500", "429", "204", "-1"]) : "200";
  const response = type.startsWith("text/event-stream") ? random.pick(STREAMS) : random.pick(DOCUMENTS);
  const answered = { ":status": status, "content-type": type };
  steps.push(...answers, { do: "responseHeaders", stream, headers: answered, isLast: random.oneIn(15) });
  steps.push(...body(random, "responseBody", stream, response));
  return random.oneIn(8) ? steps.slice(0, 1 + random.below(steps.length)) : steps;
}

/** A mutated text in pieces, and its end. */
function body(random: Random, what: "requestBody" | "responseBody", stream: number, text: string): Step[] {
  let bytes = Buffer.from(text);
  while (random.oneIn(2)) bytes = mutate(random, bytes);
  const steps: Step[] = [];
  let at = 0;
  while (at < bytes.length) {
    const end = random.oneIn(2) ? bytes.length : at + 1 + random.below(Math.min(bytes.length - at, 400));
    steps.push({
      do: what,
      stream,
      bytes: bytes.toString("latin1", at, end),
      isLast: end === bytes.length && random.oneIn(3),
    });
    at = end;
  }
  if (random.oneIn(6)) steps.push({ do: what === "requestBody" ? "requestTrailers" : "responseTrailers", stream });
  steps.push({ do: what, stream, bytes: "", isLast: true });
  return steps;
}

function mutate(random: Random, bytes: Buffer): Buffer<ArrayBuffer> {
  const at = random.below(bytes.length + 1);
  const [head, tail] = [bytes.subarray(0, at), bytes.subarray(at)];
  switch (random.below(5)) {
    case 0:
      return Buffer.concat([head, tail.subarray(random.below(30))]);
    case 1:
      return Buffer.concat([head, Buffer.from([random.below(256)]), tail.subarray(1)]);
    case 2:
      return Buffer.concat([
        head,
        Buffer.from(
          random.pick(["\n", "\r", "\r\n\r\n", '"', "{", "}", ",", ":", "null", '"usage":null', "[", "data: "]),
        ),
        tail,
      ]);
    case 3:
      return Buffer.concat([head, head.subarray(random.below(head.length + 1)), tail]);
    default:
      return Buffer.concat([head]);
  }
}

function callStep(random: Random): Step {
  return {
    do: random.pick(["answerCall", "answerCall", "failCall", "timeOutCall"] as const),
    body: random.pick(["", "x", "é"]),
  };
}

function trouble(random: Random): Step {
  const stream = random.below(5);
  const plugin = random.below(3);
  switch (random.below(9)) {
    case 0:
      return { do: random.pick(["clientReset", "upstreamReset", "upstreamTimeout", "idleTimeout"] as const), stream };
    case 1:
    case 2:
      return { do: "callback", name: random.pick(CALLBACKS), stream, a: random.below(12), b: random.below(2) };
    case 3:
      return { do: "configure", plugin, configuration: configuration(random) };
    case 4:
      return { do: "addPlugin", plugin, configuration: configuration(random) };
    case 5:
      return { do: "deletePlugin", plugin };
    case 6:
      return { do: "advance", ms: random.below(3000) };
    case 7:
      return { do: "limitMemory", bytes: random.oneIn(2) ? Infinity : random.below(500) };
    default:
      return callStep(random);
  }
}

function configuration(random: Random): string {
  const text = random.pick(CONFIGURATIONS);
  return random.oneIn(4) ? mutate(random, Buffer.from(text)).toString("latin1") : text;
}
