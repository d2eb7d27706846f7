import { matchesAny } from "../bytes/glob";
import { Fields, Settings, StringMap } from "../config/fields";
import { Exchange } from "./exchange";
import { Headers } from "../host/host";

/** Conditions on an exchange; all that are given must match, and within one list any may. */
export class When extends Settings {
  paths: string[] = [];
  models: string[] = [];
  consumers: string[] = [];
  operations: string[] = [];
  headers: StringMap = new StringMap();

  bind(f: Fields): void {
    this.paths = f.strings("paths", "Paths without their query; `*` is any run of characters.");
    this.models = f.strings("models", "Models as the client names them; `*` is any run of characters.");
    this.consumers = f.strings("consumers", "Consumers; `*` is any run of characters.");
    this.operations = f.strings(
      "operations",
      "Operations in OpenTelemetry's terms, such as `chat`; `unknown` is JSON at a path that looks like a model's, in no known dialect.",
    );
    this.headers = f.stringMap(
      "headers",
      "Request headers and the values they must have; `*` is any run of characters.",
    );
  }

  /** Whether the conditions that the headers decide are met: all but `models`. */
  matchesHeaders(x: Exchange): bool {
    if (!allows(this.paths, x.path) || !allows(this.consumers, x.consumer) || !allows(this.operations, x.operation))
      return false;
    for (let i = 0; i < this.headers.keys.length; i++) {
      const value = x.host.header(Headers.Request, this.headers.keys[i]);
      if (value == null || !matchesAny([this.headers.values[i]], value)) return false;
    }
    return true;
  }

  /** Whether the body is needed to decide. */
  get needsModel(): bool {
    return this.models.length > 0;
  }

  /** Whether the condition on the model is met. */
  matchesModel(x: Exchange): bool {
    return allows(this.models, x.model);
  }
}

/** Whether a list of patterns lets `value` through: an empty list lets everything. */
export function allows(patterns: string[], value: string): bool {
  return patterns.length == 0 || matchesAny(patterns, value);
}
