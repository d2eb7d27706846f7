import { modelHash } from "../counting/learned-ratios";
import { clientAddress } from "../host/client-address";
import { Host } from "../host/host";
import { Admission } from "../limits/admission";
import { AverageOutput } from "../limits/average-output";
import { Limit } from "../limits/limit";
import { Limiter } from "../limits/limiter";
import { Weights } from "../limits/weights";
import { UNKNOWN } from "../llm/usage";
import { Metering } from "../llm/wire-format";
import { Exchange } from "./exchange";

/** What is held for the output of a call before it has any. */
export enum Reserve {
  /** What answers to this consumer and of this model had on the average, and half as much again. */
  Learned,
  /** As much as the request allows. */
  Maximum,
  /** Nothing. */
  None,
}

/** More output than any call has. */
export const MOST_OUTPUT: i64 = 1 << 40;

const HEADER = "header:";
const MOST_CHOICES: i64 = 1024;

/** The budgets of one processor, and what it takes of them to admit a call. It lives as long as its configuration. */
@final
export class TokenBudget {
  private readonly limiter: Limiter;
  private readonly averages: AverageOutput;

  /** Limits of one `scope` share what they count; `assumedOutput` tokens are expected where nothing is known. */
  constructor(
    host: Host,
    scope: string,
    limits: Limit[],
    readonly weights: Weights,
    private readonly reserve: Reserve,
    private readonly assumedOutput: i64,
  ) {
    this.limiter = new Limiter(host, scope, limits, host.randomBits(), host.randomBits());
    this.averages = new AverageOutput(assumedOutput);
  }

  /** The limits, as `Standing` numbers them. */
  get limits(): Limit[] {
    return this.limiter.limits;
  }

  /** Whether all output that a call may have is held for it. */
  get holdsAll(): bool {
    return this.reserve == Reserve.Maximum;
  }

  /** Asks all limits for `least` to `most`, amounts. */
  admit(x: Exchange, nowMs: i64, least: i64, most: i64): Admission {
    const parts = this.limiter.parts;
    const values: string[] = [];
    for (let i = 0; i < parts.length; i++) values.push(valueOf(x, parts[i]));
    return this.limiter.admit(values, nowMs, least, most);
  }

  /** Output tokens of each answer that the request allows, or is taken to ask for; 0 where answers are no text. */
  allowedOutput(x: Exchange): i64 {
    const request = x.request;
    const format = x.format;
    if (!request || !format || format.metering != Metering.InputAndOutput) return 0;
    return request.maxOutputTokens == UNKNOWN ? this.assumedOutput : min(request.maxOutputTokens, MOST_OUTPUT);
  }

  /** Output tokens, of all answers together, that are held for a call at first. */
  outputToReserve(x: Exchange): i64 {
    const request = x.request;
    const choices = request ? min(request.choices, MOST_CHOICES) : 1;
    const allowed = this.allowedOutput(x) * choices;
    if (allowed == 0 || this.reserve == Reserve.None) return 0;
    if (this.reserve == Reserve.Maximum) return allowed;
    const expected = min(this.averages.expected(ownerOf(x)), MOST_OUTPUT) * choices;
    const isBounded = request != null && request.maxOutputTokens != UNKNOWN;
    return isBounded ? min(expected, allowed) : expected;
  }

  /** An answer of this kind had so many tokens, all choices together. */
  learn(x: Exchange, tokens: i64): void {
    const request = x.request;
    const choices = request ? max<i64>(request.choices, 1) : 1;
    this.averages.learn(ownerOf(x), max<i64>(tokens, 0) / choices);
  }
}

function valueOf(x: Exchange, part: string): string {
  if (part == "consumer") return x.consumer;
  if (part == "model") return x.model;
  if (part == "provider") return x.provider;
  if (part == "operation") return x.operation;
  if (part == "address") return clientAddress(x.host);
  return x.header(part.substring(HEADER.length).toLowerCase());
}

function ownerOf(x: Exchange): u64 {
  return modelHash(x.consumer, x.model);
}
