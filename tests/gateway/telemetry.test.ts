import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";
import { type AccessEntry, envoyFile, type Sample, until } from "../../build/envoy/index.ts";
import { callHttp1, chat } from "./client.ts";
import { startSuite, type Suite } from "./harness.ts";

let suite: Suite;
before(async () => {
  suite = await startSuite({
    workers: 2,
    configuration: {
      consumer: [{ header: "x-consumer" }],
      telemetry: { models: ["gpt-4.1", "gpt-4o*"] },
      processors: [
        { type: "accessControl", name: "doors", default: "allow", rules: [{ action: "deny", models: ["o1"] }] },
      ],
    },
  });
});
after(async () => await suite?.stop());

/** Makes a call and gives its log line. */
async function log(more: object, headers: Record<string, string> = {}): Promise<AccessEntry> {
  const seen = await callHttp1(suite.weir, chat(more, { "x-consumer": "team-red", ...headers }));
  return suite.logged(seen.requestId);
}

test("the access log shows a call with everything that is known of it", async () => {
  const headers = { "x-demo-cached-tokens": "4", "x-demo-reasoning-tokens": "7", "x-demo-chunks": "20" };
  const entry = await log({ stream: true, stream_options: { include_usage: true } }, headers);
  const { operation, provider, request_model, response_model, consumer, outcome, usage_source } = entry;
  assert.deepEqual(
    { operation, provider, request_model, response_model, consumer, outcome, usage_source },
    {
      operation: "chat",
      provider: "openai",
      request_model: "gpt-4o-mini",
      response_model: "gpt-4o-mini",
      consumer: "team-red",
      outcome: "completed",
      usage_source: "reported",
    },
  );
  assert.deepEqual(
    [entry.input_tokens, entry.output_tokens, entry.cached_input_tokens, entry.reasoning_tokens].map(Number),
    [14, 27, 4, 7],
  );
  assert.match(String(entry.time_to_first_token_ms), /^\d+$/);
  assert.equal(entry.refusal, null);
});

test("the access log shows usage as estimated where the provider reported none", async () => {
  const entry = await log({ stream: true }, { "x-demo-chunks": "20", "x-demo-omit": "usage" });
  assert.equal(entry.usage_source, "estimated");
  assert.ok(Number(entry.input_tokens) > 0 && Number(entry.output_tokens) > 0);
});

test("the access log shows who refused a call and why", async () => {
  const entry = await log({ model: "o1" });
  assert.deepEqual([entry.status, entry.outcome], [403, "refused"]);
  assert.match(String(entry.refusal), /^doors\.\w+$/);
});

test("no log line holds any part of a question or an answer", async () => {
  const seen = await callHttp1(suite.weir, chat({ messages: [{ role: "user", content: "my secret is quixotic" }] }));
  await suite.logged(seen.requestId);
  const answer = (JSON.parse(seen.body.toString()) as { choices: { message: { content: string } }[] }).choices[0];
  const everything = JSON.stringify(suite.envoy.accessLog.items) + suite.envoy.log.items.join("\n");
  assert.doesNotMatch(everything, /quixotic/);
  assert.ok(answer !== undefined && !everything.includes(answer.message.content));
});

test("Prometheus sees metrics under OpenTelemetry's names, with labels", async () => {
  await log({ model: "gpt-4.1" }, { "x-demo-chunks": "9" });
  const usage = await sample("gen_ai_client_token_usage_sum", {
    gen_ai_request_model: "gpt-4.1",
    gen_ai_token_type: "output",
  });
  assert.deepEqual(usage.labels, {
    gen_ai_operation_name: "chat",
    gen_ai_provider_name: "openai",
    gen_ai_request_model: "gpt-4.1",
    gen_ai_token_type: "output",
    weir_outcome: "completed",
  });
  const buckets = (await suite.envoy.admin.prometheus("gen_ai_client_token_usage_bucket"))
    .filter((one) => one.labels.gen_ai_request_model === "gpt-4.1" && one.labels.gen_ai_token_type === "output")
    .map((one) => [one.labels.le, one.value]);
  // 9 tokens are more than 4 and at most 16.
  assert.deepEqual(buckets.slice(0, 4), [
    ["1", 0],
    ["4", 0],
    ["16", 1],
    ["64", 1],
  ]);
});

test("Prometheus counts models that the configuration does not name as other", async () => {
  await log({ model: "made-up-by-a-client;outcome=completed;" });
  const other = await sample("weir_requests", { gen_ai_request_model: "other" });
  assert.equal(other.labels.weir_outcome, "completed");
  const all = await suite.envoy.admin.get("/stats/prometheus");
  assert.doesNotMatch(all, /made-up/);
});

test("Prometheus counts refusals by processor and code", async () => {
  await log({ model: "o1" });
  const refusal = await sample("weir_refusals", { weir_processor: "doors" });
  assert.deepEqual(Object.keys(refusal.labels).sort(), ["weir_processor", "weir_refusal_code"]);
});

test("no metric's name keeps a label that envoy/stats-tags.yaml does not know", async () => {
  const names = (await suite.envoy.admin.prometheus("")).map((one) => one.name);
  const own = names.filter((name) => /^(gen_ai|weir)_/.test(name));
  assert.ok(own.length > 0);
  for (const name of own) assert.doesNotMatch(name, /__|_(operation|provider|model|type|outcome)_/);
});

test("the snippets say the same as envoy/envoy.yaml, which all tests run", () => {
  const whole = parse(readFileSync(envoyFile, "utf8")) as { stats_config: object };
  const tags = parse(readSnippet("stats-tags.yaml")) as { stats_config: object };
  assert.deepEqual(tags.stats_config, whole.stats_config);
  const { log_format } = parse(readSnippet("access-log.yaml")) as { log_format: object };
  assert.ok(JSON.stringify(whole).includes(JSON.stringify(log_format)));
});

function readSnippet(name: string): string {
  return readFileSync(fileURLToPath(new URL(`../../envoy/${name}`, import.meta.url)), "utf8");
}

/** Envoy merges the workers' histograms now and then: this waits for the sample. */
function sample(name: string, labels: Record<string, string>): Promise<Sample> {
  return until(`${name} ${JSON.stringify(labels)}`, async () => {
    const all = await suite.envoy.admin.prometheus(name);
    const wanted = Object.entries(labels);
    return all.find((one) => one.value > 0 && wanted.every(([key, value]) => one.labels[key] === value)) ?? null;
  });
}
