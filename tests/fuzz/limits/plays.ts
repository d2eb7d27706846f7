import { deepEqual, equal, ok } from "node:assert/strict";
import type { Random } from "../wire/random";
import { type Held, Model, TOKEN } from "./model";
import { ALGORITHMS, type LimitSpec, VERDICTS, Worker } from "./module";
import { slotsOf } from "./pages";
import { SharedMap } from "./shared-map";

const CONSUMERS = ["anna", "bob", "Ünïcode", ""];
const MODELS = ["gpt-4o", "gpt-5"];
const TEAMS = ["red", "blue"];
const WINDOWS_MS = [1_000n, 7_000n, 60_000n, 3_600_000n, 86_400_000n, 31n * 86_400_000n];
/** A quarter of a second before a month ends in UTC, and other times. */
const BEGINNINGS = [1_709_251_199_750n, 1_700_000_000_000n, 1_735_689_599_999n, 86_399_999n];

/** A grant of the module, and the model's of the same call. */
interface Call {
  readonly worker: Worker;
  readonly id: number;
  readonly held: Held;
}

/** Some workers over one shared map, the model beside them, and a clock. */
class Gateway {
  readonly shared = new SharedMap();
  readonly limits: LimitSpec[];
  readonly workers: Worker[];
  readonly model: Model;
  readonly calls: Call[] = [];
  now: bigint;
  #lastId = 0;

  constructor(
    readonly random: Random,
    module: WebAssembly.Module,
  ) {
    this.limits = Array.from({ length: 1 + random.below(4) }, () => anyLimit(random));
    this.workers = Array.from({ length: 1 + random.below(3) }, () => new Worker(module, this.shared, this.limits));
    this.model = new Model(this.limits);
    this.now = random.pick(BEGINNINGS);
  }

  nextId(): number {
    return ++this.#lastId;
  }

  anyValues(): string[] {
    return [this.random.pick(CONSUMERS), this.random.pick(MODELS), this.random.pick(TEAMS)];
  }

  /** About as much as the least limit has, mostly some part of it. */
  anyAmount(): bigint {
    const least = this.limits.reduce((least, { tokens }) => (tokens < least ? tokens : least), 1n << 40n);
    const part = this.random.pick([4, 10, 50, 300]);
    const amount = (least * TOKEN * BigInt(this.random.below(1 << 20))) / BigInt(part << 18);
    return this.random.oneIn(20) ? 0n : amount;
  }

  /** Lets some time pass, mostly little. */
  pass(): void {
    const { random } = this;
    const { windowMs } = random.pick(this.limits);
    const whole = random.pick([0n, 3n, 40n, 500n, windowMs / 7n, windowMs, 310_000n]);
    if (!random.oneIn(3)) this.now += (whole * BigInt(random.below(1001))) / 1000n;
  }

  pickCall(): Call | undefined {
    return this.calls.length > 0 ? this.random.pick(this.calls) : undefined;
  }

  close(call: Call): void {
    call.worker.exports.forget(call.id);
    this.calls.splice(this.calls.indexOf(call), 1);
  }
}

function anyLimit(random: Random): LimitSpec {
  const tokens = random.oneIn(15) ? 1_000_000_000_000n : BigInt(1 + random.below(random.pick([3, 200, 20_000])));
  return {
    algorithm: random.pick(ALGORITHMS),
    tokens,
    windowMs: random.pick(WINDOWS_MS),
    parts: random.below(8),
    burst: random.oneIn(2) ? 0n : BigInt(1 + random.below(30_000)),
  };
}

/**
 * One step after the other, on any worker; some writes fail as if another worker had been faster. All answers are the model's, to the
 * millionth of a token and the millisecond. Returns how many writes failed.
 */
export function playExactly(random: Random, module: WebAssembly.Module, steps: number): number {
  const gateway = new Gateway(random, module);
  const { model, shared } = gateway;
  const [failing, limits] = [random.pick([0, 2, 3, 10]), gateway.limits];
  let inARow = 0;
  // Never so often that a reservation gives up; and who fails to write the secret finds another's.
  shared.interfere = (key) => {
    inARow = !key.endsWith("secret") && failing > 0 && inARow < 6 && random.oneIn(failing) ? inARow + 1 : 0;
    return inARow > 0;
  };
  for (let step = 0; step < steps; step++) {
    gateway.pass();
    const { now } = gateway;
    const call = gateway.pickCall();
    const kind = random.below(10);
    if (!call || kind < 4) {
      const worker = random.pick(gateway.workers);
      const values = gateway.anyValues();
      const [least, more] = [gateway.anyAmount(), random.oneIn(2) ? gateway.anyAmount() : 0n];
      const counters = model.countersOf(values);
      const waits = counters.map((counter) => Model.freeAfter(counter, now, least));
      const isTooLarge = counters.some(({ spending }) => least > spending.bound);
      const held = model.admit(values, now, least, least + more);
      worker.setValues(values);
      const { exports } = worker;
      const id = gateway.nextId();
      equal(exports.admit(id, now, least, least + more) !== 0, held !== null, "granted");
      equal(VERDICTS[exports.lastVerdict()], held ? "granted" : isTooLarge ? "tooLarge" : "spent");
      deepEqual(
        limits.map((_, i) => exports.lastFree(i)),
        counters.map((counter) => Model.free(counter, now)),
        "free",
      );
      deepEqual(
        limits.map((_, i) => exports.lastResetMs(i)),
        counters.map((counter) => Model.freeAfter(counter, now, counter.spending.bound)),
        "reset",
      );
      if (held) {
        equal(exports.reserved(id), held.reserved, "reserved");
        equal(exports.lastWaitMs(), 0n);
        gateway.calls.push({ worker, id, held });
      } else {
        const wait = waits.includes(-1n) ? -1n : waits.reduce((a, b) => (a > b ? a : b));
        equal(exports.lastWaitMs(), wait, "wait");
        equal(waits[exports.lastLimit()], wait, "the limit that refuses longest");
      }
    } else if (kind < 7) {
      const amount = call.held.reserved + (random.oneIn(2) ? gateway.anyAmount() : -1n);
      equal(call.worker.exports.meter(call.id, amount, now) !== 0, Model.meter(call.held, amount, now), "metered");
      equal(call.worker.exports.reserved(call.id), call.held.state === "closed" ? 0n : call.held.reserved);
    } else {
      const { exports } = call.worker;
      if (random.oneIn(4)) equal(exports.refund(call.id, now) !== 0, Model.settle(call.held, 0n, now), "refunded");
      else {
        const most = random.oneIn(4) ? call.held.reserved * 2n : call.held.reserved;
        const amount = (most * BigInt(random.below(1001))) / 1000n;
        equal(exports.settle(call.id, amount, now) !== 0, Model.settle(call.held, amount, now), "settled");
      }
      if (!random.oneIn(3)) gateway.close(call);
    }
    if (step % 32 === 0) for (const { spending } of model.all()) spending.prune(now);
  }
  for (const call of [...gateway.calls]) {
    call.worker.exports.refund(call.id, gateway.now);
    gateway.close(call);
  }
  expectNothingHeld(gateway);
  return shared.mismatches;
}

/**
 * Workers whose steps run inside of each other's: between the reading and the writing of a page another worker admits, meters and
 * settles. Then there is no one order of steps to compare with, but: no grant is given beyond a bound, nothing that was spent is lost,
 * and nothing stays held.
 */
export function playRaced(random: Random, module: WebAssembly.Module, steps: number): number {
  const gateway = new Gateway(random, module);
  const { model, shared } = gateway;
  const busy = new Set<Worker>();
  const isBound = (held: Held): void => {
    for (const counter of held.counters)
      ok(Model.free(counter, gateway.now) >= 0n, `beyond the bound by ${-Model.free(counter, gateway.now)}`);
  };
  const step = (): void => {
    const idle = gateway.workers.filter((worker) => !busy.has(worker));
    if (idle.length === 0) return;
    const worker = random.pick(idle);
    busy.add(worker);
    const { exports } = worker;
    const call = random.oneIn(2) ? undefined : gateway.calls.find((one) => one.worker === worker);
    const { now } = gateway;
    if (!call) {
      const values = gateway.anyValues();
      const [least, id] = [gateway.anyAmount(), gateway.nextId()];
      worker.setValues(values);
      if (exports.admit(id, now, least, least * 2n) !== 0) {
        const held = Model.hold(model.countersOf(values), exports.reserved(id), now);
        ok(held.reserved >= least && held.reserved <= least * 2n);
        gateway.calls.push({ worker, id, held });
        isBound(held);
      }
    } else if (random.oneIn(3)) {
      const { held } = call;
      exports.meter(call.id, held.reserved + gateway.anyAmount(), now);
      held.reserved = exports.reserved(call.id);
      isBound(held);
    } else {
      // It leaves the list first: steps inside of this one must not take it. What it does not spend is free from its first page on.
      gateway.calls.splice(gateway.calls.indexOf(call), 1);
      const amount = (call.held.reserved * BigInt(random.below(1001))) / 1000n;
      call.held.reserved = amount;
      equal(exports.settle(call.id, amount, now), 1);
      Model.settle(call.held, amount, now);
      equal(exports.settle(call.id, amount, now), 0, "a grant is settled once");
      exports.forget(call.id);
    }
    busy.delete(worker);
  };
  let depth = 0;
  shared.interfere = () => {
    if (depth < 3 && random.oneIn(3)) {
      depth++;
      step();
      depth--;
    }
    return false;
  };
  for (let i = 0; i < steps; i++) {
    // All within one lease: a lease that ends while a grant is open lets go of it, which is another play's matter.
    if (random.oneIn(3)) gateway.now += BigInt(random.below(700));
    step();
  }
  shared.interfere = () => false;
  const { now } = gateway;
  // What the pages say is spent is what was settled: nobody's writing was lost.
  for (const call of [...gateway.calls]) {
    ok(call.worker.exports.settle(call.id, call.held.reserved, now));
    Model.settle(call.held, call.held.reserved, now);
    gateway.close(call);
  }
  expectNothingHeld(gateway);
  for (const consumer of CONSUMERS)
    for (const name of MODELS)
      for (const team of TEAMS) {
        const worker = random.pick(gateway.workers);
        worker.setValues([consumer, name, team]);
        worker.exports.look(now, 0n);
        deepEqual(
          gateway.limits.map((_, i) => worker.exports.lastFree(i)),
          model.countersOf([consumer, name, team]).map((counter) => Model.free(counter, now)),
        );
      }
  return shared.mismatches;
}

/**
 * Workers whose clocks differ, and are set back now and then. No window has more than its budget, however often it is visited, nothing
 * stays held, and nothing traps.
 */
export function playSkewed(random: Random, module: WebAssembly.Module, steps: number): number {
  const gateway = new Gateway(random, module);
  const { shared, limits } = gateway;
  const isSetBack = random.oneIn(2);
  const [begin, spent] = [gateway.now, new Map<string, bigint>()];
  let latest = begin;
  for (let i = 0; i < steps; i++) {
    gateway.pass();
    if (isSetBack && random.oneIn(40)) gateway.now -= BigInt(random.below(1 << 30)) * BigInt(random.below(1000));
    if (gateway.now < 0n) gateway.now = 0n;
    const now = gateway.now + BigInt(random.below(400));
    if (now > latest) latest = now;
    const call = gateway.pickCall();
    if (!call || random.oneIn(2)) {
      const worker = random.pick(gateway.workers);
      const [values, least, id] = [gateway.anyValues(), gateway.anyAmount(), gateway.nextId()];
      worker.setValues(values);
      if (worker.exports.admit(id, now, least, least) !== 0)
        gateway.calls.push({ worker, id, held: Model.hold(gateway.model.countersOf(values), least, now) });
      else ok(worker.exports.lastWaitMs() !== 0n, "a refusal says for how long");
    } else {
      const amount = random.oneIn(3) ? 0n : call.held.reserved;
      ok(call.worker.exports.settle(call.id, amount, now));
      call.held.counters.forEach((counter, i) => {
        const key = `${i} ${JSON.stringify([...gateway.model.all()].indexOf(counter))}`;
        spent.set(key, (spent.get(key) ?? 0n) + amount);
      });
      // What outlived its lease may be spent beyond the budget: that is not this play's matter.
      Model.settle(call.held, amount, now);
      gateway.close(call);
    }
  }
  if (!isSetBack && latest - begin < 280_000n)
    for (const [key, amount] of spent) {
      const { algorithm, windowMs, tokens, burst } = limits[Number(key.split(" ")[0])] as LimitSpec;
      const bound = algorithm === "tokenBucket" && burst > 0n ? burst : tokens;
      const windows = latest / windowMs - begin / windowMs + 1n;
      const most = algorithm === "tokenBucket" ? bound + (tokens * (latest - begin)) / windowMs + 1n : bound * windows;
      ok(amount <= most * TOKEN, `${algorithm}: ${amount} of ${most * TOKEN}`);
    }
  for (const call of [...gateway.calls]) {
    call.worker.exports.settle(call.id, 0n, gateway.now);
    gateway.close(call);
  }
  expectNothingHeldLater(gateway);
  return shared.mismatches;
}

/** With all calls settled, no slot holds anything. */
function expectNothingHeld({ shared, workers }: Gateway): void {
  for (const { exports } of workers) equal(exports.lost(), 0, "every settlement was written");
  deepEqual(
    slotsOf(shared).filter(({ held }) => held !== 0n),
    [],
    "something stays held",
  );
}

/** The same two leases later, after clocks that differed: then every key has all of its bound again once it is asked. */
function expectNothingHeldLater(gateway: Gateway): void {
  const { workers, limits, random } = gateway;
  const later = gateway.now + 800n * 86_400_000n * 366n;
  const worker = random.pick(workers);
  worker.setValues(gateway.anyValues());
  worker.exports.look(later, 0n);
  limits.forEach(({ algorithm, tokens, burst }, i) => {
    const bound = algorithm === "tokenBucket" && burst > 0n ? burst : tokens;
    const rate = algorithm === "tokenBucket" && tokens < burst;
    if (!rate) equal(worker.exports.lastFree(i), bound * TOKEN, "all is free in the end");
  });
}
