import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { after, before, test } from "node:test";
import { parse } from "yaml";
import { callHttp1, type Seen } from "./client.ts";
import { startSuite, type Suite } from "./harness.ts";

/** Exchanges recorded with real endpoints (go-vcr), given again by the provider through Envoy and Weir. */

const directory = fileURLToPath(new URL("../../../shared/recordings/openai-http/", import.meta.url));
const files = existsSync(directory) ? readdirSync(directory).filter((name) => name.endsWith(".yaml")) : [];

interface Interaction {
  request: { method: string; url: string; body: string; headers: Record<string, string[]> };
  response: { code: number; body: string; headers: Record<string, string[]> };
}

interface ReportedUsage {
  prompt_tokens: number;
  completion_tokens?: number;
  prompt_tokens_details?: { cached_tokens?: number };
  completion_tokens_details?: { reasoning_tokens?: number };
}

let suite: Suite;
if (files.length > 0) {
  before(async () => {
    suite = await startSuite();
  });
  after(async () => await suite?.stop());
} else {
  const reason = `SKIPPED: no recordings in ${directory}`;
  console.error(reason);
  test("recorded exchanges pass byte for byte and are settled as reported", { skip: reason }, () => {});
}

for (const file of files) {
  const name = basename(file, ".yaml");
  const recording = parse(readFileSync(join(directory, file), "utf8")) as { interactions: Interaction[] };
  for (const [i, interaction] of recording.interactions.entries()) {
    const url = new URL(interaction.request.url);
    const operation = operationOf(url.pathname);
    const title = "passes byte for byte and is settled as reported";
    test(`${name}${i === 0 ? "" : ` (${i})`} ${title}`, async () => {
      const seen = await replay(`${name}-${i}`, interaction, url);
      assert.equal(seen.status, interaction.response.code);
      assert.equal(seen.body.toString(), interaction.response.body);
      assertRequestArrived(interaction);
      for (const [header, values] of Object.entries(interaction.response.headers)) {
        if (framing.test(header)) continue;
        assert.deepEqual([seen.headers[header.toLowerCase()]].flat(), [values.join(", ")], header);
      }
      await assertSettled(seen, interaction, operation);
    });
  }
}

function operationOf(path: string): string {
  if (path.endsWith("/chat/completions")) return "chat";
  return path.endsWith("/embeddings") ? "embeddings" : "text_completion";
}

/** Headers of one hop, and those that Envoy sets for itself. */
const framing = /^(content-length|transfer-encoding|connection|date|server|x-envoy-upstream-service-time)$/i;

function replay(id: string, interaction: Interaction, url: URL): Promise<Seen> {
  const { code, headers, body } = interaction.response;
  suite.provider.replay(id, { status: code, headers, body });
  return callHttp1(suite.weir, {
    method: interaction.request.method,
    path: url.pathname + url.search,
    headers: { "content-type": "application/json", "x-demo-replay": id },
    body: interaction.request.body,
  });
}

/** Weir asks for the usage of a stream where the client did not; everything else goes upstream as it came. */
function assertRequestArrived(interaction: Interaction): void {
  const arrived = suite.provider.received.at(-1)?.body.toString() ?? "";
  const sent = JSON.parse(interaction.request.body) as {
    stream?: boolean;
    stream_options?: object;
  };
  if (sent.stream !== true) return assert.equal(arrived, interaction.request.body);
  const stream_options = { ...sent.stream_options, include_usage: true };
  assert.deepEqual(JSON.parse(arrived), { ...sent, stream_options });
}

async function assertSettled(seen: Seen, interaction: Interaction, operation: string): Promise<void> {
  const entry = await suite.logged(seen.requestId);
  const { model } = JSON.parse(interaction.request.body) as { model: string };
  assert.deepEqual([entry.operation, entry.request_model], [operation, model]);
  if (interaction.response.code >= 400) {
    assert.equal(entry.outcome, "upstream_error");
    return;
  }
  assert.equal(entry.outcome, "completed");
  const usage = reportedUsage(interaction.response.body);
  if (usage === null) {
    assert.equal(entry.usage_source, "estimated");
    return;
  }
  assert.deepEqual(
    {
      source: entry.usage_source,
      input: Number(entry.input_tokens),
      output: Number(entry.output_tokens),
      cached: Number(entry.cached_input_tokens ?? 0),
      reasoning: Number(entry.reasoning_tokens ?? 0),
    },
    {
      source: "reported",
      input: usage.prompt_tokens,
      output: usage.completion_tokens ?? 0,
      cached: usage.prompt_tokens_details?.cached_tokens ?? 0,
      reasoning: usage.completion_tokens_details?.reasoning_tokens ?? 0,
    },
  );
}

/** The usage in a whole answer or in the last event of a stream that has one. */
function reportedUsage(body: string): ReportedUsage | null {
  const documents = body.startsWith("data:")
    ? [...body.matchAll(/^data: (\{.*\})$/gm)].map((match) => match[1] ?? "{}").reverse()
    : [body];
  for (const document of documents) {
    const usage = (JSON.parse(document) as { usage?: ReportedUsage | null }).usage;
    if (usage) return usage;
  }
  return null;
}
