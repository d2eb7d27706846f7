import { Arena, isOverBudget } from "../memory/arena";
import { ByteWriter } from "../bytes/writer";
import { Bytes } from "../bytes/bytes";
import { Direction, HeaderList, Headers, Host } from "../host/host";
import { CallRequest, RequestProblem } from "../llm/call-request";
import { CallTarget } from "../llm/call-target";
import { Refusal, WireFormat } from "../llm/wire-format";
import { CutOff, Exchange, Outcome, Verdict } from "../processors/exchange";
import { Reply } from "../processors/processor";
import { consumerOf } from "./consumer";
import { Context } from "./context";
import { isEncoded } from "./encoding";
import { AnswerState, endingOf } from "./ending";
import { Flow } from "./flow";
import { sawHeldBody } from "./hold";
import { Configured, Plugin } from "./plugin";
import { sendRefusal, tooLarge } from "./refusals";
import { Response } from "./response";
import { Phase, Runner } from "./runner";
import { publish, publishDecision, settleUsage } from "./settlement";
import { Timing } from "./telemetry";

/** Where the request stands. */
enum RequestState {
  /** Its headers are being decided. */
  Headers,
  /** Its headers are decided; the body is coming. */
  Body,
  /** It went upstream, whole. */
  Released,
  /** Weir answered it. */
  Answered,
}

/** The metric label of the proxy's own refusals: their details may hold anything, and labels are bounded. */
const LOCAL_REPLY = "local_reply";

/** One HTTP stream that Weir takes part in: a call to a model, or other traffic that some processor wants to see. */
export class Stream extends Context {
  readonly x: Exchange;
  private readonly host: Host;
  private readonly runner: Runner;
  private readonly timing: Timing = new Timing();
  private state: RequestState = RequestState.Headers;
  private isHeld: bool = false;
  private hasWholeBody: bool = false;
  /** Whether the headers are still to go upstream when the body has been read. */
  private areHeadersHere: bool = false;
  /** Bytes of the body that have come and are held. */
  private bodySize: i32 = 0;
  /** Why the body cannot be read, going by the headers; empty if it can. */
  private problem: string = "";
  private acceptsEncodings: bool = false;
  private body: Bytes | null = null;
  private response: Response | null = null;
  private isSettled: bool = false;
  /** Whether the refusal is the proxy's own. */
  private isEnvoys: bool = false;

  constructor(
    readonly id: u32,
    readonly plugin: Plugin,
    readonly arena: Arena,
    private readonly configured: Configured,
    private readonly format: WireFormat | null,
    private readonly target: CallTarget,
    x: Exchange = new Exchange(plugin.host, format, configured.settings.provider),
  ) {
    super();
    this.host = plugin.host;
    this.x = x;
    x.method = target.method;
    x.path = target.path;
    this.runner = new Runner(configured.settings, x);
    this.timing.startedAt = plugin.host.nowNanoseconds();
  }

  /** Whether the headers are held and no byte of the body has come. */
  get waitsForBody(): bool {
    return this.isHeld && this.state == RequestState.Body;
  }

  // ---- the request -----------------------------------------------------------------------------------------------------------

  /** The request's headers came. */
  onRequestHeaders(headers: HeaderList, isLast: bool, holds: bool): Flow {
    this.x.consumer = consumerOf(this.configured.settings.consumer, headers, this.host);
    this.keepHeaders(headers);
    const format = this.format;
    if (format) {
      this.problem = problemOf(format, this.target, headers);
      this.acceptsEncodings = headers.get("accept-encoding") != null;
    }
    this.isHeld = holds && !isLast;
    this.hasWholeBody = isLast;
    return this.afterHeaders(this.runner.begin(Phase.RequestHeaders));
  }

  private keepHeaders(headers: HeaderList): void {
    const names = this.configured.settings.keptHeaders;
    if (names.length == 0) return;
    this.x.keptNames = names;
    for (let i = 0; i < names.length; i++) {
      const value = headers.get(names[i]);
      this.x.keptValues.push(value ? value : "");
    }
  }

  /** Body bytes came; `size` are there in all. */
  onRequestBody(size: i32, isLast: bool): Flow {
    if (this.isHeld) sawHeldBody();
    this.hasWholeBody = isLast;
    if (this.state == RequestState.Released) return this.passUnread(size);
    this.bodySize = size;
    if (this.state == RequestState.Answered || this.runner.isWaiting) return Flow.Pause;
    const most = this.configured.settings.maxRequestBytes;
    if (size > most) return this.refuseWith(tooLarge(most));
    return isLast ? this.readBody() : Flow.Pause;
  }

  /** The request's trailers came: its body is complete. */
  onRequestTrailers(): Flow {
    if (this.state == RequestState.Released) return Flow.Continue;
    this.hasWholeBody = true;
    if (this.state != RequestState.Body || this.runner.isWaiting) return Flow.Pause;
    return this.readBody();
  }

  /** The callout that a processor waits for has ended. */
  onReply(reply: Reply): void {
    if (!this.runner.isWaiting || this.isSettled) return;
    const verdict = this.runner.onReply(reply);
    const flow = this.runner.current == Phase.RequestHeaders ? this.afterHeaders(verdict) : this.afterRequest(verdict);
    if (flow == Flow.Continue) this.host.resume(Direction.Request);
  }

  /** Stops holding the headers of a request whose body does not come, and lets it go on as if it had not been held. */
  letGo(): void {
    this.isHeld = false;
    this.areHeadersHere = false;
    this.prepareForEdits();
    this.host.resume(Direction.Request);
  }

  private afterHeaders(verdict: Verdict): Flow {
    if (verdict == Verdict.Wait) return Flow.Pause;
    if (verdict == Verdict.Answered) return this.refuse();
    if (!this.format) return this.releaseUnread();
    this.state = RequestState.Body;
    if (this.problem.length > 0) return this.skipBody(this.problem);
    // Weir has to read the answer, so it asks for one that is not compressed.
    if (this.acceptsEncodings) this.host.setHeader(Headers.Request, "accept-encoding", "identity");
    // A body that came while a processor waited came behind headers that wait: going on now would send the half of it unread.
    this.areHeadersHere = this.isHeld || this.hasWholeBody || this.bodySize > 0;
    if (this.hasWholeBody) return this.readBody();
    if (!this.areHeadersHere) this.prepareForEdits();
    return this.areHeadersHere ? Flow.Pause : Flow.Continue;
  }

  /** Headers that go upstream before the body was read must not tell its length. */
  private prepareForEdits(): void {
    this.host.removeHeader(Headers.Request, "content-length");
  }

  /** A call whose body cannot be read: processors that need it decide by their failure mode; else it passes as it is. */
  private skipBody(problem: string): Flow {
    const format = this.format;
    const request = format ? format.beginRequest(this.target) : new CallRequest();
    request.reject(RequestProblem.NotInspectable, problem);
    this.x.request = request;
    return this.afterRequest(this.runner.begin(Phase.Request));
  }

  private readBody(): Flow {
    const most = this.configured.settings.maxRequestBytes;
    if (this.bodySize > most) return this.refuseWith(tooLarge(most));
    const body = this.host.body(Direction.Request, most);
    if (isOverBudget(this.arena)) return this.refuseWith(tooLarge(most));
    this.body = body;
    this.x.body = body;
    const format = this.format;
    if (format) {
      const request = format.readRequest(this.target, body ? body : Bytes.of(new ArrayBuffer(0)));
      if (request.problem != RequestProblem.None && body) request.textBytes = body.length;
      this.x.request = request;
    }
    return this.afterRequest(this.runner.begin(Phase.Request));
  }

  private afterRequest(verdict: Verdict): Flow {
    if (verdict == Verdict.Wait) return Flow.Pause;
    if (verdict == Verdict.Answered) return this.refuse();
    this.applyEdits();
    this.state = RequestState.Released;
    return Flow.Continue;
  }

  /** A chunk of a call that nobody could read goes upstream: its length is all that its tokens can be estimated from. */
  private passUnread(size: i32): Flow {
    const request = this.x.request;
    if (request && request.problem != RequestProblem.None) request.textBytes += size;
    return Flow.Continue;
  }

  private releaseUnread(): Flow {
    this.state = RequestState.Released;
    return Flow.Continue;
  }

  /** Changes the body as the request's edits say, and gives its memory back: nobody needs it any more. */
  private applyEdits(): void {
    const body = this.body;
    const request = this.x.request;
    this.x.body = null;
    if (!body) return;
    if (request && request.problem == RequestProblem.None && request.edits.length > 0) {
      const out = new ByteWriter(request.edits.lengthOf(body.length));
      request.edits.apply(body, out);
      const edited = out.toBytes();
      if (this.areHeadersHere) this.host.setHeader(Headers.Request, "content-length", edited.length.toString());
      this.host.replaceBody(Direction.Request, edited);
      this.host.discard(edited);
    }
    this.body = null;
    this.host.discard(body);
  }

  // ---- refusals --------------------------------------------------------------------------------------------------------------

  /** Refuses the exchange for a reason of the pipeline's own. */
  refuseWith(refusal: Refusal): Flow {
    this.x.refusal = refusal;
    return this.refuse();
  }

  private refuse(): Flow {
    const refusal = this.x.refusal;
    this.state = RequestState.Answered;
    const format = this.format;
    const dialect = format ? format : this.plugin.registry.formats[0];
    // The last thing done: the stream may be gone when the reply returns.
    if (refusal) sendRefusal(this.host, dialect, refusal, this.runner.refusedBy);
    return Flow.Pause;
  }

  // ---- the answer ------------------------------------------------------------------------------------------------------------

  /** The answer's headers came; Weir's own refusals come by here too. */
  onResponseHeaders(isLast: bool): Flow {
    const headers = this.host.headers(Headers.Response);
    const status = headers.get(":status");
    this.x.responseStatus = status ? <i32>parseInt(status) : 0;
    const response = new Response(this.x, this.runner, this.configured.settings, this.timing);
    this.response = response;
    const format = this.format;
    if (this.state != RequestState.Answered) {
      if (format) response.onHeaders(format, headers);
      if (this.runner.begin(Phase.ResponseHeaders) == Verdict.Answered) return this.refuse();
    }
    if (isLast) response.finish();
    return Flow.Continue;
  }

  /** A chunk of the answer came. */
  onResponseBody(size: i32, isLast: bool): Flow {
    const response = this.response;
    if (response) response.onBody(size, isLast);
    return Flow.Continue;
  }

  /** The answer's trailers came: its body is complete. */
  onResponseTrailers(): Flow {
    const response = this.response;
    if (response) response.finish();
    return Flow.Continue;
  }

  // ---- the end ---------------------------------------------------------------------------------------------------------------

  /** The exchange is over: settles it, once, whatever ended it and however often this is called. */
  settle(): void {
    if (this.isSettled) return;
    this.isSettled = true;
    this.timing.endedAt = this.host.nowNanoseconds();
    this.x.outcome = this.outcome();
    const response = this.response;
    const wasForwarded = this.state == RequestState.Released;
    if (this.format) settleUsage(this.x, wasForwarded, response ? response.unreadBytes : 0);
    this.runner.end();
    this.tell();
  }

  private tell(): void {
    const x = this.x;
    const metrics = this.configured.metrics;
    if (this.format) {
      publish(x, this.timing);
      metrics.record(x, this.timing);
    }
    publishDecision(x, this.runner.refusedBy, this.runner.observed);
    const refusal = x.refusal;
    if (refusal) metrics.recordRefusal(this.runner.refusedBy, this.isEnvoys ? LOCAL_REPLY : refusal.code);
  }

  private outcome(): Outcome {
    if (this.state == RequestState.Answered) return Outcome.Refused;
    if (this.x.cutOff != CutOff.No) return Outcome.CutOff;
    const response = this.response;
    const state = response && response.isFinished ? AnswerState.Finished : AnswerState.Unfinished;
    const ending = endingOf(this.host, state, this.x.responseStatus);
    if (ending.details.length > 0) {
      this.isEnvoys = true;
      this.x.refusal = new Refusal(this.x.responseStatus, ending.details, "");
      this.runner.refusedBy = "envoy";
    }
    const answer = this.x.answer;
    return ending.outcome == Outcome.Completed && answer && answer.facts.hasError
      ? Outcome.UpstreamError
      : ending.outcome;
  }
}

/** Why the body of a call cannot be read, going by its headers; empty if it can. */
function problemOf(format: WireFormat, target: CallTarget, headers: HeaderList): string {
  if (isEncoded(headers)) return "The request is compressed; send it uncompressed.";
  return format.readsType(target.contentType) ? "" : "The content type must be " + format.requestType + ".";
}
