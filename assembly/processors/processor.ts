import { Bytes } from "../bytes/bytes";
import { Fields, Settings, TextForm } from "../config/fields";
import { Host } from "../host/host";
import { DeltaKind } from "../llm/answer";
import { Exchange, Verdict } from "./exchange";
import { When } from "./when";

/** What a failure of the processor itself means. */
export enum FailureMode {
  /** The request is refused. */
  Closed,
  /** The request goes on as if the processor were not there. */
  Open,
}

/** Whether a processor acts. */
export enum Mode {
  Enforce,
  /** Refuse and change nothing; tell in `weir.observed` what would have happened. */
  Observe,
}

/** Which traffic a processor wants to see. */
export enum Interest {
  /** Calls to models only. */
  ModelCalls,
  /** Every request of the route. */
  AllTraffic,
}

/** What a callout brought back. */
export enum ReplyStatus {
  Answered,
  /** It could not be reached, was reset, did not answer in time, or answered with a 5xx or a gRPC error. */
  Failed,
}

/** The answer to a callout. */
export class Reply {
  constructor(
    readonly status: ReplyStatus,
    /** HTTP status, or the gRPC status code; what it was when `status` is `Failed` is for the log only. */
    readonly code: i32,
    readonly body: Bytes | null,
  ) {}
}

/**
 * A payload processor: one step of the pipeline, configured once and opened for every exchange it applies to.
 *
 * To write one: extend this class and `ProcessorStream` in a file of its own, and add a line to the registry.
 */
export abstract class Processor extends Settings {
  /** The name that refusals, headers and telemetry use; the type unless configured. */
  name: string = "";
  mode: Mode = Mode.Enforce;
  failureMode: FailureMode = FailureMode.Closed;
  readonly when: When = new When();

  /** The type as the configuration writes it. */
  abstract get type(): string;
  /** Names the processor's own fields. */
  abstract bindOwn(f: Fields): void;
  /** Request headers that the processor wants to read with the body (`Exchange.header`); the proxy has let go of them by then. */
  get keptHeaders(): string[] {
    return [];
  }

  /** The configuration is taken: what the processor keeps as long as that, and asks the proxy for, is made here. */
  begin(_host: Host): void {}

  /** Begins an exchange. Everything that belongs to it lives in what is returned. */
  abstract open(x: Exchange): ProcessorStream;

  /** Which traffic the processor wants to see, given its configuration. */
  get interest(): Interest {
    return Interest.ModelCalls;
  }

  /** Whether the processor changes headers or the route after it has seen the body, given its configuration. */
  get needsHeldHeaders(): bool {
    return false;
  }

  bind(f: Fields): void {
    this.name = f.textOf(
      "name",
      this.type,
      TextForm.sized(1, 64),
      "The name that refusals, headers and telemetry use.",
    );
    f.object("when", this.when, "Which exchanges the processor applies to; all that is given must match.");
    this.mode = <Mode>(
      f.choice(
        "mode",
        ["enforce", "observe"],
        Mode.Enforce,
        "`observe` refuses and changes nothing, and tells in `weir.observed` what would have happened.",
      )
    );
    this.failureMode = <FailureMode>(
      f.choice(
        "failureMode",
        ["closed", "open"],
        FailureMode.Closed,
        "What happens when the processor itself cannot work, or cannot read the request: `closed` refuses, `open` lets it pass.",
      )
    );
    this.bindOwn(f);
  }
}

/** A processor's part in one exchange. The defaults let everything pass. */
export abstract class ProcessorStream {
  /** Whether this exchange cannot be decided without a request that can be read; then an unreadable one is a failure. */
  get needsRequest(): bool {
    return true;
  }

  /** The request's headers came; `x.request` is not there yet. */
  onRequestHeaders(_x: Exchange): Verdict {
    return Verdict.Next;
  }

  /** The whole request came and could be read: `x.request` is there. For calls to models only. */
  onRequest(_x: Exchange): Verdict {
    return Verdict.Next;
  }

  /** The answer's headers came. */
  onResponseHeaders(_x: Exchange): Verdict {
    return Verdict.Next;
  }

  /** Whether `onDelta` is to be called; asked once, when the answer's headers have come. Text that nobody wants is not decoded. */
  get wantsText(): bool {
    return false;
  }

  /** A piece of generated text came, and `wantsText`: bytes `[at, end)`, UTF-8, good until the call returns. */
  onDelta(_x: Exchange, _kind: DeltaKind, _choice: i32, _bytes: Bytes, _at: i32, _end: i32): Verdict {
    return Verdict.Next;
  }

  /** The answer is complete, and on its way to the client: what is found now can be told, not refused. */
  onResponse(_x: Exchange): void {}

  /** A callout that this processor started is answered, failed or out of time. The exchange waits. */
  onReply(_x: Exchange, _reply: Reply): Verdict {
    return Verdict.Next;
  }

  /** The exchange is over, whatever ended it; called once, with `x.usage` and `x.outcome` final. */
  onEnd(_x: Exchange): void {}
}
