/** Anthropic's messages: requests, answers, streams and their ends, and what its own client makes of the same bytes. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import Anthropic from "@anthropic-ai/sdk";
import { everyByte, everyCut } from "./host/cuts.ts";
import { exchange, type Plan, type Seen } from "./host/exchange.ts";
import { noRecordings, recorded } from "./host/recordings.ts";

const PATH = "/v1/messages";
const SHOW = { processors: [{ type: "probe", showsText: true }] };
const EVENTS = { "content-type": "text/event-stream; charset=utf-8" };
const QUESTION = { model: "claude-haiku-4-5", max_tokens: 100, messages: [{ role: "user", content: "Hello" }] };
const STREAMED = { ...QUESTION, stream: true };

const event = (data: { type: string }): string => `event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`;
const delta = (index: number, of: object): string =>
  event({ type: "content_block_delta", index, delta: of } as { type: string });
const START = {
  type: "message_start",
  message: {
    id: "msg_1",
    type: "message",
    role: "assistant",
    model: "claude-haiku-4-5-20251001",
    content: [],
    stop_reason: null,
    stop_sequence: null,
    usage: { input_tokens: 7, cache_creation_input_tokens: 30, cache_read_input_tokens: 200, output_tokens: 3 },
  },
};
const STREAM = [
  event(START),
  event({
    type: "content_block_start",
    index: 0,
    content_block: { type: "thinking", thinking: "", signature: "" },
  } as never),
  delta(0, { type: "thinking_delta", thinking: "Let me " }),
  delta(0, { type: "thinking_delta", thinking: "see…" }),
  delta(0, { type: "signature_delta", signature: "EqQBCg" }),
  event({ type: "content_block_stop", index: 0 } as never),
  event({ type: "ping" }),
  event({ type: "content_block_start", index: 1, content_block: { type: "text", text: "" } } as never),
  delta(1, { type: "text_delta", text: 'A weir "holds"' }),
  delta(1, { type: "text_delta", text: " 水 back." }),
  event({ type: "content_block_stop", index: 1 } as never),
  event({
    type: "content_block_start",
    index: 2,
    content_block: { type: "tool_use", id: "t", name: "gate", input: {} },
  } as never),
  delta(2, { type: "input_json_delta", partial_json: "" }),
  delta(2, { type: "input_json_delta", partial_json: '{"open":' }),
  delta(2, { type: "input_json_delta", partial_json: "true}" }),
  event({ type: "content_block_stop", index: 2 } as never),
  event({
    type: "message_delta",
    delta: { stop_reason: "tool_use", stop_sequence: null },
    usage: { output_tokens: 41 },
  } as never),
  event({ type: "message_stop" }),
];

const ask = (plan: Plan, body: object = QUESTION, path = PATH): Promise<Seen> =>
  exchange({ config: SHOW, request: { path, body }, ...plan });
const stream = (body: string | Buffer, cut: readonly number[] = [], config: object = SHOW): Promise<Seen> =>
  exchange({ config, request: { path: PATH, body: STREAMED }, response: { headers: EVENTS, body, cut } });

/** Anthropic's client, which is given these bytes for an answer. */
function client(body: string | Buffer, type: string, status = 200): Anthropic {
  return new Anthropic({
    apiKey: "none",
    maxRetries: 0,
    fetch: () =>
      Promise.resolve(new Response(new Uint8Array(Buffer.from(body)), { status, headers: { "content-type": type } })),
  });
}

const readStream = async (body: string | Buffer): Promise<Anthropic.Message> =>
  client(body, "text/event-stream")
    .messages.stream(QUESTION as Anthropic.MessageStreamParams)
    .finalMessage();

/** The text of a message as `DeltaKind` tells it apart. */
function textsOf(message: Anthropic.Message): Record<string, string> {
  const texts: Record<string, string> = {};
  const add = (kind: string, text: string): void => {
    if (text !== "") texts[`probe.${kind}.0`] = (texts[`probe.${kind}.0`] ?? "") + text;
  };
  for (const block of message.content) {
    if (block.type === "text") add("content", block.text);
    else if (block.type === "thinking") add("reasoning", block.thinking);
    else if (block.type === "tool_use") add("arguments", JSON.stringify(block.input));
  }
  return texts;
}

/** The texts that a processor was shown; of arguments, the value that their JSON stands for. */
const shown = ({ state }: Seen): Record<string, string> =>
  Object.fromEntries(
    Object.entries(state)
      .filter(([name]) => /^probe\.(content|arguments|reasoning|refusal)/.test(name))
      .map(([name, text]) => [name, name === "probe.arguments.0" ? JSON.stringify(JSON.parse(text)) : text]),
  );

/** Usage in the terms of the filter state, as Anthropic's documentation says it is to be added up. */
function usageOf(usage: Anthropic.Usage): object {
  const read = usage.cache_read_input_tokens ?? 0;
  const written = usage.cache_creation_input_tokens ?? 0;
  return {
    "gen_ai.usage.input_tokens": String(usage.input_tokens + read + written),
    "gen_ai.usage.output_tokens": String(usage.output_tokens),
    "weir.usage.cached_input_tokens": usage.cache_read_input_tokens === undefined ? undefined : String(read),
    "weir.usage.cache_write_tokens": written > 0 ? String(written) : undefined,
    "weir.usage.source": "reported",
  };
}

const told = ({ state }: Seen): object => ({
  "gen_ai.usage.input_tokens": state["gen_ai.usage.input_tokens"],
  "gen_ai.usage.output_tokens": state["gen_ai.usage.output_tokens"],
  "weir.usage.cached_input_tokens": state["weir.usage.cached_input_tokens"],
  "weir.usage.cache_write_tokens": state["weir.usage.cache_write_tokens"],
  "weir.usage.source": state["weir.usage.source"],
});

describe("requests", () => {
  test("a message is a chat with Anthropic, by the model that it names", async () => {
    const { state } = await ask({ response: { body: recordedMessage() } });
    assert.equal(state["gen_ai.operation.name"], "chat");
    assert.equal(state["gen_ai.provider.name"], "anthropic");
    assert.equal(state["gen_ai.request.model"], "claude-haiku-4-5");
    assert.equal(state["gen_ai.response.model"], "claude-haiku-4-5-20251001");
  });

  test("the path may have a prefix, slashes at its end and capital letters, and is no other one", async () => {
    for (const path of ["/anthropic/v1/messages", "/v1/messages/", "/V1/Messages//", "/v1/messages?beta=true"])
      assert.equal((await ask({}, QUESTION, path)).state["gen_ai.operation.name"], "chat", path);
    for (const path of ["/v1/threads/x/messages", "/messages", "/v1/messages/batches", "/v1/messagesx"])
      assert.equal((await ask({}, QUESTION, path)).state["gen_ai.operation.name"], undefined, path);
  });

  test("at Vertex AI the model is in the path", async () => {
    const vertex = "/v1/projects/p/locations/l/publishers/anthropic/models/claude-sonnet-4%405:";
    const body = { anthropic_version: "vertex-2023-10-16", max_tokens: 9, messages: QUESTION.messages };
    for (const method of ["rawPredict", "streamRawPredict"])
      assert.equal((await ask({}, body, vertex + method)).state["gen_ai.request.model"], "claude-sonnet-4@5");
    const other = vertex.replace("anthropic", "meta");
    assert.equal((await ask({}, body, `${other}rawPredict`)).state["gen_ai.operation.name"], undefined);
    const count = "/v1/projects/p/locations/l/publishers/anthropic/models/count-tokens:rawPredict";
    assert.equal((await ask({}, QUESTION, count)).state["gen_ai.operation.name"], "count_tokens");
  });

  test("counting tokens uses none", async () => {
    const { state, client: got } = await ask(
      { response: { body: { input_tokens: 2095 } } },
      QUESTION,
      `${PATH}/count_tokens`,
    );
    assert.equal(state["gen_ai.operation.name"], "count_tokens");
    assert.equal(state["gen_ai.request.model"], "claude-haiku-4-5");
    assert.equal(state["gen_ai.usage.input_tokens"], undefined);
    assert.equal(state["gen_ai.usage.output_tokens"], undefined);
    assert.equal(state["weir.outcome"], "completed");
    assert.equal(got.body, '{"input_tokens":2095}');
  });

  test("nothing is changed in a question, for usage is always reported", async () => {
    const seen = await stream(STREAM.join(""));
    assert.equal(seen.upstream.body, JSON.stringify(STREAMED));
  });

  test("what a question says is counted, wherever it is cut", async () => {
    const said = {
      model: "claude-3",
      max_tokens: 5,
      system: [{ type: "text", text: "Be brief." }],
      messages: [
        { role: "user", content: [{ type: "text", text: "What is a weir?" }] },
        { role: "assistant", content: [{ type: "tool_use", id: "t", name: "look", input: { q: "weir" } }] },
        { role: "user", content: [{ type: "tool_result", tool_use_id: "t", content: "A low dam." }] },
      ],
    };
    const body = JSON.stringify(said);
    const counts = async (cut: readonly number[]): Promise<string | undefined> =>
      (await exchange({ config: { processors: [{ type: "tokenCount" }] }, request: { path: PATH, body, cut } })).state[
        "weir.usage.counted_input_tokens"
      ];
    const whole = await counts([]);
    assert.ok(Number(whole) > 15, `counted ${whole}`);
    assert.equal(await counts(everyByte(body)), whole);
  });

  test("a document counts as what it is, in whichever order its members stand: text as text, all else as nothing", async () => {
    const counted = async (block: object): Promise<number> => {
      const body = { model: "gpt-4o", max_tokens: 5, messages: [{ role: "user", content: [block] }] };
      const config = { processors: [{ type: "tokenCount" }] };
      return Number(
        (await exchange({ config, request: { path: PATH, body } })).state["weir.usage.counted_input_tokens"],
      );
    };
    const text = "A weir is a low dam, built across a river.";
    const nothing = await counted({ type: "text", text: "" });
    const pdf = { type: "base64", media_type: "application/pdf", data: "JVBERi0xLjQK" };
    const plain = { type: "text", media_type: "text/plain", data: text };
    assert.equal(await counted({ type: "document", source: pdf }), nothing);
    assert.equal(await counted({ source: pdf, type: "document" }), nothing);
    const asText = await counted({ type: "text", text });
    assert.ok(asText > nothing + 5);
    assert.equal(await counted({ type: "document", source: plain }), asText);
    assert.equal(await counted({ source: { data: text, type: "text" }, type: "document" }), asText);
    assert.equal(
      await counted({ type: "document", source: { type: "content", content: [{ type: "text", text }] } }),
      asText,
    );
    const image = { type: "base64", media_type: "image/png", data: "iVBORw0KGgo=" };
    assert.ok((await counted({ type: "image", source: image })) > nothing + 50);
    assert.ok((await counted({ source: image, type: "image" })) > nothing + 50);
  });

  test("a model cannot be smuggled past a rule", async () => {
    const config = {
      processors: [
        { type: "accessControl", default: "deny", rules: [{ action: "allow", models: ["claude-haiku-*"] }] },
      ],
    };
    const refused = ['{"model":"claude-haiku-1","model":"claude-opus-4"}', '{"model":["claude-haiku-1"]}', "[]", "x"];
    for (const body of refused) {
      const seen = await exchange({ config, request: { path: PATH, body } });
      assert.ok(seen.status === 400 || seen.status === 403, `${body}: ${seen.status}`);
      const error = JSON.parse(seen.client.body) as { type: string; error: { type: string } };
      assert.equal(error.type, "error");
    }
    assert.equal((await exchange({ config, request: { path: PATH, body: QUESTION } })).status, 200);
  });

  test("a bound of tokens is lowered where it stands", async () => {
    const limits = [{ name: "hour", key: ["consumer"], tokens: 60, window: "1h", algorithm: "fixedWindow" }];
    const config = { processors: [{ type: "tokenRateLimit", limits, clampMaxTokens: true, reserve: "none" }] };
    const seen = await exchange({ config, fresh: true, request: { path: PATH, body: QUESTION } });
    const sent = JSON.parse(seen.upstream.body) as { max_tokens: number };
    assert.ok(sent.max_tokens < 60 && sent.max_tokens > 0, `max_tokens is ${sent.max_tokens}`);
  });
});

const recordedMessage = (): object => ({
  ...START.message,
  content: [
    { type: "thinking", thinking: "Let me see…", signature: "EqQBCg" },
    { type: "text", text: 'A weir "holds" 水 back.' },
    { type: "tool_use", id: "t", name: "gate", input: { open: true, why: ["水 é", "🌊"] } },
  ],
  stop_reason: "tool_use",
  usage: { input_tokens: 7, cache_creation_input_tokens: 30, cache_read_input_tokens: 200, output_tokens: 41 },
});

describe("answers", () => {
  test("text, reasoning and usage are what Anthropic's client reads, wherever an answer is cut", async () => {
    const body = JSON.stringify(recordedMessage());
    const message = await client(body, "application/json").messages.create(
      QUESTION as Anthropic.MessageCreateParamsNonStreaming,
    );
    for (const cut of [[], everyByte(body), ...everyCut(body)]) {
      const seen = await ask({ response: { body, cut } });
      assert.deepEqual(shown(seen), textsOf(message));
      assert.deepEqual(told(seen), usageOf(message.usage));
      assert.equal(seen.client.body, Buffer.from(body).toString("latin1"));
      assert.equal(
        seen.metrics["weir.tokens;operation=chat;provider=anthropic;model=other;type=cache_write;outcome=completed;"],
        30,
      );
    }
  });

  test("an error in an answer of status 200 is an error", async () => {
    const body = { type: "error", error: { type: "overloaded_error", message: "Overloaded" } };
    assert.equal((await ask({ response: { body } })).state["weir.outcome"], "upstream_error");
  });
});

describe("streams", () => {
  test("text, reasoning and usage are what Anthropic's client reads, wherever a stream is cut", async () => {
    const body = STREAM.join("");
    const message = await readStream(body);
    for (const cut of [[], everyByte(body), ...everyCut(body)]) {
      const seen = await stream(body, cut);
      assert.deepEqual(shown(seen), textsOf(message));
      assert.equal(seen.state["probe.arguments.0"], '{"open":true}');
      assert.deepEqual(told(seen), usageOf(message.usage));
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

  test("the usage of message_delta replaces that of message_start", async () => {
    const usage = { input_tokens: 11, cache_creation_input_tokens: 0, cache_read_input_tokens: 5, output_tokens: 12 };
    const late = { type: "message_delta", delta: { stop_reason: "end_turn" }, usage };
    const { state } = await stream(event(START) + event(late) + event({ type: "message_stop" }));
    assert.deepEqual(
      [
        state["gen_ai.usage.input_tokens"],
        state["weir.usage.cached_input_tokens"],
        state["gen_ai.usage.output_tokens"],
      ],
      ["16", "5", "12"],
    );
  });

  test("a stream that breaks off before its usage is estimated from its text, not told as the few tokens of its start", async () => {
    const broken = STREAM.slice(0, 10).join("");
    const { state } = await stream(broken);
    assert.equal(state["weir.usage.source"], "estimated");
    assert.equal(state["gen_ai.usage.input_tokens"], "237");
    assert.equal(
      state["gen_ai.usage.output_tokens"],
      String(Math.ceil(Buffer.from('Let me see…A weir "holds" 水 back.').length / 4)),
    );
  });

  test("an error after data is an error, and reaches the client as it is", async () => {
    const error = event({ type: "error", error: { type: "overloaded_error", message: "Overloaded" } } as never);
    const body = STREAM.slice(0, 9).join("") + error;
    for (const cut of everyCut(body)) {
      const seen = await stream(body, cut);
      assert.equal(seen.state["weir.outcome"], "upstream_error");
      assert.equal(seen.client.body, Buffer.from(body).toString("latin1"));
    }
  });

  test("events and members that nobody knows pass as they are", async () => {
    const odd = [
      event(START),
      event({ type: "content_block_start", index: 0, content_block: { type: "hologram", beams: [1] } } as never),
      delta(0, { type: "hologram_delta", beam: "abc" }),
      event({ type: "weather", text: "not generated" } as never),
      "event: odd\ndata: not json\n\n",
      ": comment\n\n",
      event({ type: "message_delta", usage: { output_tokens: 2 } } as never),
    ].join("");
    const seen = await stream(odd);
    assert.equal(seen.client.body, odd);
    assert.deepEqual(shown(seen), {});
    assert.equal(seen.state["gen_ai.usage.output_tokens"], "2");
  });
});

describe("ends", () => {
  for (const [act, reason] of [
    ["endWithLength", "max_tokens"],
    ["endWithContentFilter", "refusal"],
  ] as const) {
    test(`a stream that is ended is a message with the reason ${reason} to Anthropic's client, wherever it is cut`, async () => {
      const config = { processors: [{ type: "probe", at: "delta", afterBytes: 16, act }] };
      const body = STREAM.join("");
      for (const cut of everyCut(body)) {
        const seen = await stream(body, [...cut, body.length], config);
        const got = Buffer.from(seen.client.body, "latin1");
        const message = await readStream(got);
        assert.equal(message.stop_reason, reason);
        assert.equal(textsOf(message)["probe.reasoning.0"], "Let me see…");
        assert.ok(message.usage.output_tokens > 0);
        const starts = got.toString().match(/event: content_block_start/g)?.length;
        assert.equal(got.toString().match(/event: content_block_stop/g)?.length, starts);
        assert.equal(seen.state["weir.outcome"], "cut_off");
        assert.equal(seen.client.end, "clean");
      }
    });
  }

  test("a refusal is the error of its status to Anthropic's client", async () => {
    const config = { processors: [{ type: "accessControl", default: "deny" }] };
    const seen = await exchange({ config, request: { path: PATH, body: QUESTION } });
    const refused = client(seen.client.body, "application/json", seen.status);
    await assert.rejects(
      refused.messages.create(QUESTION as Anthropic.MessageCreateParamsNonStreaming),
      (error: unknown) => error instanceof Anthropic.PermissionDeniedError && /has no access/.test(error.message),
    );
  });
});

describe("recordings", { skip: noRecordings }, () => {
  for (const name of ["basic", "tool"]) {
    test(`response/anthropic/${name}.json is read as Anthropic's client reads it`, async () => {
      const body = recorded(`response/anthropic/${name}.json`);
      const message = await client(body, "application/json").messages.create(
        QUESTION as Anthropic.MessageCreateParamsNonStreaming,
      );
      for (const cut of [[], everyByte(body), ...everyCut(body)]) {
        const seen = await ask({ response: { body, cut } });
        assert.deepEqual(shown(seen), textsOf(message));
        assert.deepEqual(told(seen), usageOf(message.usage));
        assert.equal(seen.client.body, body.toString("latin1"));
      }
    });

    test(`response/anthropic/stream_${name}.json is read as Anthropic's client reads it, cut at every byte`, async () => {
      const body = recorded(`response/anthropic/stream_${name}.json`);
      const message = await readStream(body);
      for (const cut of [[], everyByte(body), ...everyCut(body)]) {
        const seen = await stream(body, cut);
        assert.deepEqual(shown(seen), textsOf(message));
        assert.deepEqual(told(seen), usageOf(message.usage));
        assert.equal(seen.client.body, body.toString("latin1"));
      }
    });
  }

  for (const name of ["basic", "tools", "system_message", "cache_control"]) {
    test(`requests/messages/${name}.json is read, and goes upstream as it is`, async () => {
      const body = recorded(`requests/messages/${name}.json`);
      const seen = await exchange({ request: { path: PATH, body } });
      assert.equal(seen.upstream.body, body.toString("latin1"));
      assert.equal(seen.state["gen_ai.request.model"], (JSON.parse(body.toString()) as { model: string }).model);
    });
  }
});
