/** All dialects as a small module for scripts: what goes in stands in the input buffer, what was read of it comes out as text. */
import "../../../assembly/abi/abort";
import { Bytes } from "../../../assembly/bytes/bytes";
import { ByteWriter } from "../../../assembly/bytes/writer";
import { AnswerFacts, DeltaKind, DeltaSink } from "../../../assembly/llm/answer";
import { AnswerForm, AnswerHead } from "../../../assembly/llm/answer-head";
import { CallRequest, RequestProblem } from "../../../assembly/llm/call-request";
import { CallTarget } from "../../../assembly/llm/call-target";
import { Cuts } from "../../../assembly/llm/cuts";
import { StreamEnd } from "../../../assembly/llm/stream-reader";
import { WireFormat } from "../../../assembly/llm/wire-format";
import { beginCallback, bytesHeld, endCallback, enter, leave, newArena, release } from "../../../assembly/memory/arena";
import { REGISTRY } from "../../../assembly/registry";

const input = Bytes.of(new ArrayBuffer(1 << 21));
/** Large enough never to grow: it lives as long as the module, and what reads does not. */
const out = new ByteWriter(1 << 22);
const outAt = out.toBytes().address(0);

/** Where the input is written to. */
export function inputAddress(): usize {
  return input.address(0);
}

export function outputAddress(): usize {
  return outAt;
}

export function outputLength(): i32 {
  return out.length;
}

/** How many dialects there are. */
export function dialects(): i32 {
  return REGISTRY.formats.length;
}

/** Writes the name of dialect `i`. */
export function name(i: i32): void {
  out.clear();
  out.text(REGISTRY.formats[i].name);
}

/** Bytes that all arenas hold. */
export function held(): usize {
  return bytesHeld();
}

class Head extends AnswerHead {
  header(_name: string): string | null {
    return null;
  }
}

/** Sums up what it hears: FNV-1a of the text of each kind, so that it does not matter where pieces end. */
class Sums extends DeltaSink {
  readonly sums: StaticArray<u32> = new StaticArray<u32>(DeltaKind.Refusal + 1).fill(0x811c9dc5);
  bytes: i64 = 0;

  constructor(private readonly listens: bool) {
    super();
  }

  get wantsText(): bool {
    return this.listens;
  }

  onDelta(kind: DeltaKind, _choice: i32, bytes: Bytes, at: i32, end: i32): void {
    let sum = this.sums[kind];
    for (let i = at; i < end; i++) sum = (sum ^ bytes[i]) * 0x01000193;
    this.sums[kind] = sum;
    this.bytes += end - at;
  }
}

/** Reads the input as a request of dialect `i`: what is known of it, and the body with its edits applied, bound and all. */
export function request(i: i32, length: i32, contentType: i32): void {
  const callback = beginCallback();
  const arena = newArena(null, 0);
  const outer = enter(arena);
  out.clear();
  const format = REGISTRY.formats[i];
  const body = input.slice(0, length);
  const call = format.readRequest(targetOf(format, contentType), body);
  field(call.problem);
  field(call.isStreaming ? 1 : 0);
  field(call.textBytes);
  field(call.model.length);
  if (call.problem == RequestProblem.None) {
    const said = format.readConversation(body);
    field(said ? said.messages.length : -1);
    const isBound = call.maxOutputTokens == -1 || call.maxOutputTokens > 20 ? format.boundOutput(call, 20) : false;
    field(isBound ? 1 : 0);
    out.text("\n");
    call.edits.apply(body, out);
  }
  leave(outer);
  release(arena);
  endCallback(callback);
}

function targetOf(format: WireFormat, contentType: i32): CallTarget {
  return new CallTarget(
    format.method,
    format.pathEnds[0],
    "",
    contentType == 0 ? "application/json" : "multipart/form-data; boundary=b",
  );
}

/** How an answer is fed. */
enum Feeding {
  Whole,
  /** In pieces whose lengths a seed decides. */
  Pieces,
}

/**
 * Reads the input as an answer of dialect `i` to the request whose streaming and report are given: usage, texts, and what the client is not to see.
 * Returns what must not be: 1 for an end of what is final that goes back or lies ahead, 2 for a cut that nobody asked for; else 0.
 */
export function answer(
  i: i32,
  length: i32,
  type: i32,
  usageReport: i32,
  listens: bool,
  feeding: Feeding,
  seed: u32,
): i32 {
  const callback = beginCallback();
  const arena = newArena(null, 0);
  const outer = enter(arena);
  out.clear();
  const wrong = readAnswer(REGISTRY.formats[i], length, type, usageReport, new Sums(listens), feeding, seed);
  leave(outer);
  release(arena);
  endCallback(callback);
  return wrong;
}

const TYPES: string[] = [
  "application/json",
  "text/event-stream",
  "application/vnd.amazon.eventstream",
  "application/json",
];

function readAnswer(
  format: WireFormat,
  length: i32,
  type: i32,
  usageReport: i32,
  sums: Sums,
  feeding: Feeding,
  seed: u32,
): i32 {
  const head = new Head(TYPES[type]);
  const call = new CallRequest();
  call.isStreaming = type > 0;
  call.usageReport = usageReport;
  const form = format.formOf(call, head);
  field(form);
  if (form == AnswerForm.Opaque) return 0;
  if (form == AnswerForm.Whole) {
    const reader = format.readAnswer(call, head, sums);
    for (let at = 0; at < length;) {
      const end = feeding == Feeding.Whole ? length : min(length, at + pieceOf((seed = next(seed))));
      reader.feed(input, at, end);
      at = end;
    }
    reader.finish();
    tell(reader.facts, sums);
    return 0;
  }
  const reader = format.readStream(call, head, sums);
  let settledAt: i64 = 0;
  let wrong = 0;
  for (let at = 0; at < length;) {
    const end = feeding == Feeding.Whole ? length : min(length, at + pieceOf((seed = next(seed))));
    reader.feed(input, at, end);
    at = end;
    if (reader.settledAt < settledAt || reader.settledAt > at) wrong = 1;
    settledAt = reader.settledAt;
  }
  reader.finish();
  tell(reader.facts, sums);
  field(reader.settledAt);
  const cuts = reader.cuts;
  if (cuts.length > 0 && usageReport != 1) wrong = 2;
  tellCuts(cuts, length);
  out.text("|");
  if (feeding == Feeding.Whole) reader.closing(StreamEnd.Length, reader.facts.usage);
  return wrong;
}

function tell(facts: AnswerFacts, sums: Sums): void {
  field(facts.isBroken ? 1 : 0);
  field(facts.hasError ? 1 : 0);
  const usage = facts.usage;
  field(usage.inputTokens);
  field(usage.outputTokens);
  field(usage.cachedInputTokens);
  field(usage.cacheWriteTokens);
  field(usage.reasoningTokens);
  field(facts.model.length);
  out.text("|");
  field(facts.textBytes);
  if (!sums.wantsText) return;
  for (let kind = 0; kind < sums.sums.length; kind++) field(sums.sums[kind]);
}

function tellCuts(cuts: Cuts, length: i32): void {
  out.text("|");
  for (let i = 0; i < cuts.length; i++) {
    field(cuts.start(i));
    field(min<i64>(cuts.end(i), length));
  }
}

function field(value: i64): void {
  out.integer(value);
  out.text(" ");
}

function pieceOf(random: u32): i32 {
  return (random & 1) == 0 ? 1 + ((random >> 1) & 7) : 1 + ((random >> 1) & 511);
}

function next(state: u32): u32 {
  state ^= state << 13;
  state ^= state >> 17;
  return state ^ (state << 5);
}

/** Reads the input as a stream of dialect `i`, in pieces of `piece` bytes, `times` times over; what is said is only measured. */
export function streamLoop(i: i32, length: i32, type: i32, piece: i32, times: i32): i64 {
  const callback = beginCallback();
  const arena = newArena(null, 0);
  const outer = enter(arena);
  const call = new CallRequest();
  call.isStreaming = true;
  const reader = REGISTRY.formats[i].readStream(call, new Head(TYPES[type]), new Sums(false));
  for (let n = 0; n < times; n++)
    for (let at = 0; at < length; at += piece) reader.feed(input, at, min(at + piece, length));
  const bytes = reader.facts.textBytes;
  leave(outer);
  release(arena);
  endCallback(callback);
  return bytes;
}
