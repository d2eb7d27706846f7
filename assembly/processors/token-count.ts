import { Bytes } from "../bytes/bytes";
import { matchesAny } from "../bytes/glob";
import { Fields, Settings } from "../config/fields";
import { CL100K_MODELS, ENCODING_NAMES, O200K_MODELS, publishedEncoding } from "../counting/model-encoding";
import { familyOf } from "../counting/model-family";
import { countPrompt } from "../counting/prompt-counter";
import { DeltaKind } from "../llm/answer";
import { UsageSource } from "../llm/usage";
import { Encoding } from "../tokenizer/encoding";
import { Tokenizer } from "../tokenizer/tokenizer";
import { Exchange, Outcome, Verdict } from "./exchange";
import { Processor, ProcessorStream } from "./processor";
import { CallCounts } from "./call-counts";
import { Lesson, TokenRatios } from "./token-ratios";

let needsTables: bool = true;

/** Takes configurations also where there are no vocabularies: in a module that only checks them. */
export function checkWithoutTables(): void {
  needsTables = false;
}

/** Which models use which encoding. */
class ModelEncoding extends Settings {
  models: string[] = [];
  encoding: Encoding = Encoding.O200kBase;

  bind(f: Fields): void {
    this.models = f.strings("models", "Models as the client names them; `*` is any run of characters.");
    this.encoding = <Encoding>(
      f.requiredChoice(
        "encoding",
        ENCODING_NAMES,
        "The encoding that they read text in. `llama3` needs a build with all vocabularies.",
      )
    );
    // A module without any vocabulary says so once, for the processor.
    const isMissing = Tokenizer.isAvailable(Encoding.O200kBase) && !Tokenizer.isAvailable(this.encoding);
    f.check(!isMissing, "encoding", "needs a build of Weir with all vocabularies");
  }
}

/**
 * Counts the tokens of a request before it goes upstream, and those of the answer while it comes: exactly, with the model's own
 * vocabulary, for the models of OpenAI.
 */
export class TokenCount extends Processor {
  private encodings: Settings[] = [];
  private byDefault: Encoding = Encoding.O200kBase;
  private maxInputTokens: i64 = 0;
  private readonly ratios: TokenRatios = new TokenRatios();
  private readonly tokenizers: Array<Tokenizer | null> = [null, null, null];

  get type(): string {
    return "tokenCount";
  }

  bindOwn(f: Fields): void {
    this.encodings = f.objects(
      "encodings",
      () => new ModelEncoding(),
      "Which models use which encoding; the first that matches. Unless given: " +
        listed(O200K_MODELS, "o200k_base") +
        "; " +
        listed(CL100K_MODELS, "cl100k_base") +
        ".",
    );
    this.byDefault = <Encoding>(
      f.choice(
        "defaultEncoding",
        ENCODING_NAMES,
        Encoding.O200kBase,
        "The encoding that the text of all other models is counted in. Such a count is an estimate, and marked as one.",
      )
    );
    this.maxInputTokens = f.integer(
      "maxInputTokens",
      0,
      0,
      i64.MAX_VALUE >> 10,
      "Most tokens of a request; one with more is answered with 400 `context_length_exceeded`. 0 is no bound.",
    );
    for (let i = 0; i < ENCODING_NAMES.length; i++) {
      if (Tokenizer.isAvailable(<Encoding>i)) this.tokenizers[i] = new Tokenizer(<Encoding>i);
    }
    const isEmpty = needsTables && !Tokenizer.isAvailable(Encoding.O200kBase);
    f.check(!isEmpty, "", "needs a build of Weir with vocabularies; this one has none");
    const isMissing = !isEmpty && needsTables && !this.tokenizers[this.byDefault];
    f.check(!isMissing, "defaultEncoding", "needs a build of Weir with all vocabularies");
  }

  open(_x: Exchange): ProcessorStream {
    return new TokenCountStream(this, this.maxInputTokens);
  }

  /** Begins to count a call; null if this build has no vocabulary. */
  countsFor(x: Exchange): CallCounts | null {
    const encoding = this.encodingOf(x.model);
    // How a server frames the messages of a Llama is its own, so only their text is exact.
    const isExact = encoding >= 0 && encoding != Encoding.Llama3;
    const tokenizer = this.tokenizers[encoding >= 0 ? encoding : this.byDefault];
    if (!tokenizer) return null;
    const counts = new CallCounts(tokenizer, isExact);
    if (isExact) return counts;
    const known = this.ratios.of(x.host, x.provider, x.model);
    if (known) counts.setRatios(known.input.value, known.output.value);
    return counts;
  }

  /** Learns from what the provider reported for what was counted. */
  learn(x: Exchange, counts: CallCounts, isTextOnly: bool): void {
    const reported = x.usage;
    // Tokens of thinking that is not shown were not counted either.
    const hidden = max<i64>(reported.reasoningTokens, 0);
    const input = new Lesson(isTextOnly ? counts.countedInput : 0, reported.inputTokens);
    const output = new Lesson(counts.countedOutput, reported.outputTokens - hidden);
    this.ratios.learn(x.host, x.provider, x.model, input, output);
  }

  /** The encoding of a model; -1 if nobody says. */
  private encodingOf(model: string): i32 {
    for (let i = 0; i < this.encodings.length; i++) {
      const one = this.encodings[i] as ModelEncoding;
      if (matchesAny(one.models, model)) return one.encoding;
    }
    if (this.encodings.length > 0) return -1;
    return publishedEncoding(model);
  }
}

class TokenCountStream extends ProcessorStream {
  private counts: CallCounts | null = null;
  private isTextOnly: bool = false;

  constructor(
    private readonly settings: TokenCount,
    private readonly maxInputTokens: i64,
  ) {
    super();
  }

  /** A bound that cannot be looked at does not hold; a count that cannot be made is only missing. */
  get needsRequest(): bool {
    return this.maxInputTokens > 0;
  }

  get wantsText(): bool {
    return this.counts != null;
  }

  onRequest(x: Exchange): Verdict {
    const counts = this.settings.countsFor(x);
    if (!counts) return Verdict.Next;
    const most = this.maxInputTokens > 0 ? this.maxInputTokens : i64.MAX_VALUE;
    this.countInput(x, counts, most);
    if (counts.inputTokens > most) {
      const text =
        "The request has more than " + most.toString() + " input tokens, which is the most allowed. Shorten it.";
      return x.refuse(400, "context_length_exceeded", text, "messages");
    }
    this.counts = counts;
    x.counts = counts;
    return Verdict.Next;
  }

  /** Counts until it is clear that there are more than `most`. Of a request whose parts its dialect cannot tell they are estimated. */
  private countInput(x: Exchange, counts: CallCounts, most: i64): void {
    const format = x.format;
    const body = x.body;
    const request = x.request;
    const conversation = format && body ? format.readConversation(body) : null;
    if (conversation && body) {
      const limit = counts.isExact ? most : i64.MAX_VALUE;
      counts.countedInput = countPrompt(conversation, body, counts.tokenizer, familyOf(x.model), limit);
      this.isTextOnly = conversation.isTextOnly;
    } else if (request) {
      counts.countedInput = request.estimatedTokens;
    }
  }

  onDelta(_x: Exchange, kind: DeltaKind, choice: i32, bytes: Bytes, at: i32, end: i32): Verdict {
    const counts = this.counts;
    if (counts) counts.append(kind, choice, bytes, at, end);
    return Verdict.Next;
  }

  onEnd(x: Exchange): void {
    const counts = this.counts;
    const answer = x.answer;
    if (!counts || counts.isExact || !answer || answer.facts.isBroken) return;
    if (x.outcome == Outcome.Completed && x.usageSource == UsageSource.Reported)
      this.settings.learn(x, counts, this.isTextOnly);
  }
}

function listed(models: string[], encoding: string): string {
  return "`" + models.join("`, `") + "` " + encoding;
}
