import { Fields, Settings } from "../config/fields";
import { Exchange, Verdict } from "./exchange";
import { Interest, Processor, ProcessorStream } from "./processor";
import { allows } from "./when";

/** What a rule, or the absence of one, decides. */
enum Action {
  Allow,
  Deny,
}

/** One rule; an absent list matches everything. */
class Rule extends Settings {
  action: Action = Action.Deny;
  consumers: string[] = [];
  models: string[] = [];
  operations: string[] = [];
  paths: string[] = [];

  bind(f: Fields): void {
    this.action = <Action>f.requiredChoice("action", ["allow", "deny"], "What happens to what matches.");
    this.consumers = f.strings("consumers", "Consumers; `*` is any run of characters.");
    this.models = f.strings(
      "models",
      "Models as the client names them; a request without a known model does not match.",
    );
    this.operations = f.strings(
      "operations",
      "Operations in OpenTelemetry's terms, such as `chat`; `unknown` is JSON at a path that looks like a model's, in no known dialect.",
    );
    this.paths = f.strings("paths", "Paths without their query.");
  }

  matchesAllButModel(x: Exchange): bool {
    return allows(this.consumers, x.consumer) && allows(this.operations, x.operation) && allows(this.paths, x.path);
  }

  matches(x: Exchange): bool {
    return this.matchesAllButModel(x) && allows(this.models, x.model);
  }
}

/**
 * Decides who may use which model, operation and path: the first rule that matches decides.
 *
 * It sees every request of its route, not only calls to models, so that `default: deny` holds for what Weir cannot read too. A rule
 * that names models does not match such a request, and one that names operations only by `unknown`.
 */
export class AccessControl extends Processor {
  private byDefault: Action = Action.Allow;
  private rules: Settings[] = [];
  private readsModel: bool = false;

  get type(): string {
    return "accessControl";
  }

  get interest(): Interest {
    return Interest.AllTraffic;
  }

  bindOwn(f: Fields): void {
    this.byDefault = <Action>f.choice("default", ["allow", "deny"], Action.Allow, "What happens when no rule matches.");
    this.rules = f.objects("rules", () => new Rule(), "The rules; the first that matches decides.");
    for (let i = 0; i < this.rules.length; i++) if (this.rule(i).models.length > 0) this.readsModel = true;
  }

  open(x: Exchange): ProcessorStream {
    return new AccessControlStream(this, x.format != null && (this.readsModel || this.when.needsModel));
  }

  /** Lets the exchange go on, or refuses it. */
  decide(x: Exchange): Verdict {
    for (let i = 0; i < this.rules.length; i++) {
      const rule = this.rule(i);
      if (!rule.matches(x)) continue;
      if (rule.action == Action.Allow) return Verdict.Next;
      return rule.models.length > 0 ? this.refuseModel(x) : this.refuseAccess(x);
    }
    if (this.byDefault == Action.Allow) return Verdict.Next;
    return this.anotherModelIsAllowed(x) ? this.refuseModel(x) : this.refuseAccess(x);
  }

  private anotherModelIsAllowed(x: Exchange): bool {
    for (let i = 0; i < this.rules.length; i++) {
      const rule = this.rule(i);
      if (rule.action == Action.Allow && rule.models.length > 0 && rule.matchesAllButModel(x)) return true;
    }
    return false;
  }

  private refuseModel(x: Exchange): Verdict {
    const text = "The model '" + x.model + "' is not allowed for consumer '" + x.consumer + "'.";
    return x.refuse(403, "model_not_allowed", text, "model");
  }

  private refuseAccess(x: Exchange): Verdict {
    return x.refuse(403, "access_denied", "Consumer '" + x.consumer + "' has no access to " + x.path + ".");
  }

  private rule(i: i32): Rule {
    return this.rules[i] as Rule;
  }
}

class AccessControlStream extends ProcessorStream {
  constructor(
    private readonly settings: AccessControl,
    /** Whether the decision has to wait for the request's body. */
    private readonly waitsForModel: bool,
  ) {
    super();
  }

  get needsRequest(): bool {
    return this.waitsForModel;
  }

  onRequestHeaders(x: Exchange): Verdict {
    return this.waitsForModel ? Verdict.Next : this.settings.decide(x);
  }

  onRequest(x: Exchange): Verdict {
    return this.waitsForModel ? this.settings.decide(x) : Verdict.Next;
  }
}
