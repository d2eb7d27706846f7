/** A stream's memory comes back when it ends, and nothing of it can be read there afterwards. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Envoy } from "./host/envoy.ts";
import { PATH, QUESTION, run } from "./host/exchange.ts";
import { moduleOf, VARIANTS } from "./host/modules.ts";
import type { Stream } from "./host/stream.ts";
import { asEvents, chatStream } from "./host/streams.ts";

const CONFIG = {
  consumer: [{ header: "x-consumer" }],
  processors: [{ type: "accessControl", rules: [{ action: "deny", models: ["o1"] }] }],
};

for (const variant of VARIANTS) {
  // The collector's heap may settle later; what matters is that it settles.
  const [warm, count] = variant === "release" ? [1_000, 20_000] : [3_000, 6_000];

  test(`memory is as large after ${count} streams as after ${warm} (${variant})`, async () => {
    const envoy = Envoy.start(await moduleOf(variant), CONFIG);
    const response = { body: chatStream({ reports: true }), cut: [50, 400] };
    let size = 0;
    for (let i = 0; i < count; i++) {
      // Lengths differ, so that what is freed must fit others.
      const content = "x".repeat((i * 7919) % 3_000);
      const request = { body: { ...QUESTION, stream: true, messages: [{ role: "user", content }] } };
      run(envoy, { request, response, breakoff: i % 5 === 0 ? { by: "client", at: i % 3 } : undefined });
      if (i === warm) size = envoy.memory.size;
    }
    assert.equal(envoy.memory.size, size);
    assert.equal(envoy.metrics.total("weir.requests;"), count);
  });
}

/** Texts that stand in one exchange only. */
class Secrets {
  readonly question: string;
  readonly answer: string;
  readonly consumer: string;
  readonly key: string;
  readonly model: string;

  constructor(name: string) {
    this.question = `question-of-${name}-8fd1`;
    this.answer = `answer-of-${name}-77ac`;
    this.consumer = `consumer-of-${name}-02be`;
    this.key = `sk-${name}-93e7d5`;
    this.model = `model-of-${name}-5d0c`;
  }

  get all(): [string, string][] {
    return Object.entries(this);
  }
}

function begin(envoy: Envoy, secrets: Secrets): Stream {
  const stream = envoy.openStream({ properties: { "source.address": "10.9.8.7:1234" } });
  stream.requestHeaders({
    ":method": "POST",
    ":path": PATH,
    "content-type": "application/json",
    "x-consumer": secrets.consumer,
    authorization: `Bearer ${secrets.key}`,
  });
  const body = JSON.stringify({
    model: secrets.model,
    stream: true,
    messages: [{ role: "user", content: secrets.question }],
  });
  stream.requestBody(body.slice(0, 90));
  stream.requestBody(body.slice(90), true);
  return stream;
}

function answer(stream: Stream, secrets: Secrets): void {
  stream.responseHeaders({ ":status": "200", "content-type": "text/event-stream" });
  const delta = {
    choices: [{ index: 0, delta: { content: secrets.answer } }],
    usage: null,
    model: secrets.model,
    id: secrets.answer,
  };
  const event = asEvents([JSON.stringify(delta)]);
  stream.responseBody(event.slice(0, 75));
  stream.responseBody(event.slice(75));
}

/** Which secrets stand in the module's memory, as UTF-8 or as UTF-16. */
function found(envoy: Envoy, secrets: Secrets): string[] {
  const { bytes } = envoy.memory;
  return secrets.all
    .filter(([, text]) => bytes.includes(text) || bytes.includes(Buffer.from(text, "utf16le")))
    .map(([name]) => name);
}

for (const source of [{ header: "x-consumer" }, { credential: true }]) {
  const config = { ...CONFIG, consumer: [source] };

  for (const end of ["completed", "reset", "refused"]) {
    test(`nothing of a stream that has ended (${end}) is in memory, by ${Object.keys(source).join()}, while another runs`, async () => {
      const envoy = Envoy.start(await moduleOf("release"), config);
      const [a, b] = [new Secrets("alice"), new Secrets("bob")];
      const first = begin(envoy, a);
      const second = begin(envoy, b);
      answer(first, a);
      answer(second, b);
      assert.ok(found(envoy, a).includes("model"), "the search finds what is there");
      if (end === "refused") {
        const third = new Secrets("carol");
        envoy.plugin.configure({
          ...config,
          processors: [{ type: "accessControl", rules: [{ action: "deny", models: ["model-of-carol*"] }] }],
        });
        assert.equal(begin(envoy, third).client.status, 403);
        assert.deepEqual(found(envoy, third), []);
      }
      if (end === "reset") first.clientReset();
      else first.responseBody("", true);
      assert.ok(first.isOver && !second.isOver);
      assert.deepEqual(found(envoy, a), []);
      // What the one has left behind must not come out with the other.
      second.responseBody(asEvents(["[DONE]"]), true);
      const told = JSON.stringify([[...second.state], second.client.body.toString(), second.upstream.body.toString()]);
      for (const [name, text] of a.all) assert.ok(!told.includes(text), name);
      assert.deepEqual(found(envoy, b), []);
    });
  }
}

test("streams that run at once each get their own, however their callbacks interleave", async () => {
  for (const variant of VARIANTS) {
    const envoy = Envoy.start(await moduleOf(variant), CONFIG);
    const all = Array.from({ length: 40 }, (_, i) => new Secrets(`tenant-${i}`));
    const streams = all.map((secrets) => begin(envoy, secrets));
    const order = all.map((_, i) => (i * 17) % all.length);
    for (const i of order) answer(streams[i] as Stream, all[i] as Secrets);
    for (const i of order) (streams[i] as Stream).responseBody(asEvents(["[DONE]"]), true);
    streams.forEach((stream, i) => {
      const { answer, consumer, model } = all[i] as Secrets;
      assert.equal(stream.state.get("weir.consumer"), consumer);
      assert.equal(stream.state.get("gen_ai.request.model"), model);
      assert.ok(stream.client.body.includes(answer));
      assert.equal(stream.client.body.toString().match(/answer-of-/g)?.length, 2);
    });
  }
});

test("memory that cannot be had refuses a question, and only ends the reading of an answer", async () => {
  for (const variant of VARIANTS) {
    const envoy = Envoy.start(await moduleOf(variant), CONFIG);
    const asked = envoy.openStream();
    asked.requestHeaders({ ":method": "POST", ":path": PATH, "content-type": "application/json" });
    envoy.mallocLimit = 60;
    asked.requestBody(JSON.stringify(QUESTION), true);
    assert.equal(asked.client.status, 400);
    envoy.mallocLimit = Infinity;
    const stream = begin(envoy, new Secrets("x"));
    envoy.mallocLimit = 40;
    answer(stream, new Secrets("x"));
    stream.responseBody("", true);
    assert.equal(stream.client.end, "clean");
    assert.equal(envoy.metrics.total("weir.requests;"), 2);
  }
});

test("nothing but what the provider sent comes out when a piece of a stream cannot be fetched", async () => {
  for (const variant of VARIANTS) {
    const envoy = Envoy.start(await moduleOf(variant), CONFIG);
    const stream = begin(envoy, new Secrets("x"));
    const sent = chatStream({ reports: true });
    stream.responseHeaders({ ":status": "200", "content-type": "text/event-stream" });
    stream.responseBody(sent.slice(0, 300));
    envoy.mallocLimit = 40;
    stream.responseBody(sent.slice(300, 600));
    envoy.mallocLimit = Infinity;
    stream.responseBody(sent.slice(600));
    stream.responseBody("", true);
    // Nothing is lost either; what was asked for on the client's behalf may show, for it could not be read.
    const [first] = chatStream().split("\n\n");
    assert.ok(stream.client.body.toString().startsWith(`${first}\n\n`));
    assert.ok(stream.client.body.includes(sent.slice(250, 600)), JSON.stringify(stream.client.body.toString("latin1")));
  }
});

test("nothing of a piece that cannot be fetched comes after the closing of a stream that was ended early", async () => {
  for (const variant of VARIANTS) {
    const envoy = Envoy.start(await moduleOf(variant, "probe"), {
      endStreams: "drain",
      processors: [{ type: "probe", at: "delta", afterBytes: 1, act: "endWithLength" }],
    });
    const stream = begin(envoy, new Secrets("x"));
    stream.responseHeaders({ ":status": "200", "content-type": "text/event-stream" });
    stream.responseBody(chatStream({ done: false }));
    const closed = stream.client.body.toString();
    assert.ok(closed.endsWith("data: [DONE]\n\n"));
    envoy.mallocLimit = 40;
    stream.responseBody(chatStream());
    stream.responseBody("", true);
    assert.equal(stream.client.body.toString(), closed);
  }
});
