import { Fields, Settings } from "../config/fields";
import { Host } from "../host/host";
import { Limit } from "../limits/limit";
import { Exchange } from "./exchange";
import { Processor, ProcessorStream } from "./processor";
import { MOST_OUTPUT, Reserve, TokenBudget } from "./token-budget";
import { LimitSettings, WeightSettings } from "./token-rate-limit-settings";
import { RateLimitActions, TokenRateLimitStream } from "./token-rate-limit-stream";

/**
 * Budgets of tokens: admits a call if all of them can pay for it, holds what it may need, watches it while it streams, and settles what it was.
 */
export class TokenRateLimit extends Processor {
  private limits: Settings[] = [];
  private weights: WeightSettings = new WeightSettings();
  private reserve: Reserve = Reserve.Learned;
  private assumedOutput: i64 = 0;
  private readonly actions: RateLimitActions = new RateLimitActions();
  private budget: TokenBudget | null = null;

  get type(): string {
    return "tokenRateLimit";
  }

  bindOwn(f: Fields): void {
    this.limits = f.requiredObjects("limits", () => new LimitSettings(), "The budgets; all of them must admit a call.");
    f.object("weights", this.weights, "What a token of each kind takes of the budgets.");
    this.reserve = <Reserve>(
      f.choice(
        "reserve",
        ["learned", "maximum", "none"],
        Reserve.Learned,
        "What is held for the output of a call: `learned`, the average of this consumer and model and half as much again; `maximum`, all " +
          "that its request allows, so that no budget is ever overdrawn; `none`.",
      )
    );
    this.assumedOutput = f.integer(
      "assumedMaxTokens",
      1024,
      1,
      MOST_OUTPUT,
      "Output tokens of a call that sets no bound, or of whose kind nothing is known yet.",
    );
    this.actions.clamps = f.boolean(
      "clampMaxTokens",
      true,
      "Lower the request's bound on its output to what the budgets can still pay, or set one: then the provider itself ends in time.",
    );
    this.actions.cutsOff = f.boolean("cutOff", true, "End a stream, validly, when a budget runs out.");
    this.actions.mode = this.mode;
    this.checkNames(f);
  }

  get keptHeaders(): string[] {
    const names: string[] = [];
    for (let i = 0; i < this.limits.length; i++) (this.limits[i] as LimitSettings).addHeaders(names);
    return names;
  }

  begin(host: Host): void {
    const limits: Limit[] = [];
    for (let i = 0; i < this.limits.length; i++) limits.push((this.limits[i] as LimitSettings).toLimit());
    const weights = this.weights.toWeights();
    this.budget = new TokenBudget(host, this.name, limits, weights, this.reserve, this.assumedOutput);
  }

  open(_x: Exchange): ProcessorStream {
    return new TokenRateLimitStream(this.budget, this.actions);
  }

  private checkNames(f: Fields): void {
    for (let i = 0; i < this.limits.length; i++) {
      for (let k = 0; k < i; k++) {
        const isTaken = (this.limits[i] as LimitSettings).name == (this.limits[k] as LimitSettings).name;
        f.check(!isTaken, "limits/" + i.toString() + "/name", "is the name of another limit; names must differ");
      }
    }
  }
}
