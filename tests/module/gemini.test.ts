/** Gemini's content generation: requests, answers, both forms of its streams and their ends, and what Google's own client makes of the same bytes. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ApiError, FinishReason, type GenerateContentResponse, GoogleGenAI } from "@google/genai";
import { everyByte, everyCut } from "./host/cuts.ts";
import { exchange, type Plan, type Seen } from "./host/exchange.ts";
import { noRecordings, recorded } from "./host/recordings.ts";

const MODEL = "gemini-2.5-flash";
const WHOLE = `/v1beta/models/${MODEL}:generateContent`;
const STREAM = `/v1beta/models/${MODEL}:streamGenerateContent`;
const VERTEX = "/v1/projects/p/locations/europe-west1/publishers/google/models/";
const SHOW = { processors: [{ type: "probe", showsText: true }] };
const EVENTS = { "content-type": "text/event-stream" };
const LIST = { "content-type": "application/json; charset=UTF-8" };
const QUESTION = { contents: [{ role: "user", parts: [{ text: "Hello" }] }] };
const THREE = { ...QUESTION, generationConfig: { candidateCount: 3 } };

/** A text as Google's servers write JSON: two blanks, and a candidate's index behind its text. */
const chunk = (parts: object[], more: object = {}, candidate: object = {}): object => ({
  candidates: [{ content: { parts, role: "model" }, ...candidate, index: 0 }],
  ...more,
  modelVersion: "gemini-2.5-flash-001",
  responseId: "r1",
});
const USAGE = {
  promptTokenCount: 20,
  candidatesTokenCount: 12,
  totalTokenCount: 85,
  cachedContentTokenCount: 8,
  promptTokensDetails: [
    { modality: "TEXT", tokenCount: 9 },
    { tokenCount: 11, modality: "IMAGE" },
  ],
  candidatesTokensDetails: [{ modality: "AUDIO", tokenCount: 4 }],
  toolUsePromptTokenCount: 13,
  thoughtsTokenCount: 40,
};
const CHUNKS = [
  chunk([{ text: "Let me ", thought: true }], { usageMetadata: { promptTokenCount: 20, totalTokenCount: 20 } }),
  chunk([{ thought: true, text: "see…" }], {
    usageMetadata: { promptTokenCount: 20, totalTokenCount: 50, thoughtsTokenCount: 30 },
  }),
  chunk([{ text: 'A weir "holds"' }, { text: " 水 back." }]),
  chunk([{ functionCall: { name: "gate", args: { open: true, Höhe: ["水"] } }, thoughtSignature: "CjEBc2ln" }]),
  chunk([{ text: "" }], { usageMetadata: USAGE }, { finishReason: "STOP" }),
];
const REASONING = "Let me see…";
const CONTENT = 'A weir "holds" 水 back.';
const ARGUMENTS = '{"open":true,"Höhe":["水"]}';

const asEvents = (chunks: object[], newline = "\r\n"): string =>
  chunks.map((one) => `data: ${JSON.stringify(one)}${newline}${newline}`).join("");
const asList = (chunks: object[]): string =>
  `[${chunks.map((one) => JSON.stringify(one, null, 2)).join("\n,\r\n")}\n]\n`;
/** Pretty-printed as a list is, arguments are as they stand. */
const prettyArguments = (text: string): unknown => JSON.parse(Buffer.from(text, "latin1").toString());

const whole = (answer: object | string | Buffer, cut: readonly number[] = [], question: object = QUESTION) =>
  exchange({ config: SHOW, request: { path: WHOLE, body: question }, response: { body: answer, cut } });
const streamed = (
  body: string | Buffer,
  headers: Record<string, string>,
  cut: readonly number[] = [],
  config: object = SHOW,
  question: object = QUESTION,
): Promise<Seen> => exchange({ config, request: { path: STREAM, body: question }, response: { headers, body, cut } });
const ask = (path: string, body: object | string = QUESTION, plan: Plan = {}): Promise<Seen> =>
  exchange({ request: { path, body }, response: { body: chunk([{ text: "x" }], { usageMetadata: USAGE }) }, ...plan });

/** Runs `call` with Google's client, which gets these bytes for an answer. */
async function client<T>(
  body: string | Buffer,
  type: string,
  call: (models: GoogleGenAI["models"]) => Promise<T>,
  status = 200,
): Promise<T> {
  const own = globalThis.fetch;
  globalThis.fetch = () =>
    Promise.resolve(new Response(new Uint8Array(Buffer.from(body)), { status, headers: { "content-type": type } }));
  try {
    return await call(new GoogleGenAI({ apiKey: "none" }).models);
  } finally {
    globalThis.fetch = own;
  }
}

const readWhole = (body: string | Buffer, status = 200): Promise<GenerateContentResponse> =>
  client(body, "application/json", (models) => models.generateContent({ model: MODEL, contents: "Hello" }), status);

/** The client reads event streams alone; a list is what `JSON.parse` reads. */
const readEvents = (body: string | Buffer): Promise<GenerateContentResponse[]> =>
  client(body, "text/event-stream", async (models) => {
    const all: GenerateContentResponse[] = [];
    for await (const one of await models.generateContentStream({ model: MODEL, contents: "Hello" })) all.push(one);
    return all;
  });

/** The texts of answers as `DeltaKind` tells them apart. */
function textsOf(answers: GenerateContentResponse[]): Record<string, string> {
  const texts: Record<string, string> = {};
  for (const { candidates = [] } of answers)
    for (const [place, { content, index = place }] of candidates.entries())
      for (const { text = "", thought } of content?.parts ?? []) {
        const name = `probe.${thought ? "reasoning" : "content"}.${index}`;
        if (text !== "") texts[name] = (texts[name] ?? "") + text;
      }
  return texts;
}

/** The texts that a processor was shown, but for the arguments of functions. */
const shown = ({ state }: Seen): Record<string, string> =>
  Object.fromEntries(Object.entries(state).filter(([name]) => /^probe\.(content|reasoning|refusal)/.test(name)));

/** Usage in the terms of the filter state, as Google's documentation says it is to be added up: out of the last report. */
function usageOf(answers: GenerateContentResponse[]): object {
  const usage = answers.map((one) => one.usageMetadata).findLast((one) => one?.promptTokenCount !== undefined) ?? {};
  const input = (usage.promptTokenCount ?? 0) + (usage.toolUsePromptTokenCount ?? 0);
  assert.equal(usage.totalTokenCount, input + (usage.candidatesTokenCount ?? 0) + (usage.thoughtsTokenCount ?? 0));
  return told({
    "gen_ai.usage.input_tokens": String(input),
    "gen_ai.usage.output_tokens": String(usage.totalTokenCount - input),
    "weir.usage.cached_input_tokens": usage.cachedContentTokenCount?.toString(),
    "weir.usage.reasoning_tokens": usage.thoughtsTokenCount?.toString(),
    "weir.usage.source": "reported",
  });
}

const told = (state: Record<string, string | undefined>): object => ({
  "gen_ai.usage.input_tokens": state["gen_ai.usage.input_tokens"],
  "gen_ai.usage.output_tokens": state["gen_ai.usage.output_tokens"],
  "weir.usage.cached_input_tokens": state["weir.usage.cached_input_tokens"],
  "weir.usage.reasoning_tokens": state["weir.usage.reasoning_tokens"],
  "weir.usage.source": state["weir.usage.source"],
});
const latin = (text: string | Buffer): string => Buffer.from(text).toString("latin1");

describe("requests", () => {
  test("the path names the operation and the model, at the Gemini API and at Vertex AI", async () => {
    for (const [path, model] of [
      [WHOLE, MODEL],
      [`${STREAM}?alt=sse&key=k`, MODEL],
      ["/google/v1beta/models/gemini-2.0%2Dflash:generateContent/", "gemini-2.0-flash"],
      ["/v1beta/models/gemini-2.0-flash%3AgenerateContent", "gemini-2.0-flash"],
      ["/v1beta/tunedModels/mine:GENERATECONTENT", "mine"],
      [`${VERTEX}gemini-2.5-pro:generateContent`, "gemini-2.5-pro"],
      ["/v1/projects/p/locations/l/endpoints/123:streamGenerateContent", "123"],
    ] as const) {
      const { state } = await ask(path);
      assert.equal(state["gen_ai.operation.name"], "generate_content", path);
      assert.equal(state["gen_ai.provider.name"], "gcp.gen_ai");
      assert.equal(state["gen_ai.request.model"], model, path);
    }
    for (const path of ["/v1beta/models/x:generateAnswer", "/v1beta/models/x", "/generateContent"])
      assert.notEqual((await ask(path)).state["gen_ai.operation.name"], "generate_content", path);
  });

  test("counting tokens uses none, and embedding them only input", async () => {
    const count = await ask(`/v1beta/models/${MODEL}:countTokens`, QUESTION, {
      response: { body: { totalTokens: 9 } },
    });
    assert.equal(count.state["gen_ai.operation.name"], "count_tokens");
    assert.equal(count.state["gen_ai.usage.input_tokens"], undefined);
    assert.equal(count.state["weir.outcome"], "completed");
    const text = { content: { parts: [{ text: "A weir holds water back." }] } };
    const embedding = { embedding: { values: [0.1, -2e-3] } };
    const reports = { ...embedding, usageMetadata: { promptTokenCount: 7, promptTokenDetails: [] } };
    for (const [path, body, answer, input] of [
      ["embedContent", text, embedding, "6"],
      ["embedContent", text, reports, "7"],
      ["batchEmbedContents", { requests: [text, text] }, { embeddings: [{ values: [1] }] }, "12"],
    ] as const) {
      const { state } = await ask(`/v1beta/models/e:${path}`, body, { response: { body: answer } });
      assert.equal(state["gen_ai.operation.name"], "embeddings");
      assert.equal(state["gen_ai.usage.input_tokens"], input);
      assert.equal(state["gen_ai.usage.output_tokens"], "0");
    }
  });

  test("what is said is counted alike in all spellings that Google reads, wherever it is cut", async () => {
    const said = (args: object): string =>
      JSON.stringify({
        systemInstruction: { parts: [{ text: "Be brief." }] },
        contents: [
          { role: "user", parts: [{ text: "Look:" }, { inlineData: { mimeType: "image/png", data: "iVBORw0KGgo=" } }] },
          { role: "model", parts: [{ functionCall: { name: "look", args } }] },
          { role: "function", parts: [{ functionResponse: { name: "look", response: { result: "A low dam." } } }] },
        ],
        tools: [{ functionDeclarations: [{ name: "look", parameters: { properties: { q: { type: "STRING" } } } }] }],
        generationConfig: { responseSchema: { type: "STRING" } },
      });
    const snake = (text: string): string =>
      text.replace(/"(\w+)":/g, (_, name: string) => `"${name.replace(/[A-Z]/g, (c) => `_${c.toLowerCase()}`)}":`);
    const counts = async (body: string, cut: readonly number[] = []): Promise<number> => {
      const config = { processors: [{ type: "tokenCount" }] };
      const { state } = await exchange({ config, request: { path: WHOLE, body, cut } });
      return Number(state["weir.usage.counted_input_tokens"]);
    };
    const body = said({ q: "weir" });
    const tokens = await counts(body);
    assert.ok(tokens > 60, `counted ${tokens}`);
    assert.equal(await counts(body, everyByte(body)), tokens);
    assert.equal(await counts(snake(body)), tokens);
    assert.ok((await counts(said({ q: "weir ".repeat(50) }))) > tokens + 45);
    const one = '{"contents":[{"parts":[{"text":"A weir holds water back."}]}]}';
    assert.equal(await counts(one.replaceAll(/[[\]]/g, "")), await counts(one));
  });

  test("a document is no image, whichever of type and data comes first", async () => {
    const counts = async (media: object): Promise<number> => {
      const body = { contents: [{ parts: [{ text: "Look:" }, { inlineData: media }] }] };
      const config = { processors: [{ type: "tokenCount" }] };
      const { state } = await exchange({ config, request: { path: WHOLE, body } });
      return Number(state["weir.usage.counted_input_tokens"]);
    };
    const image = await counts({ mimeType: "image/webp", data: "AAAA" });
    for (const media of [
      { mimeType: "application/pdf", data: "AAAA" },
      { data: "AAAA", mimeType: "application/pdf" },
    ])
      assert.ok((await counts(media)) < image - 50);
  });

  test("a member that decides something may stand once, in one spelling", async () => {
    const limits = [{ name: "hour", key: ["consumer"], tokens: 60, window: "1h", algorithm: "fixedWindow" }];
    const config = { processors: [{ type: "tokenRateLimit", limits }] };
    for (const body of [
      '{"contents":[],"generationConfig":{"maxOutputTokens":5,"max_output_tokens":5000}}',
      '{"contents":[],"generationConfig":{"maxOutputTokens":5},"generation_config":{}}',
      '{"contents":[],"generationConfig":{"candidateCount":"8"}}',
      "[]",
      "x",
    ]) {
      const seen = await exchange({ config, request: { path: WHOLE, body } });
      assert.equal(seen.status, 400, body);
      assert.equal((JSON.parse(seen.client.body) as { error: { status: string } }).error.status, "INVALID_ARGUMENT");
    }
  });

  test("a bound of tokens is lowered where it stands, and set where there is none", async () => {
    const limits = [{ name: "hour", key: ["consumer"], tokens: 60, window: "1h", algorithm: "fixedWindow" }];
    const config = { processors: [{ type: "tokenRateLimit", limits, clampMaxTokens: true, reserve: "none" }] };
    for (const generationConfig of [
      undefined,
      {},
      { temperature: 1 },
      { maxOutputTokens: 5000, temperature: 1 },
      { max_output_tokens: 5000 },
    ]) {
      const body = generationConfig ? { ...QUESTION, generationConfig } : QUESTION;
      const seen = await exchange({ config, fresh: true, request: { path: WHOLE, body } });
      const sent = JSON.parse(seen.upstream.body) as { contents: object; generationConfig: Record<string, number> };
      assert.deepEqual(sent.contents, QUESTION.contents);
      const { maxOutputTokens, max_output_tokens: snake, temperature } = sent.generationConfig;
      const bound = maxOutputTokens ?? snake ?? 0;
      assert.ok(bound > 0 && bound < 60, JSON.stringify(sent));
      assert.equal(temperature, generationConfig?.temperature);
    }
  });
});

describe("answers", () => {
  test("text, thoughts and usage are what Google's client reads, wherever an answer is cut", async () => {
    const parts = [
      { text: REASONING, thought: true },
      { text: CONTENT },
      { functionCall: { name: "gate", args: { open: true, Höhe: ["水"] } } },
    ];
    const body = JSON.stringify(chunk(parts, { usageMetadata: USAGE }, { finishReason: "STOP" }));
    const answer = await readWhole(body);
    for (const cut of [[], everyByte(body), ...everyCut(body)]) {
      const seen = await whole(body, cut);
      assert.deepEqual(shown(seen), textsOf([answer]));
      assert.equal(seen.state["probe.arguments.0"], ARGUMENTS);
      assert.deepEqual(told(seen.state), usageOf([answer]));
      assert.equal(seen.state["weir.usage.image_input_tokens"], "11");
      assert.equal(seen.state["weir.usage.audio_output_tokens"], "4");
      assert.equal(seen.state["gen_ai.response.model"], "gemini-2.5-flash-001");
      assert.equal(seen.client.body, latin(body));
    }
  });

  test("candidates are told apart by their index, which stands behind their text", async () => {
    const candidates = [2, 0, 1].map((index) => ({
      content: { parts: [{ text: `hm ${index}`, thought: true }, { text: `No. ${index}` }] },
      finishReason: "STOP",
      index,
    }));
    const body = JSON.stringify({ candidates, usageMetadata: USAGE });
    const texts = textsOf([await readWhole(body)]);
    assert.equal(texts["probe.reasoning.2"], "hm 2");
    for (const cut of everyCut(body)) assert.deepEqual(shown(await whole(body, cut, THREE)), texts);
  });

  test("a count of zero is left out by the provider, and known as zero", async () => {
    for (const [answer, output] of [
      [{ promptFeedback: { blockReason: "SAFETY" }, usageMetadata: { promptTokenCount: 8, totalTokenCount: 8 } }, "0"],
      [
        {
          candidates: [{ finishReason: "MAX_TOKENS", index: 0 }],
          usageMetadata: { promptTokenCount: 8, totalTokenCount: 1031, thoughtsTokenCount: 1023 },
        },
        "1023",
      ],
    ] as const) {
      const { state } = await whole(answer);
      assert.equal(state["gen_ai.usage.output_tokens"], output);
      assert.equal(state["weir.usage.source"], "reported");
    }
  });

  test("a thought that is too long to be held is text, and nothing of it is lost", async () => {
    for (const bytes of [65_000, 70_000]) {
      const body = JSON.stringify(chunk([{ text: "é".repeat(bytes / 2), thought: true }, { text: "x" }]));
      const kind = bytes > 65_536 ? "content" : "reasoning";
      const config = { processors: [{ type: "tokenCount" }] };
      const seen = await whole(body, [9, 30_001, 66_001]);
      assert.equal(Buffer.from(seen.state[`probe.${kind}.0`] ?? "").length >= bytes, true);
      const counted = async (cut: readonly number[]): Promise<string | undefined> =>
        (await exchange({ config, request: { path: WHOLE, body: QUESTION }, response: { body, cut } })).state[
          "gen_ai.usage.output_tokens"
        ];
      assert.equal(await counted([7, 50_001]), await counted([]));
    }
  });

  test("an error of status 200 is an error", async () => {
    const error = { error: { code: 503, message: "Overloaded", status: "UNAVAILABLE" } };
    assert.equal((await whole(error)).state["weir.outcome"], "upstream_error");
    assert.equal((await streamed(asEvents([error]), EVENTS)).state["weir.outcome"], "upstream_error");
    for (const body of [asList([error]), JSON.stringify(error)])
      assert.equal((await streamed(body, LIST)).state["weir.outcome"], "upstream_error");
  });
});

for (const [form, headers, write] of [
  ["events", EVENTS, asEvents],
  ["a list", LIST, asList],
] as const) {
  describe(`streams as ${form}`, () => {
    test("text, thoughts, arguments and usage are what Google's client reads, wherever a stream is cut", async () => {
      const body = write(CHUNKS);
      const answers = await readEvents(asEvents(CHUNKS));
      assert.equal(textsOf(answers)["probe.content.0"], CONTENT);
      for (const cut of [[], everyByte(body), ...everyCut(body)]) {
        const seen = await streamed(body, headers, cut);
        assert.deepEqual(shown(seen), textsOf(answers));
        assert.deepEqual(prettyArguments(latin(seen.state["probe.arguments.0"] ?? "")), JSON.parse(ARGUMENTS));
        assert.deepEqual(told(seen.state), usageOf(answers));
        assert.equal(seen.client.body, latin(body));
        assert.equal(seen.state["weir.outcome"], "completed");
      }
    });

    test("several candidates are told apart, in chunks of their own and together", async () => {
      const candidate = (index: number, text: string): object => ({ content: { parts: [{ text }] }, index });
      const chunks = [
        { candidates: [candidate(1, "b"), candidate(0, "a")] },
        { candidates: [candidate(2, "c")] },
        { candidates: [candidate(1, "B")], usageMetadata: USAGE },
      ];
      const body = write(chunks);
      for (const cut of everyCut(body))
        assert.deepEqual(shown(await streamed(body, headers, cut, SHOW, THREE)), textsOf(chunks as never));
    });

    test("a stream that breaks off before its usage is estimated from its text", async () => {
      const { state } = await streamed(write([CHUNKS[0] ?? {}, CHUNKS[2] ?? {}]), headers);
      assert.equal(state["weir.usage.source"], "estimated");
      assert.equal(state["gen_ai.usage.input_tokens"], "20");
      assert.equal(state["gen_ai.usage.output_tokens"], String(Math.ceil(Buffer.byteLength(`Let me ${CONTENT}`) / 4)));
    });

    test("an error after data is an error, and reaches the client as it is", async () => {
      const body = write([...CHUNKS.slice(0, 3), { error: { code: 500, message: "Internal", status: "INTERNAL" } }]);
      for (const cut of everyCut(body)) {
        const seen = await streamed(body, headers, cut);
        assert.equal(seen.state["weir.outcome"], "upstream_error");
        assert.equal(seen.client.body, latin(body));
      }
    });

    test("what nobody knows passes as it is", async () => {
      const odd = [
        { candidates: [{ hologram: [1], content: { parts: [{ beam: { text: "no" } }, 7] } }, null], text: "x" },
      ];
      const seen = await streamed(write([...odd, ...CHUNKS]), headers);
      assert.equal(seen.client.body, latin(write([...odd, ...CHUNKS])));
      assert.equal(seen.state["probe.content.0"], CONTENT);
    });

    for (const [act, reason] of [
      ["endWithLength", FinishReason.MAX_TOKENS],
      ["endWithContentFilter", FinishReason.SAFETY],
    ] as const) {
      test(`a stream that is ended has the reason ${reason}, wherever it is cut`, async () => {
        const config = { processors: [{ type: "probe", at: "delta", afterBytes: 16, act }] };
        const body = write(CHUNKS);
        for (const cut of everyCut(body)) {
          const seen = await streamed(body, headers, [...cut, body.length], config);
          const got = Buffer.from(seen.client.body, "latin1");
          const answers =
            form === "events" ? await readEvents(got) : (JSON.parse(got.toString()) as GenerateContentResponse[]);
          const last = answers.at(-1);
          assert.equal(last?.candidates?.[0]?.finishReason, reason);
          assert.equal(textsOf(answers)["probe.reasoning.0"], REASONING);
          assert.ok((last.usageMetadata?.totalTokenCount ?? 0) > 0);
          assert.ok(got.length < Buffer.byteLength(body), "it was not cut short");
          assert.equal(seen.state["weir.outcome"], "cut_off");
          assert.equal(seen.client.end, "clean");
        }
      });
    }

    test("of several candidates those that are not finished are ended", async () => {
      const of = (index: number, text: string, more: object = {}): object => ({
        content: { parts: [{ text }] },
        ...more,
        index,
      });
      const body = write([
        { candidates: [of(1, "Done.", { finishReason: "STOP" })] },
        { candidates: [of(0, "more than sixteen bytes"), of(2, "c")] },
        { candidates: [of(0, " and more")] },
      ]);
      const config = { processors: [{ type: "probe", at: "delta", afterBytes: 16, act: "endWithLength" }] };
      const seen = await streamed(body, headers, [], config, THREE);
      const got = Buffer.from(seen.client.body, "latin1");
      const answers =
        form === "events" ? await readEvents(got) : (JSON.parse(got.toString()) as GenerateContentResponse[]);
      const reasons = Object.fromEntries(
        answers.flatMap((one) => one.candidates ?? []).map((one) => [one.index, one.finishReason]),
      );
      assert.deepEqual(reasons, { 0: "MAX_TOKENS", 1: "STOP", 2: "MAX_TOKENS" });
    });
  });
}

test("an event stream's lines may end in LF, CRLF or CR", async () => {
  for (const newline of ["\n", "\r\n", "\r"]) {
    const body = asEvents(CHUNKS, newline);
    const { state } = await streamed(body, EVENTS, everyByte(body));
    assert.equal(state["gen_ai.usage.output_tokens"], "52");
    assert.equal(state["probe.content.0"], CONTENT);
  }
});

test("a list may be written in any white space, be empty, or be cut off", async () => {
  for (const body of [
    JSON.stringify(CHUNKS),
    JSON.stringify(CHUNKS, null, "\t"),
    ` \r\n[ ${CHUNKS.map((one) => JSON.stringify(one)).join(" , ")} ] `,
  ])
    assert.equal((await streamed(body, LIST, everyByte(body))).state["gen_ai.usage.output_tokens"], "52");
  for (const body of ["[]", "[", "", "[{]", '[{"candidates":[{"content":{"parts":[{"text":"abc'])
    assert.equal((await streamed(body, LIST)).client.body, body);
});

test("a refusal is the error of its status to Google's client, with Weir's own code in its details", async () => {
  const config = { processors: [{ type: "accessControl", default: "deny" }] };
  const seen = await exchange({ config, request: { path: STREAM, body: QUESTION } });
  await assert.rejects(readWhole(seen.client.body, seen.status), (error: unknown) => {
    assert.ok(error instanceof ApiError);
    assert.equal(error.status, 403);
    const { error: body } = JSON.parse(error.message) as {
      error: { code: number; status: string; details: { reason: string }[] };
    };
    assert.equal(body.code, 403);
    assert.equal(body.status, "PERMISSION_DENIED");
    assert.match(body.details[0]?.reason ?? "", /^[A-Z]+(_[A-Z]+)*$/);
    return true;
  });
});

test("a refusal for lack of budget says when to come back", async () => {
  const limits = [{ name: "retry", key: ["consumer"], tokens: 60, window: "1h", algorithm: "fixedWindow" }];
  const config = { processors: [{ type: "tokenRateLimit", limits, reserve: "none" }] };
  const plan: Plan = {
    config,
    request: { path: WHOLE, body: QUESTION },
    response: { body: chunk([{ text: "x" }], { usageMetadata: USAGE }) },
  };
  assert.equal((await exchange(plan)).status, 200);
  const seen = await exchange(plan);
  assert.equal(seen.status, 429);
  const { error } = JSON.parse(seen.client.body) as { error: { status: string; details: { retryDelay?: string }[] } };
  assert.equal(error.status, "RESOURCE_EXHAUSTED");
  assert.match(seen.client.headers?.["retry-after"] ?? "", /^\d+$/);
  assert.equal(error.details[1]?.retryDelay, `${seen.client.headers?.["retry-after"]}s`);
});

describe("recordings", { skip: noRecordings }, () => {
  test("response/vertex-gemini/basic.json is read as Google's client reads it", async () => {
    const body = recorded("response/vertex-gemini/basic.json");
    const answer = await readWhole(body);
    for (const cut of [[], everyByte(body), ...everyCut(body)]) {
      const seen = await whole(body, cut);
      assert.deepEqual(shown(seen), textsOf([answer]));
      assert.deepEqual(told(seen.state), usageOf([answer]));
      assert.equal(seen.client.body, body.toString("latin1"));
    }
  });

  test("response/vertex-gemini/stream_tool.json is read as Google's client reads it, cut at every byte", async () => {
    const body = recorded("response/vertex-gemini/stream_tool.json");
    const answers = await readEvents(body);
    for (const cut of [[], everyByte(body), ...everyCut(body)]) {
      const seen = await streamed(body, EVENTS, cut);
      assert.deepEqual(JSON.parse(seen.state["probe.arguments.0"] ?? ""), answers[0]?.functionCalls?.[0]?.args);
      assert.deepEqual(told(seen.state), usageOf(answers));
      assert.equal(seen.client.body, body.toString("latin1"));
    }
  });

  for (const name of ["text", "tools"]) {
    test(`requests/gemini/${name}.json is read, and goes upstream as it is`, async () => {
      const body = recorded(`requests/gemini/${name}.json`);
      const seen = await exchange({ request: { path: `${VERTEX}gemini-2.5-pro:generateContent`, body } });
      assert.equal(seen.upstream.body, body.toString("latin1"));
      assert.equal(seen.state["gen_ai.request.model"], "gemini-2.5-pro");
      assert.ok(Number(seen.state["gen_ai.usage.input_tokens"]) > 0);
    });
  }
});
