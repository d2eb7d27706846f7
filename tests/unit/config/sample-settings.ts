import {
  DAY_MS,
  Fields,
  MINUTE_MS,
  SECOND_MS,
  Settings,
  StringMap,
  TextForm,
  Variant,
} from "../../../assembly/config/fields";

/** A gateway's settings that use every kind of field and rule there is. */
export class SampleSettings extends Settings {
  holdHeaders: bool = false;
  endStreams: i32 = 0;
  maxRequestBytes: i64 = 0;
  consumer: Settings[] = [];
  processors: Settings[] = [];

  bind(f: Fields): void {
    this.holdHeaders = f.boolean("holdHeaders", false, "Hold the request's headers.");
    this.endStreams = f.choice("endStreams", ["drain", "stop"], 0, "How a stream is closed.");
    this.maxRequestBytes = f.integer("maxRequestBytes", 8388608, 1, 1073741824, "Longest request.");
    this.consumer = f.objects("consumer", () => new SampleSource(), "Who pays.");
    const kinds = [
      new Variant("rateLimit", "Limits tokens.", () => new SampleRateLimit()),
      new Variant("inspection", "Inspects prompts.", () => new SampleInspection()),
    ];
    this.processors = f.variants("processors", "type", kinds, "The processors, in order.");
    for (let i = 0; i < this.processors.length; i++) {
      for (let j = 0; j < i; j++) {
        const differ = this.processor(i).name != this.processor(j).name;
        f.check(differ, "processors/" + i.toString() + "/name", "is the name of another processor");
      }
    }
  }

  processor(i: i32): SampleProcessor {
    return this.processors[i] as SampleProcessor;
  }
}

/** One source of the consumer's name. */
export class SampleSource extends Settings {
  header: string = "";
  metadata: string[] = [];
  credential: bool = false;

  bind(f: Fields): void {
    f.exactlyOne();
    this.header = f.text("header", "", "A request header.");
    this.metadata = f.strings("metadata", "A path in the metadata.");
    this.credential = f.boolean("credential", false, "Hash of the credential.");
  }
}

/** When a processor applies. */
export class SampleWhen extends Settings {
  paths: string[] = [];
  headers: StringMap = new StringMap();

  bind(f: Fields): void {
    this.paths = f.strings("paths", "Paths.");
    this.headers = f.stringMap("headers", "Headers and their values.");
  }
}

/** What both processors share. */
export abstract class SampleProcessor extends Settings {
  name: string = "";
  readonly when: SampleWhen = new SampleWhen();
  hasWhen: bool = false;

  abstract bindOwn(f: Fields): void;
  abstract get type(): string;

  bind(f: Fields): void {
    this.name = f.textOf("name", this.type, TextForm.sized(1, 8), "The name in telemetry.");
    this.hasWhen = f.object("when", this.when, "When the processor applies.");
    this.bindOwn(f);
  }
}

/** A limiter, with lists of objects, words with prefixes, numbers and lengths of time. */
export class SampleRateLimit extends SampleProcessor {
  limits: Settings[] = [];
  readonly store: SampleStore = new SampleStore();
  isShared: bool = false;

  get type(): string {
    return "limit";
  }

  bindOwn(f: Fields): void {
    this.limits = f.requiredObjects("limits", () => new SampleLimit(), "The limits.");
    this.isShared = f.objectOrWord("store", "local", this.store, "Where the counts live.");
  }
}

export class SampleStore extends Settings {
  cluster: string = "";
  timeoutMs: i64 = 0;

  bind(f: Fields): void {
    this.cluster = f.requiredText("cluster", "The cluster of the limiter.");
    this.timeoutMs = f.durationMs("timeout", 50, 1, 10 * SECOND_MS, "How long to wait.");
  }
}

export class SampleLimit extends Settings {
  key: string[] = [];
  tokens: i64 = 0;
  burst: i64 = 0;
  windowMs: i64 = 0;
  weight: f64 = 0;

  bind(f: Fields): void {
    const form = TextForm.wordOrPrefixed(["consumer", "model"], ["header:"]);
    this.key = f.requiredStringsOf("key", form, 1, 3, "What is counted apart.");
    this.tokens = f.requiredInteger("tokens", 1, i64.MAX_VALUE, "Tokens of a window.");
    this.burst = f.integer("burst", 0, 0, i64.MAX_VALUE, "Tokens at once.");
    this.windowMs = f.requiredDurationMs("window", SECOND_MS, DAY_MS, "Length of the window.");
    this.weight = f.number("weight", 1, 0, 100, "What an output token counts.");
    f.check(this.burst <= this.tokens, "burst", "must not be more than `tokens`");
    f.check(this.windowMs < DAY_MS || this.tokens >= MINUTE_MS / 1000, "tokens", "must be 60 or more for a whole day");
  }
}

/** An inspection, with lists of words and groups of which one is given. */
export class SampleInspection extends SampleProcessor {
  roles: i32[] = [];
  detectors: Settings[] = [];

  get type(): string {
    return "inspect";
  }

  bindOwn(f: Fields): void {
    this.roles = f.choices("roles", ["system", "user", "tool"], [1, 2], "Whose parts are read.");
    this.detectors = f.objects("detectors", () => new SampleDetector(), "The detectors.");
  }
}

export class SampleDetector extends Settings {
  detect: i32[] = [];
  phrases: string[] = [];
  pattern: string = "";
  action: i32 = 0;
  threshold: f64 = 0;

  bind(f: Fields): void {
    f.exactlyOneOf(["detect", "phrases", "pattern"]);
    this.detect = f.choices("detect", ["email", "secret"], [], "Built-in detectors.");
    this.phrases = f.stringsOf("phrases", TextForm.sized(2, 5), 1, 3, "Phrases.");
    this.pattern = f.textOf("pattern", "", TextForm.nonEmpty(), "A pattern.");
    this.action = f.requiredChoice("action", ["mask", "refuse"], "What to do.");
    this.threshold = f.number("threshold", 0.5, 0, f64.POSITIVE_INFINITY, "How sure to be.");
  }
}
