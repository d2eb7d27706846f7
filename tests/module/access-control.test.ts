/** Who may use which model: rules, defaults, what cannot be read, and the difference between deciding and observing. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { exchange, PATH, type Plan, QUESTION, type Seen } from "./host/exchange.ts";

interface ErrorBody {
  error: { message: string; type: string; param: string | null; code: string };
}

function doors(more: object): object {
  return { consumer: [{ header: "x-consumer" }], processors: [{ type: "accessControl", name: "doors", ...more }] };
}

/** Runs it with held headers, without, and without the listener's flag: the client must see the same. */
async function decided(config: object, plan: Plan = {}): Promise<Seen> {
  const seen = await exchange({ ...plan, config });
  const held = await exchange({ ...plan, config: { ...config, holdHeaders: true } });
  const flagless = await exchange({ ...plan, config, flag: false });
  assert.deepEqual([held.client, held.state], [seen.client, seen.state]);
  assert.deepEqual([flagless.client, flagless.state, flagless.upstream], [seen.client, seen.state, seen.upstream]);
  return seen;
}

function codeOf(seen: Seen): string {
  return seen.status < 400 ? "" : (JSON.parse(seen.client.body) as ErrorBody).error.code;
}

const asking = (model: string, consumer = "team-red"): Plan => ({
  request: { body: { ...QUESTION, model }, headers: { "x-consumer": consumer } },
});

test("the first rule that matches decides", async () => {
  const config = doors({
    rules: [
      { action: "allow", consumers: ["team-red"], models: ["o1"] },
      { action: "deny", models: ["o1*"] },
      { action: "deny", consumers: ["team-blue"] },
    ],
  });
  assert.equal((await decided(config, asking("o1"))).status, 200);
  assert.equal(codeOf(await decided(config, asking("o1-mini"))), "model_not_allowed");
  assert.equal(codeOf(await decided(config, asking("o1", "team-green"))), "model_not_allowed");
  assert.equal(codeOf(await decided(config, asking("gpt-4o", "team-blue"))), "access_denied");
  assert.equal((await decided(config, asking("gpt-4o"))).status, 200);
});

test("a refusal is an error of the API, settled as refused, and nothing of the call goes upstream", async () => {
  const config = doors({ rules: [{ action: "deny", models: ["o1"] }] });
  const seen = await exchange({ ...asking("o1"), config: { ...config, holdHeaders: true } });
  assert.equal(seen.status, 403);
  assert.equal(seen.client.headers?.["content-type"], "application/json");
  const { error } = JSON.parse(seen.client.body) as ErrorBody;
  assert.deepEqual([error.type, error.param, error.code], ["permission_error", "model", "model_not_allowed"]);
  assert.match(error.message, /'o1'.*'team-red'/);
  assert.equal(seen.details, "weir_doors_model_not_allowed");
  assert.equal(seen.state["weir.outcome"], "refused");
  assert.equal(seen.state["weir.refusal"], "doors.model_not_allowed");
  assert.equal(seen.state["weir.usage.source"], undefined);
  assert.equal(seen.metrics["weir.refusals;processor=doors;code=model_not_allowed;"], 1);
  assert.equal(seen.upstream.headers, null);
});

test("without held headers the provider sees headers, but no body of a refused call", async () => {
  const config = doors({ rules: [{ action: "deny", models: ["o1"] }] });
  const seen = await exchange({ ...asking("o1"), config });
  assert.deepEqual([seen.upstream.body, seen.upstream.end], ["", "reset"]);
});

test("deny by default names the model where another one would do, and else the consumer", async () => {
  const config = doors({ default: "deny", rules: [{ action: "allow", consumers: ["team-red"], models: ["gpt-4o*"] }] });
  assert.equal((await decided(config, asking("gpt-4o-mini"))).status, 200);
  assert.equal(codeOf(await decided(config, asking("o1"))), "model_not_allowed");
  assert.equal(codeOf(await decided(config, asking("gpt-4o", "team-blue"))), "access_denied");
});

test("deny by default holds on paths that are no calls to models", async () => {
  const config = doors({ default: "deny", rules: [{ action: "allow", paths: ["/healthz", PATH] }] });
  for (const [path, status] of [
    ["/healthz", 200],
    ["/healthz?x", 200],
    ["/v1/files", 403],
    [`${PATH}/1`, 403],
    ["/", 403],
  ] as const) {
    const seen = await decided(config, { request: { method: "GET", path } });
    assert.equal(seen.status, status, path);
    if (status === 403) assert.equal(seen.state["weir.refusal"], "doors.access_denied");
    assert.equal(seen.state["weir.outcome"], status === 403 ? "refused" : undefined);
  }
  assert.equal((await decided(config, { request: { method: "GET", path: PATH } })).status, 200);
});

test("a model cannot be smuggled past a rule", async () => {
  const config = doors({ rules: [{ action: "deny", models: ["o1"] }] });
  for (const [body, code] of [
    ['{"model":"\\u006f1"}', "model_not_allowed"],
    ['{"mod\\u0065l":"o1"}', "model_not_allowed"],
    ['{"model":"gpt-4o","model":"o1"}', "malformed_request"],
    ['{"model":"gpt-4o","mod\\u0065l":"o1"}', "malformed_request"],
    ['{"model":["o1"]}', "malformed_request"],
    ['{"model":"o1"', "malformed_request"],
    ['[{"model":"o1"}]', "malformed_request"],
    ['\uFEFF{"model":"o1"}', "malformed_request"],
    [`{"model":"${"o".repeat(100_000)}1"}`, "malformed_request"],
  ] as const) {
    const seen = await decided(config, { request: { body, end: "alone" } });
    assert.equal(codeOf(seen), code, body.slice(0, 40));
    assert.equal(seen.state["weir.refusal"], `doors.${code}`);
  }
});

const UNREADABLE: [what: string, plan: Plan, status: number, code: string][] = [
  ["a question that is no JSON", { request: { body: "{" } }, 400, "malformed_request"],
  ["a compressed question", { request: { headers: { "content-encoding": "gzip" } } }, 415, "not_inspectable"],
  [
    "a question of another content type",
    { request: { headers: { "content-type": "text/plain" } } },
    415,
    "not_inspectable",
  ],
];

for (const [what, plan, status, code] of UNREADABLE) {
  test(`${what} is refused where a rule has to read it, unless the failure mode is open`, async () => {
    const rules = [{ action: "deny", models: ["o1"] }];
    const closed = await decided(doors({ rules }), plan);
    assert.deepEqual([closed.status, codeOf(closed)], [status, code]);
    const open = await decided(doors({ rules, failureMode: "open" }), plan);
    assert.equal(open.status, 200);
    assert.equal(open.state["weir.observed"], "doors.failed_open");
    const unread = await decided(doors({ rules: [{ action: "deny", consumers: ["nobody"] }] }), plan);
    assert.equal(unread.status, 200);
    assert.equal(unread.state["weir.observed"], undefined);
  });
}

test("a question over maxRequestBytes is refused whatever the failure mode", async () => {
  const rules = [{ action: "deny", models: ["o1"] }];
  const config = { ...doors({ rules, failureMode: "open" }), maxRequestBytes: 20 };
  const seen = await decided(config);
  assert.deepEqual([seen.status, codeOf(seen)], [413, "request_too_large"]);
});

test("a processor that observes changes nothing, and tells what it would have done", async () => {
  const rules = [{ action: "deny", models: ["o1"] }];
  const seen = await decided(doors({ mode: "observe", rules }), asking("o1"));
  assert.equal(seen.status, 200);
  assert.equal(seen.state["weir.observed"], "doors.model_not_allowed");
  assert.equal(seen.state["weir.refusal"], undefined);
  assert.equal(seen.state["weir.outcome"], "completed");
  assert.deepEqual(
    Object.keys(seen.metrics).filter((name) => name.startsWith("weir.refusals")),
    [],
  );
});

test("conditions choose the calls that a processor sees", async () => {
  const rules = [{ action: "deny" }];
  for (const [when, denied] of [
    [{ models: ["o1*"] }, ["o1", "o1-mini"]],
    [{ consumers: ["team-r*"] }, ["o1", "o1-mini", "gpt-4o"]],
    [{ consumers: ["team-blue"] }, []],
    [{ paths: ["/v1/*"], models: ["gpt-4o"] }, ["gpt-4o"]],
    [{ operations: ["embeddings"] }, []],
    [{ headers: { "x-consumer": "*red" } }, ["o1", "o1-mini", "gpt-4o"]],
    [{ headers: { "x-other": "*" } }, []],
  ] as [object, string[]][]) {
    for (const model of ["o1", "o1-mini", "gpt-4o"]) {
      const seen = await decided(doors({ when, rules }), asking(model));
      assert.equal(seen.status, denied.includes(model) ? 403 : 200, `${JSON.stringify(when)} ${model}`);
    }
  }
});

test("a condition on the model cannot be passed by a question whose model cannot be read", async () => {
  const config = doors({ when: { models: ["o1*"] }, rules: [{ action: "deny" }] });
  for (const [, plan, status, code] of UNREADABLE) {
    const seen = await decided(config, plan);
    assert.deepEqual([seen.status, codeOf(seen)], [status, code]);
  }
  const open = doors({ when: { models: ["o1*"] }, rules: [{ action: "deny" }], failureMode: "open" });
  assert.equal((await decided(open, { request: { body: "{" } })).status, 200);
});
