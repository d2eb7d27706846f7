import { Bytes } from "../bytes/bytes";
import { Level } from "../host/host";
import { DeltaKind } from "../llm/answer";
import { RequestProblem } from "../llm/call-request";
import { CutOff, Exchange, Verdict } from "../processors/exchange";
import { FailureMode, Interest, Mode, Processor, ProcessorStream, Reply } from "../processors/processor";
import { refusalOf } from "./refusals";
import { PluginSettings } from "./settings";

/** A turn that every processor gets. */
export enum Phase {
  RequestHeaders,
  Request,
  ResponseHeaders,
}

/** A processor's state in one exchange. */
enum Step {
  /** Not for this exchange. */
  Skipped,
  /** Its condition on the model is not decided yet. */
  Undecided,
  Open,
}

/**
 * Runs the processors of one exchange in order, and turns what they say into what happens: conditions, observe mode and failure
 * modes live here and nowhere else.
 */
export class Runner {
  /** Who refused: a processor's name, or "weir" for the pipeline itself. */
  refusedBy: string = "weir";
  /** What observing processors would have done, as `<processor>.<code>`. */
  readonly observed: string[] = [];
  private readonly steps: StaticArray<Step>;
  private readonly streams: Array<ProcessorStream | null>;
  private phase: Phase = Phase.RequestHeaders;
  private waitingAt: i32 = -1;

  constructor(
    private readonly settings: PluginSettings,
    private readonly x: Exchange,
  ) {
    const count = settings.processors.length;
    this.steps = new StaticArray<Step>(count);
    this.streams = new Array<ProcessorStream | null>(count);
  }

  /** Which phase runs, or waits. */
  get current(): Phase {
    return this.phase;
  }

  get isWaiting(): bool {
    return this.waitingAt >= 0;
  }

  /** Begins a phase: `Next` when all are through, `Wait` while one waits, `Answered` if the exchange is refused. */
  begin(phase: Phase): Verdict {
    this.phase = phase;
    if (phase == Phase.RequestHeaders || phase == Phase.Request) return this.runForward(0);
    return this.runBackward();
  }

  /** The callout of the processor that waits is answered; results as `begin`. */
  onReply(reply: Reply): Verdict {
    const i = this.waitingAt;
    if (i < 0) return Verdict.Next;
    const stream = this.streams[i];
    this.waitingAt = -1;
    const verdict = stream ? this.judge(i, stream.onReply(this.x, reply)) : Verdict.Next;
    if (verdict == Verdict.Next) return this.runForward(i + 1);
    if (verdict == Verdict.Wait) this.waitingAt = i;
    return verdict;
  }

  /** Whether some processor of this exchange listens to the generated text. */
  get wantsText(): bool {
    for (let i = 0; i < this.streams.length; i++) {
      const stream = this.streams[i];
      if (stream && stream.wantsText) return true;
    }
    return false;
  }

  /**
   * Shows a piece of generated text to all processors that listen, in configured order: nobody changes it, and who counts stands before who
   * limits. The first verdict that is not `Next` holds; a stream that `isEnding` is not ended again.
   */
  onDelta(kind: DeltaKind, choice: i32, bytes: Bytes, at: i32, end: i32, isEnding: bool): Verdict {
    let first = Verdict.Next;
    for (let i = 0; i < this.streams.length; i++) {
      const stream = this.streams[i];
      if (!stream || !stream.wantsText) continue;
      const own = stream.onDelta(this.x, kind, choice, bytes, at, end);
      if (isEnding || first != Verdict.Next) continue;
      first = this.judge(i, own);
    }
    return first;
  }

  /** Tells every processor that takes part that the answer is complete, in reverse order. */
  onResponse(): void {
    for (let i = this.streams.length - 1; i >= 0; i--) {
      const stream = this.streams[i];
      if (stream) stream.onResponse(this.x);
    }
  }

  /** Tells every processor that took part that the exchange is over. */
  end(): void {
    for (let i = this.streams.length - 1; i >= 0; i--) {
      const stream = this.streams[i];
      if (stream) stream.onEnd(this.x);
    }
  }

  private runForward(from: i32): Verdict {
    for (let i = from; i < this.streams.length; i++) {
      this.open(i);
      const stream = this.streams[i];
      if (!stream) continue;
      const verdict = this.judge(
        i,
        this.phase == Phase.Request ? this.runRequest(stream) : stream.onRequestHeaders(this.x),
      );
      if (verdict == Verdict.Wait) this.waitingAt = i;
      if (verdict != Verdict.Next) return verdict;
    }
    return Verdict.Next;
  }

  private runBackward(): Verdict {
    for (let i = this.streams.length - 1; i >= 0; i--) {
      const stream = this.streams[i];
      if (!stream) continue;
      let verdict = stream.onResponseHeaders(this.x);
      // An answer cannot be held for a callout on every listener, so nobody may ask for it.
      if (verdict == Verdict.Wait)
        verdict = this.x.fail("it wants to wait while the answer runs, which is not possible");
      verdict = this.judge(i, verdict);
      if (verdict != Verdict.Next) return verdict;
    }
    return Verdict.Next;
  }

  private runRequest(stream: ProcessorStream): Verdict {
    if (this.isReadable) return stream.onRequest(this.x);
    return stream.needsRequest ? this.x.fail("the request cannot be read") : Verdict.Next;
  }

  private get isReadable(): bool {
    const request = this.x.request;
    return request != null && request.problem == RequestProblem.None;
  }

  /** Opens processor `i` as soon as its conditions are decided. */
  private open(i: i32): void {
    const processor = this.settings.processor(i);
    if (this.phase == Phase.RequestHeaders) {
      const isModelCall = this.x.format != null;
      if (!isModelCall && (processor.interest == Interest.ModelCalls || processor.when.needsModel)) return;
      if (!processor.when.matchesHeaders(this.x)) return;
      if (processor.when.needsModel) this.steps[i] = Step.Undecided;
      else this.openNow(i, processor);
    } else if (this.steps[i] == Step.Undecided) {
      // A model that cannot be read could be any: what the condition would let through decides by its failure mode.
      if (!this.isReadable || processor.when.matchesModel(this.x)) this.openNow(i, processor);
      else this.steps[i] = Step.Skipped;
    }
  }

  private openNow(i: i32, processor: Processor): void {
    this.steps[i] = Step.Open;
    this.streams[i] = processor.open(this.x);
  }

  /** What a verdict means, given the processor's mode and failure mode. */
  private judge(i: i32, verdict: Verdict): Verdict {
    const processor = this.settings.processor(i);
    switch (verdict) {
      case Verdict.Answered:
        return processor.mode == Mode.Observe ? this.observe(processor) : this.refuse(processor);
      case Verdict.Failed:
        return this.judgeFailure(processor);
      default:
        return verdict;
    }
  }

  private judgeFailure(processor: Processor): Verdict {
    const x = this.x;
    const request = x.request;
    const isUnreadable = request != null && request.problem != RequestProblem.None;
    // What clients send must not be able to fill the log.
    if (!isUnreadable) x.host.log(Level.Warning, "weir: processor '" + processor.name + "' failed: " + x.failure);
    if (processor.failureMode == FailureMode.Open) return this.note(processor, "failed_open");
    if (request && isUnreadable) x.refusal = refusalOf(request);
    else
      x.refuse(
        503,
        "processor_failed",
        "The gateway could not check this request ('" + processor.name + "'). Try again later.",
      );
    return processor.mode == Mode.Observe ? this.observe(processor) : this.refuse(processor);
  }

  private refuse(processor: Processor): Verdict {
    this.refusedBy = processor.name;
    return Verdict.Answered;
  }

  /** Takes back what an observing processor decided, and remembers it. */
  private observe(processor: Processor): Verdict {
    const refusal = this.x.refusal;
    this.x.refusal = null;
    this.x.cutOff = CutOff.No;
    return this.note(processor, refusal ? refusal.code : "cut_off");
  }

  private note(processor: Processor, what: string): Verdict {
    this.observed.push(processor.name + "." + what);
    return Verdict.Next;
  }
}
