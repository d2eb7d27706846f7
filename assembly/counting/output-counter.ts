import { Bytes } from "../bytes/bytes";
import { DeltaKind } from "../llm/answer";
import { TokenCounter } from "../tokenizer/counter";
import { Tokenizer } from "../tokenizer/tokenizer";

/** Texts that are counted apart; those of further choices are counted as if they went on one from the other. */
const MOST_TEXTS = 64;

/**
 * Counts the tokens of an answer while it comes: every choice, and in it what is said, what is thought, what is refused and what tools are
 * called with, each as a text of its own.
 */
@final
export class OutputCounter {
  private readonly texts: Array<CountedText> = [];

  constructor(private readonly tokenizer: Tokenizer) {}

  /** Takes a piece of generated text, bytes `[at, end)`. */
  append(kind: DeltaKind, choice: i32, bytes: Bytes, at: i32, end: i32): void {
    this.textOf(kind, choice).counter.append(bytes, at, end);
  }

  /** How many tokens have come, exactly, as if every text ended here. */
  get total(): i64 {
    let total: i64 = 0;
    for (let i = 0; i < this.texts.length; i++) total += this.texts[i].counter.total;
    return total;
  }

  private textOf(kind: DeltaKind, choice: i32): CountedText {
    const texts = this.texts;
    for (let i = 0; i < texts.length; i++) if (texts[i].kind == kind && texts[i].choice == choice) return texts[i];
    if (texts.length >= MOST_TEXTS) return texts[MOST_TEXTS - 1];
    const text = new CountedText(kind, choice, new TokenCounter(this.tokenizer));
    texts.push(text);
    return text;
  }
}


@final
class CountedText {
  constructor(
    readonly kind: DeltaKind,
    readonly choice: i32,
    readonly counter: TokenCounter,
  ) {}
}
