/** Chat completions that are answered whole: they pass untouched, and their usage is told. */
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { everyByte, everyCut } from "./host/cuts.ts";
import { ANSWER, exchange, QUESTION, type Seen } from "./host/exchange.ts";
import { USAGE } from "./host/streams.ts";

const DETAILED = { ...ANSWER, usage: USAGE };

/** What the access log says of usage. */
function usageOf(seen: Seen): (string | undefined)[] {
  const { state } = seen;
  return [
    state["weir.usage.source"],
    state["gen_ai.usage.input_tokens"],
    state["gen_ai.usage.output_tokens"],
    state["weir.usage.cached_input_tokens"],
    state["weir.usage.reasoning_tokens"],
  ];
}

test("a whole answer passes as it is, and its usage is that of the provider", async () => {
  const seen = await exchange({ response: { body: DETAILED } });
  assert.equal(seen.client.body, JSON.stringify(DETAILED));
  assert.equal(seen.client.end, "clean");
  assert.equal(seen.upstream.body, JSON.stringify(QUESTION));
  assert.deepEqual(usageOf(seen), ["reported", "19", "10", "4", "6"]);
  assert.equal(seen.state["gen_ai.response.model"], "gpt-4o-2024-08-06");
  assert.equal(seen.state["weir.outcome"], "completed");
});

test("tokens are counted by type", async () => {
  const { metrics } = await exchange({ response: { body: DETAILED } });
  const labels = (type: string): string => `;operation=chat;provider=openai;model=other;${type}outcome=completed;`;
  assert.equal(metrics[`weir.requests${labels("")}`], 1);
  assert.equal(metrics[`weir.tokens${labels("type=input;")}`], 19);
  assert.equal(metrics[`weir.tokens${labels("type=output;")}`], 10);
  assert.equal(metrics[`weir.tokens${labels("type=cached_input;")}`], 4);
  assert.equal(metrics[`weir.tokens${labels("type=reasoning;")}`], 6);
  assert.deepEqual(metrics[`gen_ai.client.token.usage${labels("type=input;")}`], [19]);
});

test("an answer is read alike wherever it is cut", async () => {
  const body = JSON.stringify(DETAILED);
  const whole = await exchange({ response: { body } });
  for (const cut of [...everyCut(body), everyByte(body)])
    assert.deepEqual(await exchange({ response: { body, cut } }), whole);
});

test("a question is read alike wherever it is cut, and whether its end comes alone or not", async () => {
  const body = JSON.stringify(QUESTION);
  const whole = await exchange({ request: { body } });
  for (const end of ["alone", "withLastPiece"] as const)
    for (const cut of everyCut(body))
      assert.deepEqual(await exchange({ request: { body, cut, end } }), whole, `${end} ${cut.join()}`);
});

test("trailers end a question and an answer as well as a last piece does, and pass", async () => {
  const plain = await exchange();
  const seen = await exchange({ request: { trailers: { "x-sum": "1" } }, response: { trailers: { "x-sum": "2" } } });
  assert.deepEqual(seen.state, plain.state);
  assert.deepEqual(seen.upstream.trailers, { "x-sum": "1" });
  assert.deepEqual(seen.client.trailers, { "x-sum": "2" });
  assert.equal(seen.upstream.body, plain.upstream.body);
});

test("usage is estimated from the text where the provider reports none", async () => {
  const content = "x".repeat(41);
  const messages = [
    { role: "system", content: "12345678" },
    {
      role: "user",
      content: [
        { type: "text", text: "é" },
        { type: "image_url", image_url: { url: "data:..." } },
      ],
    },
  ];
  const answer = { ...ANSWER, choices: [{ index: 0, message: { role: "assistant", content } }], usage: null };
  const seen = await exchange({ request: { body: { model: "gpt-4o", messages } }, response: { body: answer } });
  // Ten bytes of question and 41 of answer, at four bytes a token.
  assert.deepEqual(usageOf(seen), ["estimated", "3", "11", undefined, undefined]);
});

test("usage that is no count is not believed", async () => {
  for (const bad of ["9", -1, 1.5, null, {}, [], true, 1e30]) {
    const usage = { prompt_tokens: bad, completion_tokens: 3 };
    const seen = await exchange({ response: { body: { ...ANSWER, usage } } });
    assert.deepEqual(usageOf(seen).slice(0, 3), ["estimated", "3", "3"], JSON.stringify(bad));
  }
});

test("an answer that is cut short by its provider, and still ends cleanly, is passed on and estimated", async () => {
  const body = JSON.stringify(ANSWER).slice(0, -40);
  const seen = await exchange({ response: { body } });
  assert.equal(seen.client.body, body);
  assert.equal(seen.state["weir.outcome"], "completed");
});

test("an error of the provider passes as it is, and uses nothing", async () => {
  for (const status of [400, 401, 404, 429, 500, 503]) {
    const body = { error: { message: "no", type: "x", param: null, code: null } };
    const seen = await exchange({ response: { status, body } });
    assert.equal(seen.status, status);
    assert.equal(seen.client.body, JSON.stringify(body));
    assert.equal(seen.state["weir.outcome"], "upstream_error");
    assert.deepEqual(usageOf(seen), [undefined, undefined, undefined, undefined, undefined]);
  }
});

test("an answer that cannot be read is passed on, and estimated from its length", async () => {
  const body = Buffer.alloc(400, 0x80);
  for (const headers of [
    { "content-type": "application/json", "content-encoding": "gzip" },
    { "content-type": "text/event-stream", "content-encoding": "br" },
    { "content-type": "application/octet-stream" },
  ] as Record<string, string>[]) {
    const seen = await exchange({ response: { headers, body } });
    assert.equal(seen.client.body, body.toString("latin1"));
    assert.deepEqual(usageOf(seen).slice(0, 3), ["estimated", "3", "100"]);
  }
});

test("an answer over maxResponseBytes is passed on whole, and estimated", async () => {
  const content = "y".repeat(4000);
  const body = JSON.stringify({ ...ANSWER, choices: [{ index: 0, message: { role: "assistant", content } }] });
  const cut = [1000, 2000, 3000, 4000];
  const seen = await exchange({ config: { maxResponseBytes: 2000 }, response: { body, cut } });
  assert.equal(seen.client.body, body);
  assert.equal(seen.state["weir.usage.source"], "estimated");
  assert.ok(Number(seen.state["gen_ai.usage.output_tokens"]) >= 950);
  assert.ok(Number(seen.state["gen_ai.usage.output_tokens"]) <= 1100);
});

test("content-length of an answer stands, for nothing is changed", async () => {
  const body = JSON.stringify(ANSWER);
  const headers = { "content-type": "application/json", "content-length": String(body.length) };
  const seen = await exchange({ response: { body, headers } });
  assert.equal(seen.client.headers?.["content-length"], String(body.length));
});

test("the answer is asked for uncompressed if the client would take it compressed", async () => {
  const with_ = await exchange({ request: { headers: { "accept-encoding": "gzip, br" } } });
  assert.equal(with_.upstream.headers?.["accept-encoding"], "identity");
  assert.equal((await exchange()).upstream.headers?.["accept-encoding"], undefined);
});

test("recorded answers of providers pass byte for byte, and their usage is found", async (t) => {
  const file = new URL("../../../shared/recordings/provider-bodies/response/completions/basic.json", import.meta.url);
  if (!existsSync(file)) return t.skip("there are no recordings in ../shared");
  const body = readFileSync(file);
  const seen = await exchange({ response: { body } });
  const { usage } = JSON.parse(body.toString()) as { usage: { prompt_tokens: number; completion_tokens: number } };
  assert.equal(seen.client.body, body.toString("latin1"));
  assert.deepEqual(usageOf(seen).slice(0, 3), ["reported", `${usage.prompt_tokens}`, `${usage.completion_tokens}`]);
});
