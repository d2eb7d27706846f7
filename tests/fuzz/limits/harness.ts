/** The limiter as a small module over the proxy's shared data, for scripts: one instance is one worker. */
// First: what is made at start-up needs an arena to be in.
import { Arena, beginCallback, endCallback, enter, leave, newArena, release } from "../../../assembly/memory/arena";
import "../../../assembly/abi/abort";
import { Bytes } from "../../../assembly/bytes/bytes";
import { hostBuffer } from "../../../assembly/memory/arena";
import { EnvoyHost } from "../../../assembly/host/envoy";
import { Grant } from "../../../assembly/limits/grant";
import { FixedWindow } from "../../../assembly/limits/fixed-window";
import { Algorithm, Limit } from "../../../assembly/limits/limit";
import { Limiter } from "../../../assembly/limits/limiter";
import { SlidingWindow } from "../../../assembly/limits/sliding-window";
import { Standing } from "../../../assembly/limits/standing";
import { TokenBucket } from "../../../assembly/limits/token-bucket";
import { ContextTable } from "../../../assembly/memory/contexts";

/** A grant and the arena that it lives in, as a stream has them. */
class Call {
  constructor(
    readonly grant: Grant,
    readonly arena: Arena,
  ) {}
}

const PARTS = ["consumer", "model", "header:x-team"];
/** Room for each part's value. */
const TEXT_BYTES = 64;

const text = Bytes.of(new ArrayBuffer(TEXT_BYTES * PARTS.length));
const host = new EnvoyHost();
const limits: Limit[] = [];
const limiters = new ContextTable<Limiter>();
const calls = new ContextTable<Call>();
const lengths = new StaticArray<i32>(PARTS.length);
/** The names of consumers that `lives` uses instead of the texts. */
const names: string[] = [];
let named: i32 = -1;

/** Where texts are written to. */
export function textAddress(): usize {
  return text.address(0);
}

/** Memory for the host to write into. */
export function malloc(size: usize): usize {
  return hostBuffer(size);
}

/** One more limit; bit i of `parts` is for part i. */
export function addLimit(algorithm: Algorithm, name: i32, tokens: i64, windowMs: i64, parts: i32, burst: i64): void {
  const names: string[] = [];
  for (let i = 0; i < PARTS.length; i++) if (parts & (1 << i)) names.push(PARTS[i]);
  const id = "limit" + name.toString();
  if (algorithm == Algorithm.FixedWindow) limits.push(new FixedWindow(id, tokens, windowMs, names));
  else if (algorithm == Algorithm.SlidingWindow) limits.push(new SlidingWindow(id, tokens, windowMs, names));
  else limits.push(new TokenBucket(id, tokens, windowMs, names, burst));
}

/** Limits are complete. */
export function start(seed0: u64, seed1: u64): void {
  limiters.set(1, new Limiter(host, "fuzz", limits, seed0, seed1));
}

/** The value of a part of the keys: the first `length` bytes of its room in the text. */
export function setLength(part: i32, length: i32): void {
  lengths[part] = length;
}

// What the last admission said.
let verdict: i32 = 0;
let waitMs: i64 = 0;
let refusing: i32 = 0;
const remaining = new StaticArray<i64>(16);
const resets = new StaticArray<i64>(16);

/** Asks for a part of the budgets; whether there is a grant, which is then `call`. */
export function admit(call: u32, now: i64, least: i64, most: i64): bool {
  const limiter = limiters.get(1);
  if (!limiter) return false;
  const outermost = beginCallback();
  const arena = newArena(null, 0);
  const outer = enter(arena);
  const admission = limiter.admit(ordered(limiter), now, least, most);
  verdict = admission.verdict;
  tell(admission.standing);
  const grant = admission.grant;
  if (grant) calls.set(call, new Call(grant, arena));
  else release(arena);
  leave(outer);
  endCallback(outermost);
  return grant != null;
}

/** Asks how the limits stand. */
export function look(now: i64, amount: i64): i32 {
  const limiter = limiters.get(1);
  if (!limiter) return -1;
  const outermost = beginCallback();
  const admission = limiter.look(ordered(limiter), now, amount);
  verdict = admission.verdict;
  tell(admission.standing);
  endCallback(outermost);
  return verdict;
}

function ordered(limiter: Limiter): string[] {
  const parts = limiter.parts;
  const own = new Array<string>(parts.length);
  for (let i = 0; i < parts.length; i++) {
    const part = PARTS.indexOf(parts[i]);
    const at = part * TEXT_BYTES;
    own[i] = named < 0 ? text.slice(at, at + lengths[part]).toString() : part == 0 ? names[named] : "model";
  }
  return own;
}

function tell(standing: Standing): void {
  waitMs = standing.waitMs;
  refusing = standing.limit;
  for (let i = 0; i < limits.length; i++) {
    remaining[i] = standing.freeAmount(i);
    resets[i] = standing.resetMs(i);
  }
}

export function lastVerdict(): i32 {
  return verdict;
}

export function lastWaitMs(): i64 {
  return waitMs;
}

export function lastLimit(): i32 {
  return refusing;
}

export function lastFree(limit: i32): i64 {
  return remaining[limit];
}

export function lastResetMs(limit: i32): i64 {
  return resets[limit];
}

export function reserved(call: u32): i64 {
  const found = calls.get(call);
  return found ? found.grant.reserved : 0;
}

export function meter(call: u32, amount: i64, now: i64): bool {
  const found = calls.get(call);
  if (!found) return false;
  const outermost = beginCallback();
  const outer = enter(found.arena);
  const answer = found.grant.meter(amount, now);
  leave(outer);
  endCallback(outermost);
  return answer;
}

export function settle(call: u32, amount: i64, now: i64): bool {
  const found = calls.get(call);
  if (!found) return false;
  const outermost = beginCallback();
  const outer = enter(found.arena);
  const answer = found.grant.settle(amount, now);
  leave(outer);
  endCallback(outermost);
  return answer;
}

export function refund(call: u32, now: i64): bool {
  const found = calls.get(call);
  if (!found) return false;
  const outermost = beginCallback();
  const answer = found.grant.refund(now);
  endCallback(outermost);
  return answer;
}

/** The stream is over: its memory goes. */
export function forget(call: u32): void {
  const found = calls.get(call);
  if (!found) return;
  const outermost = beginCallback();
  calls.delete(call);
  release(found.arena);
  endCallback(outermost);
}

export function lost(): i32 {
  const limiter = limiters.get(1);
  return limiter ? limiter.ledger.lost : 0;
}

/** Makes the names of consumers for `lives`, before anything else happens. */
export function nameConsumers(keys: i32): void {
  for (let i = 0; i < keys; i++) names.push("consumer-" + i.toString());
}

/** A benchmark's round: so many calls, of one consumer after another, each admitted and settled. Returns how many were granted. */
export function lives(first: i32, count: i32, now: i64): i32 {
  let granted = 0;
  for (let i = 0; i < count; i++) {
    named = (first + i) % names.length;
    if (!admit(1, now, 500000000, 1000000000)) continue;
    granted++;
    settle(1, 700000000, now + 1);
    forget(1);
  }
  return granted;
}
