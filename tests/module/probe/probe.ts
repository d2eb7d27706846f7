import { Bytes } from "../../../assembly/bytes/bytes";
import { ByteWriter } from "../../../assembly/bytes/writer";
import { Fields } from "../../../assembly/config/fields";
import { DeltaKind } from "../../../assembly/llm/answer";
import { StreamEnd } from "../../../assembly/llm/stream-reader";
import { Exchange, Verdict } from "../../../assembly/processors/exchange";
import { Interest, Processor, ProcessorStream, Reply, ReplyStatus } from "../../../assembly/processors/processor";

/** The turn at which a probe acts. */
enum Turn {
  RequestHeaders,
  Request,
  ResponseHeaders,
  Delta,
  Response,
  Never,
}

/** What a probe does at its turn, or when its callout is answered. */
enum Act {
  Next,
  Refuse,
  Fail,
  HttpCall,
  GrpcCall,
  EndWithLength,
  EndWithContentFilter,
}

const TURNS = ["requestHeaders", "request", "responseHeaders", "delta", "response", "never"];
const ACTS = ["next", "refuse", "fail", "httpCall", "grpcCall", "endWithLength", "endWithContentFilter"];

/** The names of `DeltaKind`, in its order, and how many choices are shown. */
const KINDS = ["content", "arguments", "reasoning", "refusal"];
const CHOICES = 4;

/** A processor that does as its configuration says, so that tests can see what the pipeline makes of it. */
export class Probe extends Processor {
  at: Turn = Turn.Never;
  act: Act = Act.Next;
  onAnswer: Act = Act.Next;
  onFailure: Act = Act.Fail;
  /** Bytes of generated text that pass before the turn `delta` comes. */
  afterBytes: i64 = 0;
  timeoutMs: i64 = 0;
  cluster: string = "";
  /** Whether the generated text is shown in the filter state, by kind and choice. */
  showsText: bool = false;
  private changesHeaders: bool = false;
  private seesAll: bool = false;

  get type(): string {
    return "probe";
  }

  get interest(): Interest {
    return this.seesAll ? Interest.AllTraffic : Interest.ModelCalls;
  }

  get needsHeldHeaders(): bool {
    return this.changesHeaders;
  }

  bindOwn(f: Fields): void {
    this.at = <Turn>f.choice("at", TURNS, Turn.Never, "The turn.");
    this.act = <Act>f.choice("act", ACTS, Act.Next, "What to do at it.");
    this.onAnswer = <Act>f.choice("onAnswer", ACTS, Act.Next, "What to do when the callout is answered.");
    this.onFailure = <Act>f.choice("onFailure", ACTS, Act.Fail, "What to do when the callout fails.");
    this.afterBytes = f.integer("afterBytes", 0, 0, i32.MAX_VALUE, "Text before the turn `delta`.");
    this.timeoutMs = f.durationMs("timeout", 50, 1, 60000, "Of the callout.");
    this.cluster = f.text("cluster", "probe", "Whom to call.");
    this.showsText = f.boolean("showsText", false, "Shows the generated text as `probe.<kind>.<choice>`.");
    this.changesHeaders = f.boolean("changesHeaders", false, "Claims to change headers after the body.");
    this.seesAll = f.boolean("seesAll", false, "Wants all traffic.");
  }

  open(_x: Exchange): ProcessorStream {
    return new ProbeStream(this);
  }
}

class ProbeStream extends ProcessorStream {
  private seenBytes: i64 = 0;
  private readonly texts: Array<ByteWriter | null> = new Array<ByteWriter | null>(KINDS.length * CHOICES);

  constructor(private readonly probe: Probe) {
    super();
  }

  onRequestHeaders(x: Exchange): Verdict {
    return this.turn(x, Turn.RequestHeaders);
  }

  onRequest(x: Exchange): Verdict {
    return this.turn(x, Turn.Request);
  }

  onResponseHeaders(x: Exchange): Verdict {
    return this.turn(x, Turn.ResponseHeaders);
  }

  get wantsText(): bool {
    return true;
  }

  onDelta(x: Exchange, kind: DeltaKind, choice: i32, bytes: Bytes, at: i32, end: i32): Verdict {
    if (this.probe.showsText && choice < CHOICES) this.keep(kind * CHOICES + choice, bytes, at, end);
    this.seenBytes += end - at;
    return this.seenBytes > this.probe.afterBytes ? this.turn(x, Turn.Delta) : Verdict.Next;
  }

  onResponse(x: Exchange): void {
    if (this.probe.at == Turn.Response) x.host.setFilterState("probe.response", x.responseStatus.toString());
  }

  onReply(x: Exchange, reply: Reply): Verdict {
    const body = reply.body;
    x.host.setFilterState("probe.reply", reply.code.toString() + " " + (body ? body.toString() : "-"));
    return this.act(x, reply.status == ReplyStatus.Answered ? this.probe.onAnswer : this.probe.onFailure);
  }

  private keep(slot: i32, bytes: Bytes, at: i32, end: i32): void {
    const known = this.texts[slot];
    const text = known ? known : new ByteWriter();
    this.texts[slot] = text;
    text.bytes(bytes, at, end);
  }

  onEnd(x: Exchange): void {
    for (let i = 0; i < this.texts.length; i++) {
      const text = this.texts[i];
      const name = "probe." + KINDS[i / CHOICES] + "." + (i % CHOICES).toString();
      if (text) x.host.setFilterState(name, text.toBytes().toString());
    }
    x.host.setFilterState("probe.ended", x.usage.inputTokens.toString() + "/" + x.usage.outputTokens.toString());
  }

  private turn(x: Exchange, turn: Turn): Verdict {
    return turn == this.probe.at ? this.act(x, this.probe.act) : Verdict.Next;
  }

  private act(x: Exchange, act: Act): Verdict {
    switch (act) {
      case Act.Refuse:
        return x.refuse(418, "probe_refused", "The probe refuses.", "probe");
      case Act.Fail:
        return x.fail("the probe fails");
      case Act.HttpCall:
        return this.callHttp(x);
      case Act.GrpcCall:
        return this.callGrpc(x);
      case Act.EndWithLength:
        return x.endStream(StreamEnd.Length);
      case Act.EndWithContentFilter:
        return x.endStream(StreamEnd.ContentFilter);
      default:
        return Verdict.Next;
    }
  }

  private callHttp(x: Exchange): Verdict {
    const headers = [":method", "POST", ":path", "/check", ":authority", "probe", "x-consumer", x.consumer];
    return x.callHttp(this.probe.cluster, headers, Bytes.fromString(x.model), <u32>this.probe.timeoutMs);
  }

  private callGrpc(x: Exchange): Verdict {
    const message = Bytes.fromString(x.consumer);
    return x.callGrpc(this.probe.cluster, "probe.Service", "Check", message, <u32>this.probe.timeoutMs);
  }
}
