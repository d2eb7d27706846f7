/** tokenRateLimit: budgets that are reserved before a call, watched while it streams, and settled to what it was. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { get_encoding } from "tiktoken";
import { Envoy } from "./host/envoy.ts";
import { ANSWER, type Plan, run, type Seen } from "./host/exchange.ts";
import { moduleOf, VARIANTS } from "./host/modules.ts";
import { chatStream } from "./host/streams.ts";

const o200k = get_encoding("o200k_base");
const count = (text: string): number => o200k.encode(text, [], []).length;
const EVENTS = { "content-type": "text/event-stream" };
const CONSUMER = [{ header: "x-consumer" }];

interface Limit {
  name?: string;
  tokens: number;
  window?: string;
  algorithm?: string;
  key?: string[];
}

function config(limits: Limit[], more: object = {}): object {
  const all = limits.map((limit, i) => ({
    name: `limit-${i}`,
    key: ["consumer"],
    window: "1m",
    algorithm: "fixedWindow",
    ...limit,
  }));
  return { consumer: CONSUMER, processors: [{ type: "tokenCount" }, { type: "tokenRateLimit", limits: all, ...more }] };
}

const QUESTION = { model: "gpt-4o", messages: [{ role: "user", content: "Say hello." }] };
const INPUT = 3 + 1 + count("Say hello.") + 3;

/** One whole call of `consumer`, answered with so many output tokens. */
function call(envoy: Envoy, consumer: string, output: number, body: object = {}, more: Plan = {}): Seen {
  const usage = { prompt_tokens: INPUT, completion_tokens: output, total_tokens: INPUT + output };
  return run(envoy, {
    request: { headers: { "x-consumer": consumer }, body: { ...QUESTION, ...body } },
    response: { body: { ...ANSWER, usage } },
    ...more,
  });
}

async function start(
  limits: Limit[],
  more: object = {},
  variant: "release" | "checked" | "collected" = "release",
): Promise<Envoy> {
  return Envoy.start(await moduleOf(variant), config(limits, more));
}

const remaining = (seen: Seen): number => Number(seen.client.headers?.["x-ratelimit-remaining-tokens"]);

for (const variant of VARIANTS) {
  test(`a budget holds to the token, for each consumer apart, and is free again in the next window (${variant})`, async () => {
    const envoy = await start([{ tokens: 100 }], { reserve: "none" }, variant);
    for (let spent = 0; spent + INPUT <= 100; spent += INPUT + 10) assert.equal(call(envoy, "a", 10).status, 200);
    const refused = call(envoy, "a", 10);
    assert.equal(refused.status, 429);
    assert.equal(refused.upstream.body, "");
    assert.equal(refused.state["weir.refusal"], "tokenRateLimit.token_rate_limit_exceeded");
    assert.equal(call(envoy, "b", 10).status, 200);
    envoy.advance(60_000);
    assert.equal(call(envoy, "a", 10).status, 200);
  });
}

test("a refusal says which budget, how large it is and when to come back, as the official SDKs read it", async () => {
  const envoy = await start([{ name: "minute", tokens: 30 }], { reserve: "none" });
  call(envoy, "a", 25);
  const { client } = call(envoy, "a", 1);
  const { error } = JSON.parse(client.body) as { error: Record<string, string> };
  assert.equal(error.code, "token_rate_limit_exceeded");
  assert.equal(error.type, "rate_limit_error");
  assert.match(error.message ?? "", /^Token budget 'minute' is spent: 30 tokens per 1m\. Try again in \d+s\.$/);
  const retry = Number(client.headers?.["retry-after"]);
  assert.ok(retry >= 1 && retry <= 60);
  assert.equal(client.headers?.["x-ratelimit-limit-tokens"], "30");
  assert.equal(client.headers?.["x-ratelimit-remaining-tokens"], "0");
  assert.equal(client.headers?.["ratelimit-policy"], '"minute";q=30;w=60');
  assert.match(client.headers?.["ratelimit"] ?? "", /^"minute";r=0;t=\d+$/);
});

test("every answer says how the budget stands", async () => {
  const envoy = await start([{ name: "minute", tokens: 1000 }], { reserve: "none" });
  assert.equal(remaining(call(envoy, "a", 100)), 1000 - INPUT);
  assert.equal(remaining(call(envoy, "a", 100)), 1000 - INPUT - 100 - INPUT);
});

test("a call that needs more than there ever is is told so, and not to try again", async () => {
  const envoy = await start([{ tokens: 5 }], { reserve: "none" });
  const { client, status } = call(envoy, "a", 1);
  assert.equal(status, 429);
  assert.match(client.body, /needs more than token budget 'limit-0' ever has/);
  assert.equal(client.headers?.["x-should-retry"], "false");
});

test("all limits must admit a call, and one that refuses takes nothing of the others", async () => {
  const envoy = await start([{ tokens: 1000 }, { tokens: 35, key: ["model"], window: "1h" }], { reserve: "none" });
  assert.equal(call(envoy, "a", 20).status, 200);
  assert.equal(call(envoy, "b", 20).status, 429);
  envoy.advance(60_000);
  assert.equal(call(envoy, "b", 20).status, 429);
  assert.equal(remaining(call(envoy, "b", 20, { model: "gpt-4o-mini" })), 35 - INPUT);
});

test("what a request allows is held until it is settled, so calls at the same time cannot spend it twice", async () => {
  const envoy = await start([{ tokens: 200 }], { reserve: "maximum", clampMaxTokens: false });
  const body = { ...QUESTION, max_tokens: 100 };
  const first = envoy.openStream({});
  const headers = {
    ":method": "POST",
    ":path": "/v1/chat/completions",
    "content-type": "application/json",
    "x-consumer": "a",
  };
  first.requestHeaders(headers);
  first.requestBody(Buffer.from(JSON.stringify(body)), true);
  assert.equal(call(envoy, "a", 1, { max_tokens: 100 }).status, 429);
  first.clientReset();
  assert.equal(call(envoy, "a", 1, { max_tokens: 100 }).status, 200);
});

test("a request's bound is lowered to what the budget can pay, or one is set", async () => {
  const envoy = await start([{ tokens: 100 }], { reserve: "maximum" });
  const sent = (seen: Seen): Record<string, unknown> => JSON.parse(seen.upstream.body) as Record<string, unknown>;
  const lowered = call(envoy, "a", 5, { max_tokens: 5000 });
  assert.deepEqual(sent(lowered), { ...QUESTION, max_tokens: 100 - INPUT });
  assert.deepEqual(sent(call(envoy, "b", 5)), { ...QUESTION, max_tokens: 100 - INPUT });
  assert.deepEqual(sent(call(envoy, "c", 5, { max_tokens: 7 })), { ...QUESTION, max_tokens: 7 });
  assert.deepEqual(sent(call(envoy, "d", 5, { max_tokens: null })), { ...QUESTION, max_tokens: 100 - INPUT });
  assert.deepEqual(sent(call(envoy, "e", 5, { max_tokens: 5000, n: 3 })), { ...QUESTION, max_tokens: 30, n: 3 });
  const newer = call(envoy, "f", 5, { model: "o3-mini" });
  assert.ok(Number(sent(newer).max_completion_tokens) > 0);
});

test("a stream is ended, validly, when the budget runs out, and charged what it had", async () => {
  const envoy = await start([{ tokens: 30 }], { reserve: "none", clampMaxTokens: false });
  const texts = Array.from({ length: 60 }, (_, i) => ` word${i}`);
  const seen = run(envoy, {
    request: {
      headers: { "x-consumer": "a" },
      body: { ...QUESTION, stream: true, stream_options: { include_usage: true } },
    },
    response: { headers: EVENTS, body: chatStream({ texts }), cut: everyEvent(chatStream({ texts })) },
  });
  assert.equal(seen.state["weir.outcome"], "cut_off");
  const events = seen.client.body
    .split("\n\n")
    .filter((text) => text.startsWith("data: {"))
    .map((text) => JSON.parse(text.slice(6)) as Chunk);
  const text = events.map((event) => event.choices[0]?.delta?.content ?? "").join("");
  const output = count(text);
  // The piece that goes over, and the one before it was noticed.
  assert.ok(INPUT + output >= 30 && INPUT + output <= 30 + 2 * count(" word10"), `${INPUT} + ${output}`);
  assert.match(seen.client.body, /"finish_reason":"length"/);
  assert.match(seen.client.body, /data: \[DONE\]\n\n$/);
  assert.equal(events.at(-1)?.usage?.completion_tokens, output);
  assert.equal(seen.state["gen_ai.usage.output_tokens"], String(output));
  assert.equal(call(envoy, "a", 1).status, 429);
});

test("calls that failed, or were refused, cost nothing", async () => {
  const envoy = await start([{ tokens: 60 }], { reserve: "maximum" });
  for (let i = 0; i < 10; i++)
    call(
      envoy,
      "a",
      1,
      {},
      { request: { headers: { "x-consumer": "a" }, body: QUESTION }, response: { status: 500, body: { error: {} } } },
    );
  assert.equal(remaining(call(envoy, "a", 1, { max_tokens: 10 })), 60 - INPUT);
});

test("weights make cached input cheap and output dear", async () => {
  const envoy = await start([{ tokens: 1000 }], {
    reserve: "none",
    weights: { input: 1, cachedInput: 0.1, output: 4, reasoning: 8 },
  });
  const usage = {
    prompt_tokens: 100,
    completion_tokens: 20,
    prompt_tokens_details: { cached_tokens: 90 },
    completion_tokens_details: { reasoning_tokens: 5 },
  };
  call(
    envoy,
    "a",
    0,
    {},
    { request: { headers: { "x-consumer": "a" }, body: QUESTION }, response: { body: { ...ANSWER, usage } } },
  );
  assert.equal(remaining(call(envoy, "a", 0)), Math.floor(1000 - (10 + 9 + 15 * 4 + 5 * 8) - INPUT));
});

test("observing refuses and changes nothing, and tells what would have happened", async () => {
  const envoy = await start([{ tokens: 30 }], { reserve: "none", mode: "observe" });
  const body = { max_tokens: 5000 };
  for (let i = 0; i < 3; i++) {
    const seen = call(envoy, "a", 20, body);
    assert.equal(seen.status, 200);
    assert.deepEqual(JSON.parse(seen.upstream.body), { ...QUESTION, ...body });
    assert.equal(seen.client.headers?.["x-ratelimit-limit-tokens"], undefined);
    assert.equal(seen.state["weir.observed"], i === 0 ? undefined : "tokenRateLimit.token_rate_limit_exceeded");
  }
});

test("what was spent is still spent after a change of configuration", async () => {
  const envoy = await start([{ tokens: 100 }], { reserve: "none" });
  call(envoy, "a", 50);
  envoy.addPlugin(config([{ tokens: 200 }], { reserve: "none" }));
  assert.equal(remaining(call(envoy, "a", 1)), 200 - INPUT - 50 - INPUT);
});

test("shared data that cannot be written is a failure, and the failure mode decides", async () => {
  for (const [failureMode, status] of [
    ["closed", 503],
    ["open", 200],
  ] as const) {
    const envoy = await start([{ tokens: 100 }], { reserve: "none", failureMode });
    envoy.refusesSharedData = true;
    const seen = call(envoy, "a", 1);
    assert.equal(seen.status, status);
  }
});

test("a header, the address and the operation can be part of the key", async () => {
  const envoy = await start([{ tokens: 30, key: ["header:x-team", "operation", "provider", "address"] }], {
    reserve: "none",
  });
  const ask = (team: string): number =>
    call(
      envoy,
      "a",
      20,
      {},
      {
        request: { headers: { "x-team": team }, body: QUESTION },
        response: { body: { ...ANSWER, usage: { prompt_tokens: INPUT, completion_tokens: 20 } } },
      },
    ).status;
  assert.deepEqual([ask("x"), ask("x"), ask("y"), ask("y")], [200, 429, 200, 429]);
});

interface Chunk {
  choices: { delta?: { content?: string } }[];
  usage?: { completion_tokens: number };
}

/** Where each event ends. */
function everyEvent(body: string): number[] {
  const bytes = Buffer.from(body);
  const ends: number[] = [];
  for (let at = bytes.indexOf("\n\n"); at >= 0; at = bytes.indexOf("\n\n", at + 2)) ends.push(at + 2);
  return ends;
}
