/**
 * Streamed chat completions: the client sees exactly the stream that it would have had without Weir, wherever the network cuts it,
 * and the provider's report of usage is read.
 */
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { everyByte, everyCut, everyPair } from "./host/cuts.ts";
import { exchange, QUESTION, type Seen } from "./host/exchange.ts";
import { asEvents, chatStream, USAGE } from "./host/streams.ts";

const UNASKED = { ...QUESTION, stream: true };
const ASKED = { ...UNASKED, stream_options: { include_usage: true } };

const latin1 = (text: string): string => Buffer.from(text).toString("latin1");

/** Runs a streamed exchange; `stream` is what the provider sends. */
async function streamed(
  stream: string | Buffer,
  cut: readonly number[] = [],
  request: object = UNASKED,
): Promise<Seen> {
  const headers = { "content-type": "text/event-stream; charset=utf-8" };
  return exchange({ request: { body: request }, response: { body: stream, cut, headers } });
}

/** At every cut, and byte by byte, the client sees `expected`, and everything else is as it is uncut. */
async function alikeWhereverCut(stream: string, expected: string, request: object = UNASKED): Promise<Seen> {
  const whole = await streamed(stream, [], request);
  assert.equal(whole.client.body, latin1(expected));
  for (const cut of [...everyCut(stream), everyByte(stream)])
    assert.deepEqual(await streamed(stream, cut, request), whole, `cut at ${cut.join(", ").slice(0, 20)}`);
  return whole;
}

function usageOf({ state }: Seen): string {
  return `${state["weir.usage.source"]} ${state["gen_ai.usage.input_tokens"]}/${state["gen_ai.usage.output_tokens"]}`;
}

test("a client that asked for usage gets the provider's stream as it is", async () => {
  const stream = chatStream({ reports: true });
  const seen = await alikeWhereverCut(stream, stream, ASKED);
  assert.equal(usageOf(seen), "reported 19/10");
  assert.equal(seen.upstream.body, JSON.stringify(ASKED));
  assert.equal(seen.state["weir.usage.cached_input_tokens"], "4");
  assert.equal(seen.state["weir.usage.reasoning_tokens"], "6");
});

test("a client that did not ask gets the stream as the provider sends it to one that did not", async () => {
  const seen = await alikeWhereverCut(chatStream({ reports: true }), chatStream());
  assert.equal(usageOf(seen), "reported 19/10");
});

test("the report is taken out also where members follow it, as OpenAI's obfuscation does", async () => {
  const tail = ',"obfuscation":"x7"';
  await alikeWhereverCut(chatStream({ reports: true, tail }), chatStream({ tail }));
});

for (const [name, newline] of [
  ["CRLF", "\r\n"],
  ["CR", "\r"],
] as const) {
  test(`lines may end in ${name}`, async () => {
    const seen = await alikeWhereverCut(chatStream({ reports: true, newline }), chatStream({ newline }));
    assert.equal(usageOf(seen), "reported 19/10");
  });
}

test("a short stream is read alike wherever it is cut twice", async () => {
  const chunk = '{"choices":[{"index":0,"delta":{"content":"a"}}]';
  const report = `{"choices":[],"usage":{"prompt_tokens":5,"completion_tokens":7}}`;
  const stream = asEvents([`${chunk},"usage":null}`, report]);
  const expected = asEvents([`${chunk}}`]);
  for (const cut of everyPair(stream)) {
    const seen = await streamed(stream, cut);
    assert.equal(seen.client.body, expected, cut.join());
    assert.equal(usageOf(seen), "reported 5/7");
  }
});

test("a stream with CRLF is read alike wherever it is cut twice", async () => {
  const stream = asEvents(['{"choices":[],"usage":null}', '{"choices":[],"usage":{}}'], "\r\n");
  const expected = asEvents(['{"choices":[]}'], "\r\n");
  for (const cut of everyPair(stream)) assert.equal((await streamed(stream, cut)).client.body, expected, cut.join());
});

test("comments, names, identifiers and empty events pass as they are", async () => {
  const noise = ": ping\n\nevent: note\nid: 7\nretry: 10\ndata: free text\n\n\n\nunknown: field\n\n";
  await alikeWhereverCut(noise + chatStream({ reports: true }) + noise, noise + chatStream() + noise);
});

test("a byte order mark passes, and does not hide the first event", async () => {
  const mark = "\uFEFF";
  const seen = await alikeWhereverCut(mark + chatStream({ reports: true }), mark + chatStream());
  assert.equal(usageOf(seen), "reported 19/10");
});

test("data on several lines is one document", async () => {
  const report = JSON.stringify({ choices: [], usage: USAGE });
  const halves = report.indexOf('"usage"');
  const stream = `data: ${report.slice(0, halves)}\ndata: ${report.slice(halves)}\n\ndata: [DONE]\n\n`;
  const seen = await alikeWhereverCut(stream, "data: [DONE]\n\n");
  assert.equal(usageOf(seen), "reported 19/10");
});

test("an unasked null on several lines stays whole rather than be cut wrong", async () => {
  const stream = 'data: {"choices":[{"index":0,"delta":{}}]\ndata: ,"usage":null}\n\n';
  const { client } = await streamed(stream);
  const data = client.body.replace(/^data: /gm, "").trim();
  assert.doesNotThrow(() => JSON.parse(data) as unknown, client.body);
});

test("whitespace around the unasked member goes with it, and what is left is the same document", async () => {
  for (const member of [', "usage": null', ' ,\t"usage" :null', ',"usage":null ', ',"\\u0075sage":null']) {
    const chunk = `{"choices":[{"index":0,"delta":{"content":"a"}}]${member},"x":1}`;
    const seen = await alikeWhereverCut(asEvents([chunk]), (await streamed(asEvents([chunk]))).client.body.toString());
    const data = JSON.parse(seen.client.body.slice(6)) as object;
    assert.deepEqual(data, { choices: [{ index: 0, delta: { content: "a" } }], x: 1 }, member);
  }
});

test("usage as the first member is left where it stands, and the document stays a document", async () => {
  const stream = asEvents(['{"usage":null,"choices":[{"index":0,"delta":{"content":"a"}}]}']);
  const seen = await streamed(stream);
  assert.doesNotThrow(() => JSON.parse(seen.client.body.slice(6)) as unknown);
});

test("usage that stands inside of the content is no usage", async () => {
  const content = '"usage":null} \n\ndata: {"choices":[],"usage":{"prompt_tokens":1000}}';
  await alikeWhereverCut(chatStream({ reports: true, texts: [content] }), chatStream({ texts: [content] }));
});

test("usage in the last chunk with content is read, and the chunk stays", async () => {
  const last = `{"choices":[{"index":0,"delta":{"content":"b"},"finish_reason":"stop"}],"usage":${JSON.stringify(USAGE)}}`;
  const seen = await alikeWhereverCut(asEvents([last, "[DONE]"]), asEvents([last, "[DONE]"]));
  assert.equal(usageOf(seen), "reported 19/10");
});

test("a provider that reports running totals is believed at the last", async () => {
  const chunk = (n: number): string =>
    `{"choices":[{"index":0,"delta":{"content":"b"}}],"usage":{"prompt_tokens":3,"completion_tokens":${n}}}`;
  assert.equal(usageOf(await streamed(asEvents([chunk(1), chunk(2), chunk(5)]))), "reported 3/5");
});

test("without a report usage is estimated from what passed", async () => {
  const seen = await alikeWhereverCut(chatStream({ texts: ["12345678"] }), chatStream({ texts: ["12345678"] }));
  assert.equal(usageOf(seen), "estimated 3/2");
});

test("a stream without [DONE] is complete when it ends", async () => {
  const seen = await alikeWhereverCut(chatStream({ reports: true, done: false }), chatStream({ done: false }));
  assert.equal(seen.state["weir.outcome"], "completed");
});

test("bytes after the last blank line are given to the client as they are", async () => {
  for (const rest of ["data: [DONE]", "data: {", ": bye\n", "\r"]) {
    const stream = chatStream({ reports: true, done: false }) + rest;
    await alikeWhereverCut(stream, chatStream({ done: false }) + rest);
  }
});

test("an event with an error passes, and the exchange is an error of the provider", async () => {
  const error = '{"error":{"message":"overloaded","type":"server_error"}}';
  for (const stream of [
    asEvents([error]),
    `event: error\n${asEvents([error])}`,
    chatStream({ done: false }) + asEvents([error]),
  ]) {
    const seen = await alikeWhereverCut(stream, stream);
    assert.equal(seen.state["weir.outcome"], "upstream_error");
  }
});

test("what is no JSON passes as it is", async () => {
  for (const text of ["{", "{]", '{"a":', "hello", "[DONE] ", '{"usage":null', "{}{}", "\u0000"]) {
    const stream = asEvents([text]) + chatStream();
    await alikeWhereverCut(stream, stream);
  }
});

test("bytes that are no UTF-8 pass as they are", async () => {
  const stream = Buffer.concat([
    Buffer.from('data: {"choices":[{"delta":{"content":"'),
    Buffer.from([0xff, 0xc0, 0x80]),
    Buffer.from('"}}]}\n\n'),
  ]);
  for (const cut of everyCut(stream))
    assert.equal((await streamed(stream, cut)).client.body, stream.toString("latin1"));
});

test("an empty stream is an empty stream", async () => {
  const seen = await exchange({
    request: { body: UNASKED },
    response: { body: "", end: "alone", headers: { "content-type": "text/event-stream" } },
  });
  assert.equal(seen.client.body, "");
  assert.equal(seen.client.end, "clean");
});

test("the length that a provider gives of its stream is not the client's", async () => {
  const stream = chatStream({ reports: true });
  const headers = { "content-type": "text/event-stream", "content-length": String(Buffer.byteLength(stream)) };
  const unasked = await exchange({ request: { body: UNASKED }, response: { body: stream, headers } });
  assert.equal(unasked.client.headers?.["content-length"], undefined);
  assert.equal(unasked.client.body, latin1(chatStream()));
  const asked = await exchange({ request: { body: ASKED }, response: { body: stream, headers } });
  assert.equal(asked.client.headers?.["content-length"], headers["content-length"]);
});

test("nothing is held back but what might have to be taken out", async () => {
  // Each event comes whole, so each goes on at once; the comment does, too.
  const stream = chatStream();
  const ends = [...stream.matchAll(/\n\n/g)].map((match) => (match.index ?? 0) + 2);
  const bytesAt = ends.map((end) => Buffer.byteLength(stream.slice(0, end)));
  const seen = await exchange({
    request: { body: UNASKED },
    response: { body: stream, cut: bytesAt.slice(0, 2), headers: { "content-type": "text/event-stream" } },
    breakoff: { by: "client", at: 2 },
  });
  assert.equal(seen.client.body, latin1(stream.slice(0, ends[1])));
});

test("time to first token is when the first text came, and not what came before it", async () => {
  const stream = asEvents([
    '{"choices":[{"index":0,"delta":{"role":"assistant","content":""}}]}',
    '{"choices":[{"index":0,"delta":{"content":"a"}}]}',
    '{"choices":[],"usage":{"prompt_tokens":1,"completion_tokens":11}}',
  ]);
  const ends = [...stream.matchAll(/\n\n/g)].map((match) => (match.index ?? 0) + 2);
  const seen = await exchange({
    request: { body: ASKED },
    response: { body: stream, cut: ends.slice(0, 2), headers: { "content-type": "text/event-stream" } },
    pace: 100,
  });
  assert.equal(seen.state["weir.time_to_first_token_ms"], "200");
  const labels = ";operation=chat;provider=openai;model=other;outcome=completed;";
  assert.deepEqual(seen.metrics[`gen_ai.server.time_to_first_token${labels}`], [200]);
  assert.deepEqual(seen.metrics[`gen_ai.server.request.duration${labels}`], [300]);
  // 100 ms for the ten tokens after the first, in microseconds.
  assert.deepEqual(seen.metrics[`gen_ai.server.time_per_output_token${labels}`], [10_000]);
});

test("a recorded stream reaches the client without what it did not ask for, cut at every byte", async (t) => {
  const file = new URL("../../../shared/recordings/provider-bodies/response/completions/stream.json", import.meta.url);
  if (!existsSync(file)) return t.skip("there are no recordings in ../shared");
  const stream = readFileSync(file);
  const text = stream.toString("latin1");
  const expected = text.replaceAll(',"usage":null', "").replace(/data: [^\n]*"choices":\[\],"usage":[^\n]*\n\n/, "");
  assert.notEqual(expected, text);
  for (const cut of [[], ...everyCut(stream).filter((_, i) => i % 7 === 0), everyByte(stream)]) {
    const seen = await streamed(stream, cut);
    assert.equal(seen.client.body, expected);
    assert.equal(seen.state["weir.usage.source"], "reported");
  }
});
