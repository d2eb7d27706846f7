import { Bytes } from "../bytes/bytes";
import { Direction, HeaderList, Headers } from "../host/host";
import { AnswerReader, DeltaKind, DeltaSink } from "../llm/answer";
import { AnswerForm, AnswerHead } from "../llm/answer-head";
import { CallRequest, UsageReport } from "../llm/call-request";
import { StreamEnd, StreamReader } from "../llm/stream-reader";
import { UNKNOWN } from "../llm/usage";
import { WireFormat } from "../llm/wire-format";
import { enterCall, leave } from "../memory/arena";
import { CutOff, Exchange } from "../processors/exchange";
import { isEncoded } from "./encoding";
import { Rewriter } from "./rewriter";
import { Runner } from "./runner";
import { EndStreams, PluginSettings } from "./settings";
import { settleUsage } from "./settlement";
import { Timing } from "./telemetry";

/** The head of the answer as the proxy tells it. */
@final
class ResponseHead extends AnswerHead {
  constructor(
    contentType: string,
    private readonly headers: HeaderList,
  ) {
    super(contentType);
  }

  header(name: string): string | null {
    return this.headers.get(name);
  }
}

/** The answer to a call to a model, on its way to the client. */
export class Response extends DeltaSink {
  /** Whether the body came to its end. */
  isFinished: bool = false;
  /** Bytes of a body that should have been read and could not be. */
  unreadBytes: i64 = 0;
  /** `Opaque` also for an error, and for a body that is compressed. */
  private form: AnswerForm = AnswerForm.Opaque;
  private stream: StreamReader | null = null;
  private rewriter: Rewriter | null = null;
  private bodyAt: i64 = 0;
  private isClosed: bool = false;

  constructor(
    private readonly x: Exchange,
    private readonly runner: Runner,
    private readonly settings: PluginSettings,
    private readonly timing: Timing,
  ) {
    super();
  }

  /** The answer's headers came: decides how its body is read. */
  onHeaders(format: WireFormat, headers: HeaderList): void {
    const x = this.x;
    const type = headers.get("content-type");
    if (x.responseStatus < 200 || x.responseStatus >= 300 || !type || isEncoded(headers)) return;
    const sent = x.request;
    const request = sent ? sent : new CallRequest();
    const outer = enterCall();
    const head = new ResponseHead(type, headers);
    leave(outer);
    this.form = format.formOf(request, head);
    if (this.form == AnswerForm.Streamed) this.openStream(format.readStream(request, head, this), request);
    else if (this.form == AnswerForm.Whole) x.answer = format.readAnswer(request, head, this);
  }

  private openStream(reader: StreamReader, request: CallRequest): void {
    this.stream = reader;
    this.x.answer = reader;
    this.rewriter = new Rewriter(this.x.host, reader);
    // The length would be that of the provider's body, and the client's may be shorter.
    const mayDiffer = request.usageReport == UsageReport.Unasked || this.settings.processors.length > 0;
    if (mayDiffer) this.x.host.removeHeader(Headers.Response, "content-length");
  }

  /** A chunk of `size` bytes came. */
  onBody(size: i32, isLast: bool): void {
    if (this.form == AnswerForm.Opaque) this.unreadBytes += size;
    else this.read(size, isLast);
    if (isLast) this.finish();
  }

  /** The answer ended without a last chunk, with trailers. */
  finish(): void {
    if (this.isFinished) return;
    this.isFinished = true;
    const answer = this.x.answer;
    if (answer) answer.finish();
    this.runner.onResponse();
  }

  private read(size: i32, isLast: bool): void {
    const answer = this.x.answer;
    if (!answer) return;
    const chunk = size > 0 ? this.x.host.chunk(Direction.Response, size) : EMPTY;
    const at = this.bodyAt;
    this.bodyAt += size;
    if (!chunk) return this.giveUp(answer, size);
    if (this.form == AnswerForm.Whole) return this.readWhole(answer, chunk);
    answer.feed(chunk, 0, chunk.length);
    if (answer.facts.textBytes > 0) this.markFirstToken();
    if (isLast) this.finish();
    this.release(chunk, at, isLast);
  }

  /**
   * A piece of `bytes` cannot be fetched, so nothing behind it can be read either: the client of a stream gets what is held and the
   * rest as it is. A stream that is to be ended cannot be ended validly any more, and is reset.
   */
  private giveUp(answer: AnswerReader, bytes: i32): void {
    this.skip(answer, bytes);
    const rewriter = this.rewriter;
    if (!rewriter) return;
    if (this.isClosed) return this.swallow(bytes);
    if (this.isCutOff) return this.x.host.reset();
    this.form = AnswerForm.Opaque;
    rewriter.giveUp();
  }

  private readWhole(answer: AnswerReader, chunk: Bytes): void {
    if (this.bodyAt <= this.settings.maxResponseBytes) answer.feed(chunk, 0, chunk.length);
    else this.skip(answer, chunk.length);
  }

  /** So many bytes of the answer cannot be read: what they hold is estimated. */
  private skip(answer: AnswerReader, bytes: i32): void {
    answer.facts.isBroken = true;
    this.unreadBytes += bytes;
  }

  private release(chunk: Bytes, at: i64, isLast: bool): void {
    const rewriter = this.rewriter;
    if (!rewriter) return;
    if (this.isClosed) return this.swallow(chunk.length);
    const stream = this.stream;
    if (!this.isCutOff || !stream || !rewriter.canClose) return rewriter.release(chunk, at, isLast);
    this.isClosed = true;
    settleUsage(this.x, true, this.unreadBytes);
    const end = this.x.cutOff == CutOff.Length ? StreamEnd.Length : StreamEnd.ContentFilter;
    rewriter.close(chunk, at, stream.closing(end, this.x.usage));
  }

  /** The client has got its end: what still comes is not for it. */
  private swallow(bytes: i32): void {
    const stream = this.stream;
    if (stream) stream.cuts.clear();
    if (this.settings.endStreams == EndStreams.Stop) this.x.host.reset();
    else if (bytes > 0) this.x.host.replaceBody(Direction.Response, EMPTY);
  }

  private markFirstToken(): void {
    if (this.timing.firstTokenAt == UNKNOWN) this.timing.firstTokenAt = this.x.host.nowNanoseconds();
  }

  private get isCutOff(): bool {
    return this.x.cutOff != CutOff.No;
  }

  get wantsText(): bool {
    return this.runner.wantsText;
  }

  onDelta(kind: DeltaKind, choice: i32, bytes: Bytes, at: i32, end: i32): void {
    const stream = this.stream;
    const isEnding = this.isCutOff;
    // What the client gets of a stream that is being ended is counted like all else; what it does not get is nothing.
    if (isEnding && (!stream || !stream.isServing)) return;
    const cutOff = this.x.cutOff;
    this.runner.onDelta(kind, choice, bytes, at, end, isEnding);
    if (isEnding) this.x.cutOff = cutOff;
    else if (!stream) this.x.cutOff = CutOff.No;
    else if (this.isCutOff) stream.stopAfterEvent();
  }
}

const EMPTY: Bytes = Bytes.of(new ArrayBuffer(0));
