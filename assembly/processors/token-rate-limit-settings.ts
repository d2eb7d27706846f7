import { Fields, Settings, TextForm } from "../config/fields";
import { MOST_TOKENS } from "../limits/amount";
import { FixedWindow } from "../limits/fixed-window";
import { Algorithm, Limit, LONGEST_WINDOW_MS, SHORTEST_WINDOW_MS } from "../limits/limit";
import { SlidingWindow } from "../limits/sliding-window";
import { TokenBucket } from "../limits/token-bucket";
import { MOST_WEIGHT, Weights } from "../limits/weights";

const KEY_PARTS = ["consumer", "model", "provider", "operation", "address"];
const MOST_PARTS = 8;

/** One budget, as the configuration writes it. */
export class LimitSettings extends Settings {
  name: string = "";
  private key: string[] = [];
  private tokens: i64 = 0;
  private burst: i64 = 0;
  private windowMs: i64 = 0;
  private algorithm: Algorithm = Algorithm.SlidingWindow;

  bind(f: Fields): void {
    this.name = f.requiredTextOf("name", TextForm.sized(1, 64), "The name that refusals and headers use.");
    this.key = f.requiredStringsOf(
      "key",
      TextForm.wordOrPrefixed(KEY_PARTS, ["header:"]),
      1,
      MOST_PARTS,
      "Whose budget it is: every combination of these has one of its own. What a call lacks counts as one value.",
    );
    this.tokens = f.requiredInteger("tokens", 1, MOST_TOKENS, "Tokens for each window.");
    this.windowMs = f.requiredDurationMs(
      "window",
      SHORTEST_WINDOW_MS,
      LONGEST_WINDOW_MS,
      "The length of the window. Days begin at midnight UTC.",
    );
    this.algorithm = <Algorithm>(
      f.choice(
        "algorithm",
        ["fixedWindow", "slidingWindow", "tokenBucket"],
        Algorithm.SlidingWindow,
        "`fixedWindow` begins anew at multiples of the window; `slidingWindow` looks back over one window; `tokenBucket` refills evenly.",
      )
    );
    this.burst = f.integer(
      "burst",
      0,
      0,
      MOST_TOKENS,
      "What the bucket of a `tokenBucket` holds; 0 is as much as flows in in a window.",
    );
    f.check(this.burst == 0 || this.algorithm == Algorithm.TokenBucket, "burst", "is for a `tokenBucket` only");
  }

  /** Adds the request headers that the key is made of. */
  addHeaders(names: string[]): void {
    for (let i = 0; i < this.key.length; i++)
      if (this.key[i].startsWith("header:")) names.push(this.key[i].substring("header:".length).toLowerCase());
  }

  /** The limit as it is counted. */
  toLimit(): Limit {
    switch (this.algorithm) {
      case Algorithm.FixedWindow:
        return new FixedWindow(this.name, this.tokens, this.windowMs, this.key);
      case Algorithm.TokenBucket:
        return new TokenBucket(this.name, this.tokens, this.windowMs, this.key, this.burst);
      default:
        return new SlidingWindow(this.name, this.tokens, this.windowMs, this.key);
    }
  }
}

/** What tokens of each kind take of the budgets. */
export class WeightSettings extends Settings {
  private input: f64 = 1;
  private cachedInput: f64 = 1;
  private output: f64 = 1;
  private reasoning: f64 = 1;

  bind(f: Fields): void {
    this.input = f.number("input", 1, 0, MOST_WEIGHT, "A token of input.");
    this.cachedInput = f.number(
      "cachedInput",
      1,
      0,
      MOST_WEIGHT,
      "A token of input that the provider had in its cache.",
    );
    this.output = f.number("output", 1, 0, MOST_WEIGHT, "A token of output.");
    this.reasoning = f.number("reasoning", 1, 0, MOST_WEIGHT, "A token of reasoning.");
  }

  toWeights(): Weights {
    return new Weights(this.input, this.cachedInput, this.output, this.reasoning);
  }
}
