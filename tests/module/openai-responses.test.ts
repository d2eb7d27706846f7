/** OpenAI's responses: requests, answers, streams and their ends, and what the official client makes of the same bytes. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import OpenAI from "openai";
import { everyByte, everyCut } from "./host/cuts.ts";
import { exchange, type Plan, type Seen } from "./host/exchange.ts";
import { noRecordings, recorded } from "./host/recordings.ts";

const PATH = "/v1/responses";
const SHOW = { processors: [{ type: "probe", showsText: true }] };
const EVENTS = { "content-type": "text/event-stream; charset=utf-8" };
const QUESTION = { model: "gpt-5-mini", max_output_tokens: 100, input: "Hello" };
const STREAMED = { ...QUESTION, stream: true };

const USAGE = {
  input_tokens: 237,
  input_tokens_details: { cached_tokens: 128 },
  output_tokens: 41,
  output_tokens_details: { reasoning_tokens: 16 },
  total_tokens: 278,
};
const RESPONSE = {
  id: "resp_1",
  object: "response",
  created_at: 1772657185,
  status: "completed",
  error: null,
  incomplete_details: null,
  model: "gpt-5-mini-2025-08-07",
  output: [
    {
      id: "rs_1",
      type: "reasoning",
      summary: [{ type: "summary_text", text: "Let me see…" }],
      encrypted_content: "gAAA",
    },
    {
      id: "rs_2",
      type: "reasoning",
      summary: [],
      content: [{ type: "reasoning_text", text: " Dams." }],
    },
    {
      id: "msg_1",
      type: "message",
      role: "assistant",
      status: "completed",
      content: [{ type: "output_text", annotations: [], text: 'A weir "holds" 水 back.' }],
    },
    { id: "fc_1", type: "function_call", call_id: "c", name: "gate", arguments: '{"open":true}', status: "completed" },
    { id: "ig_1", type: "image_generation_call", result: "iVBORw0KGgo=", status: "completed" },
  ],
  usage: USAGE,
};

let number = 0;
const event = (type: string, more: object = {}): string =>
  `event: ${type}\ndata: ${JSON.stringify({ type, sequence_number: number++, ...more })}\n\n`;
const begun = { id: RESPONSE.id, created_at: 1, model: RESPONSE.model, output: [] };
const item = (output_index: number, of: object): string =>
  event("response.output_item.added", { output_index, item: of });
const STREAM = [
  event("response.created", { response: begun }),
  event("response.in_progress", { response: begun }),
  item(0, { id: "rs_1", type: "reasoning", summary: [] }),
  event("response.reasoning_summary_part.added", {
    item_id: "rs_1",
    output_index: 0,
    summary_index: 0,
    part: { type: "summary_text", text: "" },
  }),
  ...["Let me ", "see…"].map((delta) =>
    event("response.reasoning_summary_text.delta", { item_id: "rs_1", output_index: 0, summary_index: 0, delta }),
  ),
  event("response.reasoning_summary_text.done", {
    item_id: "rs_1",
    output_index: 0,
    summary_index: 0,
    text: "Let me see…",
  }),
  item(1, { id: "msg_1", type: "message", role: "assistant", status: "in_progress", content: [] }),
  event("response.content_part.added", {
    item_id: "msg_1",
    output_index: 1,
    content_index: 0,
    part: { type: "output_text", annotations: [], text: "" },
  }),
  ...['A weir "holds"', " 水", " back."].map((delta) =>
    event("response.output_text.delta", { item_id: "msg_1", output_index: 1, content_index: 0, delta, logprobs: [] }),
  ),
  event("response.output_text.annotation.added", {
    item_id: "msg_1",
    output_index: 1,
    content_index: 0,
    annotation_index: 0,
    annotation: {
      type: "url_citation",
      url: "https://example.com/weirs",
      title: "Weirs",
      start_index: 0,
      end_index: 6,
    },
  }),
  event("response.output_text.done", {
    item_id: "msg_1",
    output_index: 1,
    content_index: 0,
    text: 'A weir "holds" 水 back.',
  }),
  item(2, { id: "fc_1", type: "function_call", call_id: "c", name: "gate", arguments: "", status: "in_progress" }),
  ...['{"open":', "true}"].map((delta) =>
    event("response.function_call_arguments.delta", { item_id: "fc_1", output_index: 2, delta }),
  ),
  event("response.function_call_arguments.done", { item_id: "fc_1", output_index: 2, arguments: '{"open":true}' }),
  item(3, { id: "ig_1", type: "image_generation_call", status: "in_progress", result: null }),
  event("response.image_generation_call.partial_image", {
    item_id: "ig_1",
    output_index: 3,
    partial_image_index: 0,
    partial_image_b64: "iVBORw0KGgo=",
  }),
  event("response.completed", { response: RESPONSE }),
];

const ask = (plan: Plan, body: object = QUESTION, path = PATH): Promise<Seen> =>
  exchange({ config: SHOW, request: { path, body }, ...plan });
const stream = (body: string | Buffer, cut: readonly number[] = [], config: object = SHOW): Promise<Seen> =>
  exchange({ config, request: { path: PATH, body: STREAMED }, response: { headers: EVENTS, body, cut } });

/** OpenAI's client, which is given these bytes for an answer. */
function client(body: string | Buffer, type: string, status = 200): OpenAI {
  return new OpenAI({
    apiKey: "none",
    maxRetries: 0,
    fetch: () =>
      Promise.resolve(new Response(new Uint8Array(Buffer.from(body)), { status, headers: { "content-type": type } })),
  });
}

type Texts = Record<string, string>;
const KINDS: Record<string, string> = {
  "response.output_text.delta": "content",
  "response.reasoning_summary_text.delta": "reasoning",
  "response.reasoning_text.delta": "reasoning",
  "response.function_call_arguments.delta": "arguments",
  "response.refusal.delta": "refusal",
};

function add(texts: Texts, kind: string, text: string): void {
  if (text !== "") texts[`probe.${kind}.0`] = (texts[`probe.${kind}.0`] ?? "") + text;
}

/** The text of a stream, as the client tells of it piece by piece, and the response that it ends with. */
async function readEvents(
  body: string | Buffer,
): Promise<{ texts: Texts; last: OpenAI.Responses.Response | undefined }> {
  const texts: Texts = {};
  let last: OpenAI.Responses.Response | undefined;
  for await (const one of await client(body, "text/event-stream").responses.create({ ...QUESTION, stream: true })) {
    const kind = KINDS[one.type];
    if (kind && "delta" in one) add(texts, kind, one.delta);
    if ("response" in one) last = one.response;
  }
  return { texts, last };
}

/** The response that the client puts together from a stream, which has to be whole and in order for that. */
const putTogether = (body: string | Buffer): Promise<OpenAI.Responses.Response> =>
  client(body, "text/event-stream").responses.stream(QUESTION).finalResponse();

/** The text of a whole response as `DeltaKind` tells it apart. */
function textsOf(response: OpenAI.Responses.Response): Texts {
  const texts: Texts = {};
  for (const one of response.output) {
    if (one.type === "message")
      for (const part of one.content)
        if (part.type === "output_text") add(texts, "content", part.text);
        else add(texts, "refusal", part.refusal);
    else if (one.type === "reasoning") {
      for (const part of one.summary) add(texts, "reasoning", part.text);
      for (const part of one.content ?? []) add(texts, "reasoning", part.text);
    } else if (one.type === "function_call") add(texts, "arguments", one.arguments);
  }
  return texts;
}

/** The texts that a processor was shown. */
const shown = ({ state }: Seen): Texts =>
  Object.fromEntries(
    Object.entries(state).filter(([name]) => /^probe\.(content|arguments|reasoning|refusal)/.test(name)),
  );

const usageOf = (usage: OpenAI.Responses.ResponseUsage | undefined): object => ({
  "gen_ai.usage.input_tokens": String(usage?.input_tokens),
  "gen_ai.usage.output_tokens": String(usage?.output_tokens),
  "weir.usage.cached_input_tokens": String(usage?.input_tokens_details.cached_tokens),
  "weir.usage.reasoning_tokens": String(usage?.output_tokens_details.reasoning_tokens),
  "weir.usage.source": "reported",
});

const told = ({ state }: Seen): object =>
  Object.fromEntries(Object.keys(usageOf(undefined)).map((name) => [name, state[name]]));

describe("requests", () => {
  test("a response is a chat with OpenAI, by the model that it names", async () => {
    const { state } = await ask({ response: { body: RESPONSE } });
    assert.equal(state["gen_ai.operation.name"], "chat");
    assert.equal(state["gen_ai.provider.name"], "openai");
    assert.equal(state["gen_ai.request.model"], "gpt-5-mini");
    assert.equal(state["gen_ai.response.model"], "gpt-5-mini-2025-08-07");
  });

  test("the path may have a prefix, slashes at its end and capital letters, and is no other one", async () => {
    for (const path of ["/openai/v1/responses", "/v1/responses/", "/V1/Responses//", "/openai/responses?api-version=1"])
      assert.equal((await ask({}, QUESTION, path)).state["gen_ai.operation.name"], "chat", path);
    for (const path of ["/v1/responses/resp_1/cancel", "/responses", "/surveys/7/responses", "/v1/responsesx"])
      assert.equal((await ask({}, QUESTION, path)).state["gen_ai.operation.name"], undefined, path);
  });

  test("counting input uses none", async () => {
    const answer = { object: "response.input_tokens", input_tokens: 11 };
    const { state, client: got } = await ask({ response: { body: answer } }, QUESTION, `${PATH}/input_tokens`);
    assert.equal(state["gen_ai.operation.name"], "count_tokens");
    assert.equal(state["gen_ai.request.model"], "gpt-5-mini");
    assert.equal(state["gen_ai.usage.input_tokens"], undefined);
    assert.equal(got.body, JSON.stringify(answer));
  });

  test("nothing is changed in a question, for usage is always reported", async () => {
    assert.equal((await stream(STREAM.join(""))).upstream.body, JSON.stringify(STREAMED));
  });

  test("what a question says is counted alike as a string and as a message, wherever it is cut", async () => {
    const counted = async (input: unknown, cuts: boolean): Promise<number> => {
      const body = JSON.stringify({ model: "gpt-4o", input });
      const cut = cuts ? everyByte(body) : [];
      const seen = await exchange({
        config: { processors: [{ type: "tokenCount" }] },
        request: { path: PATH, body, cut },
      });
      return Number(seen.state["weir.usage.counted_input_tokens"]);
    };
    const text = "What is a weir, and what does it hold back?";
    const alone = await counted(text, false);
    assert.ok(alone > 10, `counted ${alone}`);
    assert.equal(await counted(text, true), alone);
    assert.equal(await counted([{ role: "user", content: text }], true), alone);
    assert.equal(await counted([{ role: "user", content: [{ type: "input_text", text }] }], true), alone);
    const call = { type: "function_call", call_id: "c", name: "look", arguments: '{"q":"weir"}' };
    const more = await counted([{ role: "user", content: text }, call], true);
    assert.ok(more > alone + 4, `counted ${more}`);
    const result = { type: "function_call_output", call_id: "c", output: "A low dam." };
    const parts = { ...result, output: [{ type: "input_text", text: "A low dam." }] };
    const most = await counted([{ role: "user", content: text }, call, result], true);
    assert.ok(most > more + 3, `counted ${most}`);
    assert.equal(await counted([{ role: "user", content: text }, call, parts], true), most);
  });

  test("a model cannot be smuggled past a rule", async () => {
    const rules = [{ action: "allow", models: ["gpt-5-mini"] }];
    const config = { processors: [{ type: "accessControl", default: "deny", rules }] };
    for (const body of ['{"model":"gpt-5-mini","model":"o1-pro"}', '{"model":["gpt-5-mini"]}', "[]", "x"]) {
      const seen = await exchange({ config, request: { path: PATH, body } });
      assert.ok(seen.status === 400 || seen.status === 403, `${body}: ${seen.status}`);
    }
    assert.equal((await exchange({ config, request: { path: PATH, body: QUESTION } })).status, 200);
  });

  test("a bound of tokens is lowered where it stands, or set where there is none", async () => {
    const limits = [{ name: "hour", key: ["consumer"], tokens: 60, window: "1h", algorithm: "fixedWindow" }];
    const config = { processors: [{ type: "tokenRateLimit", limits, clampMaxTokens: true, reserve: "none" }] };
    for (const body of [QUESTION, { input: "Hello", model: "gpt-5-mini" }]) {
      const seen = await exchange({ config, fresh: true, request: { path: PATH, body } });
      const sent = JSON.parse(seen.upstream.body) as typeof QUESTION;
      assert.ok(sent.max_output_tokens < 60 && sent.max_output_tokens >= 16, `${sent.max_output_tokens}`);
      assert.deepEqual({ ...sent, max_output_tokens: 0 }, { ...body, max_output_tokens: 0 });
    }
  });
});

describe("answers", () => {
  test("text, reasoning, arguments and usage are what OpenAI's client reads, wherever an answer is cut", async () => {
    const body = JSON.stringify(RESPONSE);
    const response = await client(body, "application/json").responses.create(QUESTION);
    for (const cut of [[], everyByte(body), ...everyCut(body)]) {
      const seen = await ask({ response: { body, cut } });
      assert.deepEqual(shown(seen), textsOf(response));
      assert.deepEqual(told(seen), usageOf(response.usage));
      assert.equal(seen.client.body, Buffer.from(body).toString("latin1"));
    }
  });

  test("an error in an answer of status 200 is an error, and a refusal of the model's is none", async () => {
    const failed = { ...RESPONSE, status: "failed", error: { code: "server_error", message: "Oh." }, usage: null };
    assert.equal((await ask({ response: { body: failed } })).state["weir.outcome"], "upstream_error");
    const content = [{ type: "refusal", refusal: "I cannot." }];
    const refused = await ask({ response: { body: { ...RESPONSE, output: [{ type: "message", content }] } } });
    assert.equal(refused.state["weir.outcome"], "completed");
    assert.deepEqual(shown(refused), { "probe.refusal.0": "I cannot." });
  });
});

describe("streams", () => {
  test("text, reasoning, arguments and usage are what OpenAI's client reads, wherever a stream is cut", async () => {
    const body = STREAM.join("");
    const { texts, last } = await readEvents(body);
    assert.equal((await putTogether(body)).output_text, texts["probe.content.0"]);
    assert.equal(texts["probe.content.0"], 'A weir "holds" 水 back.');
    for (const cut of [[], everyByte(body), ...everyCut(body)]) {
      const seen = await stream(body, cut);
      assert.deepEqual(shown(seen), texts);
      assert.deepEqual(told(seen), usageOf(last?.usage));
      assert.equal(seen.client.body, Buffer.from(body).toString("latin1"));
      assert.equal(seen.state["weir.outcome"], "completed");
    }
  });

  test("lines may end in CRLF or CR", async () => {
    for (const newline of ["\r\n", "\r"]) {
      const body = STREAM.join("").replaceAll("\n", newline);
      const seen = await stream(body, everyByte(body));
      assert.equal(seen.state["gen_ai.usage.output_tokens"], "41");
      assert.equal(seen.state["probe.content.0"], 'A weir "holds" 水 back.');
    }
  });

  const DELTAS: [string, string | undefined][] = [
    ["response.output_text.delta", "content"],
    ["response.audio.transcript.delta", "content"],
    ["response.refusal.delta", "refusal"],
    ["response.reasoning_text.delta", "reasoning"],
    ["response.reasoning_summary_text.delta", "reasoning"],
    ["response.function_call_arguments.delta", "arguments"],
    ["response.mcp_call_arguments.delta", "arguments"],
    ["response.custom_tool_call_input.delta", "arguments"],
    ["response.code_interpreter_call_code.delta", "arguments"],
    ["response.something_new.delta", "content"],
    ["response.audio.delta", undefined],
  ];
  for (const [type, kind] of DELTAS) {
    test(`the delta of ${type} is ${kind ?? "no text"}, also where the number of an event is behind it`, async () => {
      const late = (delta: string): string =>
        `data: ${JSON.stringify({ type, item_id: "i", delta, sequence_number: 1 })}\n\n`;
      const body =
        event("response.created", { response: begun }) + event(type, { delta: "aé" }) + late("b") + late("c");
      for (const cut of [[], everyByte(body)])
        assert.deepEqual(shown(await stream(body, cut)), kind ? { [`probe.${kind}.0`]: "aébc" } : {});
      const silent = await stream(body, [], {});
      assert.equal(silent.state["gen_ai.usage.output_tokens"], kind ? "2" : "0", "measured where nobody listens");
    });
  }

  test("a stream that breaks off before its usage is estimated from its text", async () => {
    const { state } = await stream(STREAM.slice(0, 10).join(""));
    assert.equal(state["weir.usage.source"], "estimated");
    const read = Buffer.from('Let me see…A weir "holds"').length;
    assert.equal(state["gen_ai.usage.output_tokens"], String(Math.ceil(read / 4)));
  });

  test("an error after data is an error in each of its forms, and reaches the client as it is", async () => {
    const errors = [
      event("error", { code: "server_error", message: "Oh.", param: null }),
      event("error", { error: { type: "server_error", code: "x", message: "Oh." } }),
      event("response.failed", {
        response: { ...begun, status: "failed", error: { code: "server_error", message: "Oh." } },
      }),
    ];
    for (const error of errors) {
      const body = STREAM.slice(0, 9).join("") + error;
      for (const cut of [[], everyByte(body)]) {
        const seen = await stream(body, cut);
        assert.equal(seen.state["weir.outcome"], "upstream_error");
        assert.equal(seen.client.body, Buffer.from(body).toString("latin1"));
      }
    }
  });

  test("events and members that nobody knows pass as they are", async () => {
    const odd = [
      STREAM[0] ?? "",
      event("response.hologram.partial", { beams: [1], text: "not generated" }),
      "event: odd\ndata: not json\n\n",
      ": comment\n\n",
      event("response.completed", { response: { usage: { output_tokens: 2, input_tokens: 1, holograms: {} } } }),
    ].join("");
    const seen = await stream(odd);
    assert.equal(seen.client.body, odd);
    assert.deepEqual(shown(seen), {});
    assert.equal(seen.state["gen_ai.usage.output_tokens"], "2");
  });
});

describe("ends", () => {
  for (const [act, reason] of [
    ["endWithLength", "max_output_tokens"],
    ["endWithContentFilter", "content_filter"],
  ] as const) {
    test(`a stream that is ended is incomplete by ${reason} to OpenAI's client, wherever it is cut`, async () => {
      const config = { processors: [{ type: "probe", at: "delta", afterBytes: 16, act }] };
      const body = STREAM.join("");
      const numbers = (text: string): number[] =>
        [...text.matchAll(/"sequence_number":(\d+)/g)].map((m) => Number(m[1]));
      const checked = new Set<string>();
      for (const cut of everyCut(body)) {
        const seen = await stream(body, [...cut, body.length], config);
        assert.equal(seen.state["weir.outcome"], "cut_off");
        assert.equal(seen.client.end, "clean");
        if (checked.has(seen.client.body)) continue;
        checked.add(seen.client.body);
        const got = Buffer.from(seen.client.body, "latin1");
        const last = await putTogether(got);
        assert.equal(last.status, "incomplete");
        assert.equal(last.incomplete_details?.reason, reason);
        assert.equal(last.id, "resp_1");
        assert.ok((last.usage?.output_tokens ?? 0) > 0);
        assert.equal((await readEvents(got)).texts["probe.reasoning.0"], "Let me see…");
        const seenNumbers = numbers(got.toString());
        assert.deepEqual(
          seenNumbers,
          seenNumbers.map((_, i) => i),
        );
      }
    });
  }

  test("a stream that never began as the API says gets a beginning before its end", async () => {
    const config = { processors: [{ type: "probe", at: "delta", afterBytes: 1, act: "endWithLength" }] };
    const seen = await stream(
      event("response.output_text.delta", { delta: "Hello" }).replace(/_number":\d+/, '_number":0'),
      [],
      config,
    );
    const body = seen.client.body.slice(seen.client.body.indexOf("event: response.created"));
    const last = await putTogether(body);
    assert.equal(last.status, "incomplete");
  });

  test("a refusal is the error of its status to OpenAI's client", async () => {
    const config = { processors: [{ type: "accessControl", default: "deny" }] };
    const seen = await exchange({ config, request: { path: PATH, body: QUESTION } });
    await assert.rejects(
      client(seen.client.body, "application/json", seen.status).responses.create(QUESTION),
      (error: unknown) => error instanceof OpenAI.PermissionDeniedError && error.code === "access_denied",
    );
  });
});

describe("recordings", { skip: noRecordings }, () => {
  test("response/responses/basic.json is read as OpenAI's client reads it", async () => {
    const body = recorded("response/responses/basic.json");
    const response = await client(body, "application/json").responses.create(QUESTION);
    for (const cut of [[], everyByte(body), ...everyCut(body)]) {
      const seen = await ask({ response: { body, cut } });
      assert.deepEqual(shown(seen), textsOf(response));
      assert.deepEqual(told(seen), usageOf(response.usage));
      assert.equal(seen.client.body, body.toString("latin1"));
    }
  });

  test("response/responses/stream.json is read as OpenAI's client reads it, cut at every byte", async () => {
    const body = recorded("response/responses/stream.json");
    const { texts, last } = await readEvents(body);
    for (const cut of [[], everyByte(body), ...everyCut(body)]) {
      const seen = await stream(body, cut);
      assert.deepEqual(shown(seen), texts);
      assert.deepEqual(told(seen), usageOf(last?.usage));
      assert.equal(seen.client.body, body.toString("latin1"));
    }
  });

  for (const name of ["basic", "input-list", "parallel-tool-call"]) {
    test(`requests/responses/${name}.json is read, and goes upstream as it is`, async () => {
      const body = recorded(`requests/responses/${name}.json`);
      const seen = await exchange({ request: { path: PATH, body } });
      assert.equal(seen.upstream.body, body.toString("latin1"));
      assert.equal(seen.state["gen_ai.request.model"], (JSON.parse(body.toString()) as { model: string }).model);
    });
  }
});
