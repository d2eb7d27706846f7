import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { gunzipSync } from "node:zlib";
import { type Provider, startProvider } from "../../demo/provider.ts";
import { callHttp1, callHttp2, chat, type Seen } from "./client.ts";

/** The demo provider by itself: the other tests trust what it does. */

let provider: Provider;
before(async () => {
  provider = await startProvider({ keep: true });
});
after(async () => await provider?.stop());

const ask = (more: object = {}, headers: Record<string, string> = {}): Promise<Seen> =>
  callHttp1(provider.port, chat(more, headers));

interface Whole {
  choices: { message: { content: string | null; tool_calls?: unknown[] }; finish_reason: string }[];
  usage: { prompt_tokens: number; completion_tokens: number; total_tokens: number };
  error: { code: string | null; type: string; param: string | null };
}

const wholeOf = (seen: Seen): Whole => JSON.parse(seen.body.toString()) as Whole;

test("the same request gets the same bytes, another seed another text", async () => {
  const [first, second, other] = [await ask(), await ask(), await ask({}, { "x-demo-seed": "other" })];
  assert.ok(first.body.equals(second.body));
  assert.notEqual(textOf(first), textOf(other));
});

test("a stream has the role first, then the text of the whole answer, the reason it ended, and [DONE]", async () => {
  const seen = await ask({ stream: true });
  const events = eventsOf(seen);
  assert.equal(events.pop(), "[DONE]");
  const chunks = events.map(
    (event) =>
      JSON.parse(event) as { choices: { delta: { role?: string; content?: string }; finish_reason: string | null }[] },
  );
  assert.equal(chunks[0]?.choices[0]?.delta.role, "assistant");
  assert.equal(chunks.at(-1)?.choices[0]?.finish_reason, "stop");
  assert.equal(chunks.map((chunk) => chunk.choices[0]?.delta.content ?? "").join(""), textOf(await ask()));
  assert.ok(events.every((event) => !event.includes("usage")));
});

test("with include_usage the last chunk has usage and no choices, and all others have null", async () => {
  const events = eventsOf(await ask({ stream: true, stream_options: { include_usage: true } }));
  const chunks = events.slice(0, -1).map((event) => JSON.parse(event) as { choices: unknown[]; usage: unknown });
  const last = chunks.pop();
  assert.deepEqual([last?.choices, last?.usage], [[], wholeOf(await ask()).usage]);
  assert.ok(chunks.length > 2 && chunks.every((chunk) => chunk.usage === null));
});

test("max_tokens and max_completion_tokens end the answer, and usage counts what was written", async () => {
  for (const limit of [{ max_tokens: 5 }, { max_completion_tokens: 5 }]) {
    const whole = wholeOf(await ask(limit));
    assert.deepEqual([whole.choices[0]?.finish_reason, whole.usage.completion_tokens], ["length", 5]);
    assert.equal(whole.choices[0]?.message.content?.split(/(?= )/).length, 5);
    assert.equal(whole.usage.total_tokens, whole.usage.prompt_tokens + 5);
  }
});

test("stop ends the answer before the text that was given", async () => {
  const text = textOf(await ask());
  const stop = text.slice(20, 24);
  const whole = wholeOf(await ask({ stop }));
  assert.equal(whole.choices[0]?.message.content, text.slice(0, text.indexOf(stop)));
});

test("n gives so many different choices", async () => {
  const texts = wholeOf(await ask({ n: 3 })).choices.map((choice) => choice.message.content);
  assert.equal(new Set(texts).size, 3);
});

test("a tool is called when a header or tool_choice asks for it", async () => {
  const tools = [{ type: "function", function: { name: "search" } }];
  for (const seen of [await ask({}, { "x-demo-tool": "search" }), await ask({ tools, tool_choice: "required" })]) {
    const choice = wholeOf(seen).choices[0];
    assert.deepEqual([choice?.finish_reason, choice?.message.content], ["tool_calls", null]);
    assert.match(JSON.stringify(choice?.message.tool_calls), /"name":"search","arguments":"\{\\"query/);
  }
});

test("errors have OpenAI's shape", async () => {
  const failed = await ask({}, { "x-demo-status": "429", "x-demo-retry-after": "3" });
  assert.deepEqual([failed.status, wholeOf(failed).error.code], [429, "rate_limit_exceeded"]);
  assert.equal(failed.headers["retry-after"], "3");
  assert.equal((await ask({ messages: [] })).status, 400);
  assert.equal(wholeOf(await ask({ max_tokens: 0 })).error.param, "max_tokens");
  assert.equal((await callHttp1(provider.port, { path: "/v1/nothing" })).status, 404);
});

test("a steering header that is not understood is said, not ignored", async () => {
  assert.equal((await ask({}, { "x-demo-chunks": "many" })).status, 400);
});

test("a reset before the headers, and one after some chunks, end the connection", async () => {
  const early = await ask({}, { "x-demo-reset": "before-headers" });
  assert.deepEqual([early.status, early.end], [0, "ECONNRESET"]);
  // RST takes what the client did not read yet with it: some of the three pieces, and no more, arrive.
  const late = await ask({ stream: true }, { "x-demo-reset": "3", "x-demo-chunk-delay-ms": "20" });
  assert.deepEqual([late.status, late.end], [200, "ECONNRESET"]);
  assert.ok(eventsOf(late).length <= 3);
});

test("gzip, splits and trailers change nothing but the transport", async () => {
  const plain = await ask({ stream: true });
  assert.ok(gunzipSync((await ask({ stream: true }, { "x-demo-encoding": "gzip" })).body).equals(plain.body));
  assert.ok((await ask({ stream: true }, { "x-demo-split": "7" })).body.equals(plain.body));
  const trailed = await ask({ stream: true }, { "x-demo-trailers": "x-a=1" });
  assert.ok(trailed.body.equals(plain.body));
  assert.equal(trailed.trailers["x-a"], "1");
});

test("usage and [DONE] are left out when asked", async () => {
  const events = eventsOf(
    await ask({ stream: true, stream_options: { include_usage: true } }, { "x-demo-omit": "usage,done" }),
  );
  assert.ok(events.every((event) => event !== "[DONE]" && !event.includes("usage")));
});

test("a recording is given again byte for byte", async () => {
  provider.replay("one", {
    status: 418,
    headers: { "Content-Type": "text/plain", "X-Own": ["a", "b"] },
    body: "ä\r\n",
  });
  const seen = await ask({}, { "x-demo-replay": "one" });
  assert.deepEqual([seen.status, seen.body.toString(), seen.headers["x-own"]], [418, "ä\r\n", "a, b"]);
});

test("HTTP/2 gives the same answer", async () => {
  const other = await startProvider({ protocol: "HTTP/2" });
  try {
    const seen = await callHttp2(other.port, chat({ stream: true }));
    assert.ok(seen.body.equals((await ask({ stream: true })).body));
    const reset = await callHttp2(other.port, chat({ stream: true }, { "x-demo-reset": "2" }));
    assert.match(reset.end, /NGHTTP2_INTERNAL_ERROR|reset 2/);
  } finally {
    await other.stop();
  }
});

function eventsOf(seen: Seen): string[] {
  return [...seen.body.toString().matchAll(/^data: (.*)$/gm)].map((match) => match[1] ?? "");
}

function textOf(seen: Seen): string {
  return wholeOf(seen).choices[0]?.message.content ?? "";
}
