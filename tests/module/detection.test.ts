/** Which requests are calls to a model, in which dialect, and what becomes of those that only look like it. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { exchange, type Plan, QUESTION, type Seen } from "./host/exchange.ts";

const ask = (path: string, config: object = {}, request: Plan["request"] = {}): Promise<Seen> =>
  exchange({ config, request: { path, ...request } });
const isUnknown = ({ state, metrics }: Seen): boolean => {
  assert.equal(metrics["weir.unknown_calls"], state["weir.unknown_call"] === "true" ? 1 : undefined);
  return state["weir.unknown_call"] === "true";
};
const counted = ({ metrics }: Seen): string[] =>
  Object.keys(metrics).filter((name) => name.startsWith("weir.requests"));

describe("unknown calls", () => {
  const UNKNOWN = [
    "/v1/videos",
    "/v1/chat/completions/123",
    "/v1/completions/extended/completions2/chat",
    "/api/generate",
    "/api/chat",
    "/models/llama/predict",
    "/v1/projects/p/locations/l/publishers/x/models/m:predict",
    "/V2/Embed",
    "/gateway/openai/v1/fim",
  ];
  for (const path of UNKNOWN) {
    test(`JSON that is posted to ${path} passes, is reported, and counted as nothing else`, async () => {
      const seen = await ask(path);
      assert.ok(isUnknown(seen));
      assert.deepEqual(counted(seen), []);
      assert.equal(seen.upstream.body, JSON.stringify(QUESTION));
      for (const name of ["gen_ai.operation.name", "gen_ai.usage.input_tokens", "weir.usage.source", "weir.outcome"])
        assert.equal(seen.state[name], undefined, name);
    });
  }

  test("other traffic is not reported", async () => {
    for (const path of ["/", "/v1", "/v1/", "/chat/rooms/7", "/v1/users", "/v1/chats", "/generate", "", "/v1/files//x"])
      assert.ok(!isUnknown(await ask(path)), path);
    const form = { headers: { "content-type": "application/x-www-form-urlencoded" }, body: "a=b" };
    assert.ok(!isUnknown(await ask("/v1/videos", {}, form)));
    assert.ok(!isUnknown(await ask("/v1/videos", {}, { method: "PUT" })));
  });

  test("a rule can name them", async () => {
    const rules = [{ action: "deny", operations: ["unknown"] }];
    const config = { processors: [{ type: "accessControl", name: "doors", rules }] };
    const refused = await ask("/v1/videos", config);
    assert.equal(refused.status, 403);
    assert.equal(refused.state["weir.refusal"], "doors.access_denied");
    assert.ok(isUnknown(refused));
    assert.equal((await ask("/v1/users", config)).status, 200);
    assert.equal((await ask("/v1/chat/completions", config)).status, 200);
  });
});

describe("paths of the configuration", () => {
  const config = {
    paths: [
      { paths: ["/internal/*/ask"], dialect: "openai-chat" },
      { paths: ["/claude"], dialect: "anthropic-messages" },
      { paths: ["/surveys/*", "/v1/videos"], dialect: "none" },
    ],
  };

  test("a path that is named is of the dialect that it is given", async () => {
    const seen = await ask("/internal/red/ask", config);
    assert.equal(seen.state["gen_ai.operation.name"], "chat");
    assert.equal(seen.state["gen_ai.request.model"], QUESTION.model);
    assert.equal(seen.state["gen_ai.usage.output_tokens"], "3");
    assert.equal((await ask("/claude/", config)).state["gen_ai.provider.name"], "anthropic");
  });

  test("a path that is named as none is no call, although it ends as one, and is not reported", async () => {
    for (const path of ["/surveys/v1/responses", "/surveys/7/chat/completions", "/v1/videos"]) {
      const seen = await ask(path, config);
      assert.equal(seen.state["gen_ai.operation.name"], undefined);
      assert.ok(!isUnknown(seen));
      assert.deepEqual(counted(seen), []);
    }
  });

  test("a named path is a call by the method of its dialect only, and all others are as they were", async () => {
    assert.equal((await ask("/claude", config, { method: "PUT" })).state["gen_ai.operation.name"], undefined);
    assert.equal((await ask("/v1/chat/completions", config)).state["gen_ai.operation.name"], "chat");
    assert.equal((await ask("/v1/users", config)).state["gen_ai.operation.name"], undefined);
    assert.ok(isUnknown(await ask("/api/generate", config)));
  });
});

describe("Azure OpenAI", () => {
  const PREFIX = "/openai/deployments/our%20gpt/";

  test("the deployment in the path is the model, whatever the body says", async () => {
    for (const operation of ["chat/completions", "completions", "embeddings"]) {
      const seen = await ask(`${PREFIX}${operation}?api-version=2024-10-21`);
      assert.equal(seen.state["gen_ai.request.model"], "our gpt", operation);
      assert.equal(seen.upstream.headers?.[":path"], `${PREFIX}${operation}?api-version=2024-10-21`);
    }
    const upper = await ask("/gate/OpenAI/Deployments/Red/chat/completions");
    assert.equal(upper.state["gen_ai.request.model"], "Red");
    assert.equal((await ask("/openai/v1/chat/completions")).state["gen_ai.request.model"], QUESTION.model);
  });

  test("a rule about models is about deployments, and the body cannot get around it", async () => {
    const rules = [{ action: "allow", models: ["small"] }];
    const config = { processors: [{ type: "accessControl", default: "deny", rules }] };
    const body = { ...QUESTION, model: "small" };
    assert.equal((await ask("/openai/deployments/large/chat/completions", config, { body })).status, 403);
    assert.equal((await ask("/openai/deployments/small/chat/completions", config, { body: QUESTION })).status, 200);
  });

  test("a body without a model can be given a bound of tokens", async () => {
    const limits = [{ name: "hour", key: ["consumer"], tokens: 60, window: "1h", algorithm: "fixedWindow" }];
    const processors = [{ type: "tokenRateLimit", limits, clampMaxTokens: true, reserve: "none" }];
    const body = JSON.stringify({ messages: QUESTION.messages });
    const seen = await exchange({
      config: { processors },
      fresh: true,
      request: { path: `${PREFIX}chat/completions`, body },
    });
    const sent = JSON.parse(seen.upstream.body) as { max_tokens: number; messages: unknown };
    assert.ok(sent.max_tokens > 0 && sent.max_tokens < 60);
    assert.deepEqual(sent.messages, QUESTION.messages);
  });
});
