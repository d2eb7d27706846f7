/** OpenAI's images, sounds, moderations and models: JSON and forms, whose files pass unread. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import OpenAI, { toFile } from "openai";
import { everyByte, everyCut } from "./host/cuts.ts";
import { exchange, type Plan, type Seen } from "./host/exchange.ts";

const JSON_TYPE = { "content-type": "application/json" };
const EVENTS = { "content-type": "text/event-stream" };
const SHOW = { processors: [{ type: "probe", showsText: true }] };
const FILE = Buffer.from(Array.from({ length: 3000 }, (_, i) => (i * 7) & 0xff)).fill("\r\n--\r\n-", 1000, 1100);

/** What OpenAI's client sends for a call, and what it makes of an answer. */
async function sent(call: (client: OpenAI) => Promise<unknown>): Promise<Plan["request"] & object> {
  let request: Plan["request"] | undefined;
  const client = new OpenAI({
    apiKey: "none",
    maxRetries: 0,
    fetch: async (url, init) => {
      const asked = new Request(url, init);
      request = {
        method: asked.method,
        path: new URL(asked.url).pathname,
        headers: { "content-type": asked.headers.get("content-type") ?? "" },
        body: Buffer.from(await asked.arrayBuffer()),
      };
      return new Response("{}", { headers: { "content-type": "application/json" } });
    },
  });
  await call(client);
  return request ?? assert.fail("nothing was sent");
}

const told = ({ state }: Seen): (string | undefined)[] =>
  ["operation.name", "request.model", "usage.input_tokens", "usage.output_tokens"].map(
    (name) => state[`gen_ai.${name}`],
  );

const USAGE = {
  input_tokens: 50,
  output_tokens: 40,
  total_tokens: 90,
  input_tokens_details: { image_tokens: 40, text_tokens: 10 },
};

describe("forms", () => {
  const image = (): Promise<File> => toFile(FILE, 'a "weir"; name="model".png', { type: "image/png" });
  const CALLS: [string, (client: OpenAI) => Promise<unknown>, string, string][] = [
    [
      "an edit of an image",
      async (c) => c.images.edit({ model: "gpt-image-1", image: await image(), prompt: "Add a weir.", n: 2 }),
      "image_generation",
      "gpt-image-1",
    ],
    [
      "a variation",
      async (c) => c.images.createVariation({ model: "dall-e-2", image: await image() }),
      "image_generation",
      "dall-e-2",
    ],
    [
      "a transcription",
      async (c) => c.audio.transcriptions.create({ model: "gpt-4o-transcribe", file: await image() }),
      "transcription",
      "gpt-4o-transcribe",
    ],
    [
      "a translation",
      async (c) => c.audio.translations.create({ model: "whisper-1", file: await image() }),
      "transcription",
      "whisper-1",
    ],
  ];
  for (const [name, call, operation, model] of CALLS) {
    test(`${name} is known by its model, and its file goes upstream as it is`, async () => {
      const request = await sent(call);
      for (const cut of [[], everyByte(request.body as Buffer)]) {
        const seen = await exchange({ request: { ...request, cut }, response: { body: { usage: USAGE } } });
        assert.deepEqual(told(seen), [operation, model, "50", "40"]);
        assert.equal(seen.upstream.body, (request.body as Buffer).toString("latin1"));
        assert.ok(Buffer.from(seen.upstream.body, "latin1").includes(FILE));
      }
    });
  }

  const form = (...fields: [string, string][]): Plan["request"] => ({
    path: "/v1/images/edits",
    headers: { "content-type": 'multipart/form-data; charset=utf-8; boundary="b 1\'"' },
    body: `${fields.map(([head, body]) => `--b 1'\r\nContent-Disposition: form-data; ${head}\r\n\r\n${body}\r\n`).join("")}--b 1'--\r\n`,
  });
  const decide = (request: Plan["request"]): Promise<Seen> => {
    const rules = [{ action: "allow", models: ["small"] }];
    return exchange({ config: { processors: [{ type: "accessControl", default: "deny", rules }] }, request });
  };

  test("a model in a form cannot be smuggled past a rule", async () => {
    assert.equal((await decide(form(["name=model", "small"]))).status, 200);
    assert.equal((await decide(form(['filename="x"; NAME="model"', "small"]))).status, 200);
    assert.equal((await decide(form(["name=model", "large"]))).status, 403);
    assert.equal((await decide(form(["name=model", "small"], ["name=model", "large"]))).status, 400);
    assert.equal((await decide(form(["name=model", "small".padEnd(300)]))).status, 400);
    assert.equal((await decide({ ...form(["name=model", "small"]), body: "no form" })).status, 400);
    const open = form(["name=model", "small"]);
    assert.equal((await decide({ ...open, body: (open?.body as string).replace(/--\r\n$/, "") })).status, 400);
    assert.equal((await decide({ ...open, headers: { "content-type": "multipart/form-data" } })).status, 400);
    assert.equal((await decide(form([`name=x\r\nx: ${"y".repeat(9000)}`, ""], ["name=model", "small"]))).status, 400);
  });

  test("without usage, the input is estimated from the prompt, and images are not", async () => {
    const prompt = "Add a weir to it. ".repeat(10);
    const seen = await exchange({
      request: form(
        ["name=prompt", prompt],
        ["name=model", "gpt-image-1"],
        ['name="image[]"; filename="a"', "x".repeat(5000)],
      ),
      response: { body: { data: [{ b64_json: "A".repeat(5000) }] } },
    });
    assert.deepEqual(told(seen), ["image_generation", "gpt-image-1", "45", undefined]);
    assert.equal(seen.state["weir.usage.source"], "estimated");
  });
});

describe("answers", () => {
  const ask = (path: string, body: object, response: Plan["response"]): Promise<Seen> =>
    exchange({ config: SHOW, request: { path, body }, response: response ?? {} });

  test("an image that is made tells its usage, whole and streamed, wherever it is cut", async () => {
    const body = { model: "gpt-image-1", prompt: "A weir." };
    const whole = JSON.stringify({ created: 1, data: [{ b64_json: "iVBORw0KGgo=" }], usage: USAGE });
    const events = [
      { type: "image_generation.partial_image", b64_json: "iVBO", partial_image_index: 0 },
      { type: "image_generation.completed", b64_json: "iVBORw0KGgo=", usage: USAGE },
    ]
      .map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`)
      .join("");
    for (const [answer, headers] of [
      [whole, JSON_TYPE],
      [events, EVENTS],
    ] as const) {
      for (const cut of everyCut(answer)) {
        const seen = await ask("/v1/images/generations", body, { headers, body: answer, cut });
        assert.deepEqual(told(seen), ["image_generation", "gpt-image-1", "50", "40"]);
        assert.equal(seen.state["weir.usage.image_input_tokens"], "40");
        assert.equal(seen.client.body, answer);
      }
    }
  });

  test("a transcript is text, whole and streamed, and its usage is told", async () => {
    const usage = {
      type: "tokens",
      input_tokens: 14,
      input_token_details: { audio_tokens: 12 },
      output_tokens: 6,
      total_tokens: 20,
    };
    const request = await sent(async (c) =>
      c.audio.transcriptions.create({ model: "gpt-4o-transcribe", file: await toFile(FILE, "a.mp3") }),
    );
    const whole = JSON.stringify({ text: "A weir holds 水.", usage });
    const events = [
      { type: "transcript.text.delta", delta: "A weir " },
      { type: "transcript.text.delta", delta: "holds 水." },
      { type: "transcript.text.done", text: "A weir holds 水.", usage },
    ]
      .map((event) => `data: ${JSON.stringify(event)}\n\n`)
      .join("");
    for (const [answer, headers] of [
      [whole, JSON_TYPE],
      [events, EVENTS],
    ] as const) {
      for (const cut of everyCut(answer)) {
        const seen = await exchange({ config: SHOW, request, response: { headers, body: answer, cut } });
        assert.deepEqual(told(seen), ["transcription", "gpt-4o-transcribe", "14", "6"]);
        assert.equal(seen.state["probe.content.0"], "A weir holds 水.");
        assert.equal(seen.state["weir.usage.audio_input_tokens"], "12");
        assert.equal(seen.client.body, Buffer.from(answer).toString("latin1"));
      }
    }
  });

  test("a transcript that is ended early is done to OpenAI's client", async () => {
    const request = await sent(async (c) =>
      c.audio.transcriptions.create({ model: "gpt-4o-transcribe", file: await toFile(FILE, "a.mp3"), stream: true }),
    );
    const body = ["one ", "two ", "three"].map(
      (delta) => `data: ${JSON.stringify({ type: "transcript.text.delta", delta })}\n\n`,
    );
    const config = { processors: [{ type: "probe", at: "delta", afterBytes: 6, act: "endWithLength" }] };
    const seen = await exchange({ config, request, response: { headers: EVENTS, body: body.join("") } });
    const client = new OpenAI({
      apiKey: "none",
      fetch: () => Promise.resolve(new Response(seen.client.body, { headers: EVENTS })),
    });
    const types: string[] = [];
    const file = await toFile(FILE, "a.mp3");
    for await (const event of await client.audio.transcriptions.create({ model: "m", file, stream: true }))
      types.push(event.type);
    assert.deepEqual(types, ["transcript.text.delta", "transcript.text.delta", "transcript.text.done"]);
  });

  test("speech passes unread, and its output is told or not known", async () => {
    const body = { model: "gpt-4o-mini-tts", input: "A weir holds back.", voice: "alloy", instructions: "Slowly." };
    const sound = Buffer.from([0xff, 0xfb, 0x90, 0, 1, 2, 3]);
    const seen = await ask("/v1/audio/speech", body, { headers: { "content-type": "audio/mpeg" }, body: sound });
    assert.deepEqual(told(seen), ["speech", "gpt-4o-mini-tts", "7", undefined]);
    assert.equal(seen.client.body, sound.toString("latin1"));
    const done = `data: ${JSON.stringify({ type: "speech.audio.done", usage: { input_tokens: 9, output_tokens: 90 } })}\n\n`;
    assert.deepEqual(told(await ask("/v1/audio/speech", body, { headers: EVENTS, body: done })).slice(2), ["9", "90"]);
  });

  test("a moderation uses nothing, in each form of its input", async () => {
    const answer = { id: "modr-1", model: "omni-moderation-2024", results: [{ flagged: false }] };
    for (const input of [
      "text",
      ["a", "b"],
      [
        { type: "text", text: "a" },
        { type: "image_url", image_url: { url: "data:," } },
      ],
    ]) {
      const seen = await ask("/v1/moderations", { model: "omni-moderation-latest", input }, { body: answer });
      assert.deepEqual(told(seen), ["moderation", "omni-moderation-latest", undefined, undefined]);
      assert.equal(seen.state["gen_ai.response.model"], "omni-moderation-2024");
      assert.equal(seen.state["weir.outcome"], "completed");
    }
  });

  test("the list of models uses nothing and passes as it is; posting to it is no call", async () => {
    const list = { object: "list", data: [{ id: "gpt-4o", object: "model" }] };
    const request = { method: "GET", path: "/v1/models", headers: {} };
    const seen = await exchange({ request, response: { body: list } });
    assert.deepEqual(told(seen), ["list_models", undefined, undefined, undefined]);
    assert.equal(seen.client.body, JSON.stringify(list));
    assert.equal((await exchange({ request: { path: "/v1/models" } })).state["gen_ai.operation.name"], undefined);
  });
});
