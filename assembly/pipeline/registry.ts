import { Variant } from "../config/fields";
import { WireFormat } from "../llm/wire-format";

/** What this build of Weir consists of: the pipeline itself knows no processor and no dialect by name. */
export class Registry {
  constructor(
    /** Processors by the type that the configuration writes. */
    readonly processors: Variant[],
    /** Dialects; the first whose path matches is taken. */
    readonly formats: WireFormat[],
  ) {}

  /** The dialect of calls to `path` (without its query); null if they are no calls to a model. */
  formatOf(path: string): WireFormat | null {
    for (let i = 0; i < this.formats.length; i++) if (this.formats[i].matchesPath(path)) return this.formats[i];
    return null;
  }
}
