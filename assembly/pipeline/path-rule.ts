import { matchesAny } from "../bytes/glob";
import { Fields, Settings } from "../config/fields";
import { WireFormat } from "../llm/wire-format";
import { Registry } from "./registry";

/** What the configuration calls paths that are no calls to a model. */
const NONE = "none";

/** What calls to some paths are, where the ends of the paths do not tell. */
export class PathRule extends Settings {
  private paths: string[] = [];
  private dialect: string = "";
  /** The dialect of their calls; null if they are no calls to a model. */
  format: WireFormat | null = null;

  bind(f: Fields): void {
    this.paths = f.strings("paths", "Paths without their query; `*` is any run of characters.");
    this.dialect = f.requiredText(
      "dialect",
      "The dialect that their calls are written in, by its name in docs/dialects.md, or `none`: they are no calls to a model.",
    );
  }

  /** Finds the dialect; false if there is none of that name. */
  resolve(registry: Registry): bool {
    this.format = registry.formatNamed(this.dialect);
    return this.format != null || this.dialect == NONE;
  }

  /** Whether `path` is one of them, slashes at its end or not. */
  matches(path: string): bool {
    let end = path.length;
    while (end > 1 && path.charCodeAt(end - 1) == 0x2f) end--;
    return matchesAny(this.paths, path) || (end < path.length && matchesAny(this.paths, path.substring(0, end)));
  }
}
