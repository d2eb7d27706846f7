import { readFileSync } from "node:fs";
import { Envoy } from "../host/envoy.ts";
import { HeaderMap } from "../host/header-map.ts";
import type { Peer } from "../host/peer.ts";
import type { Stream } from "../host/stream.ts";
import {
  type CalloutEnd,
  compared,
  configurationOf,
  type Driver,
  type Outcome,
  type Scenario,
  type Side,
  SMALL_BYTES,
} from "./driver.ts";
import { puppet } from "./puppet.ts";

/** A scenario's outcome in the miniature, and how many lines the guest had told after each step. */
export interface Played {
  outcome: Outcome;
  linesAfterSteps: number[];
}

/** Plays a scenario in a VM of its own. */
export async function playInMiniature(name: string, scenario: Scenario): Promise<Played> {
  const envoy = Envoy.start(
    new WebAssembly.Module(readFileSync(await puppet())),
    Buffer.from(configurationOf({ [name]: scenario })),
  );
  envoy.callouts.clusters.add("provider").add("nobody");
  const stream = envoy.openStream({
    flag: scenario.listener !== "withoutFlag",
    bufferLimit: scenario.listener === "small" ? SMALL_BYTES : undefined,
  });
  const told = (): string[] =>
    envoy.logs.filter(({ text }) => text.startsWith(`puppet ${name}: `)).map(({ text }) => text.slice(9 + name.length));
  const driver = new MiniatureDriver(name, envoy, stream, told);
  await scenario.run(driver);
  const outcome: Outcome = {
    guest: told(),
    upstream: sideOf(stream.upstream),
    client: sideOf(stream.client),
    details: stream.details,
    state: stream.state.get("x") ?? "",
  };
  return { outcome, linesAfterSteps: driver.linesAfterSteps };
}

function sideOf({ headers, body, trailers, end, status, isHeadersOnly }: Peer): Side {
  // HTTP/1.1 says of an answer of headers only that it is empty.
  const shown = isHeadersOnly && status > 0 ? new HeaderMap([...(headers ?? []), ["content-length", "0"]]) : headers;
  return {
    headers: compared(shown ?? []),
    body: body.toString(),
    trailers: compared(trailers ?? []),
    end: headers ? end : "nothing",
  };
}

class MiniatureDriver implements Driver {
  readonly linesAfterSteps: number[] = [];

  constructor(
    private readonly name: string,
    private readonly envoy: Envoy,
    private readonly stream: Stream,
    private readonly told: () => string[],
  ) {}

  request(isLast?: "last"): Promise<void> {
    const headers = {
      ":method": isLast ? "GET" : "POST",
      ":path": `/${this.name}`,
      ":authority": "test",
      ":scheme": "http",
      "x-a": "sent",
    };
    return this.step(() => this.stream.requestHeaders(headers, isLast !== undefined));
  }

  requestBody(text: string): Promise<void> {
    return this.step(() => this.stream.requestBody(text));
  }

  requestEnd(): Promise<void> {
    return this.step(() => this.stream.requestBody("", true));
  }

  requestTrailers(): Promise<void> {
    return this.step(() => this.stream.requestTrailers({ "x-a": "trailer" }));
  }

  response(isLast?: "last"): Promise<void> {
    const headers = { ":status": "200", "x-b": "given" };
    return this.step(() => this.stream.responseHeaders(headers, isLast !== undefined));
  }

  responseBody(text: string): Promise<void> {
    return this.step(() => this.stream.responseBody(text));
  }

  responseEnd(): Promise<void> {
    return this.step(() => this.stream.responseBody("", true));
  }

  responseTrailers(): Promise<void> {
    return this.step(() => this.stream.responseTrailers({ "x-b": "trailer" }));
  }

  clientReset(): Promise<void> {
    return this.step(() => this.stream.clientReset());
  }

  upstreamReset(): Promise<void> {
    return this.step(() => this.stream.upstreamReset());
  }

  idle(): Promise<void> {
    return this.step(() => this.stream.idleTimeout());
  }

  callout(end: CalloutEnd): Promise<void> {
    const { callouts } = this.envoy;
    return this.step(() => {
      const call = callouts.first;
      if (end === "ok") callouts.answerHttp(call, 200, "fine");
      else if (end === "never") this.envoy.advance(call.timeoutMs);
      else callouts.fail(call, end === "reset" ? "connection termination" : "remote connection failure");
    });
  }

  private step(take: () => void): Promise<void> {
    take();
    this.linesAfterSteps.push(this.told().length);
    return Promise.resolve();
  }
}
