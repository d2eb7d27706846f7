/** A stream that a processor ends early: valid closing events, and then silence, or a reset where that is configured. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { everyCut } from "./host/cuts.ts";
import { exchange, QUESTION, type Seen } from "./host/exchange.ts";
import { asEvents, USAGE } from "./host/streams.ts";

const event = (text: string): string =>
  asEvents([`{"id":"c","created":7,"model":"m","choices":[{"index":0,"delta":{"content":"${text}"}}]}`]);
const STREAM = event("one") + event("two") + event("three") + event("four");

async function ended(act: string, endStreams: string, cut: readonly number[], options?: object): Promise<Seen> {
  return exchange({
    config: { endStreams, processors: [{ type: "probe", at: "delta", afterBytes: 4, act }] },
    request: { body: { ...QUESTION, stream: true, ...options } },
    response: { body: STREAM + asEvents([`{"choices":[],"usage":${JSON.stringify(USAGE)}}`, "[DONE]"]), cut },
  });
}

/** The data of all events that a client of such a stream would read. */
function eventsOf(body: string): string[] {
  assert.ok(body.endsWith("\n\n"), "the last event is whole");
  return body
    .split("\n\n")
    .slice(0, -1)
    .map((block) => block.replace(/^data: /, ""));
}

for (const [act, reason] of [
  ["endWithLength", "length"],
  ["endWithContentFilter", "content_filter"],
] as const) {
  test(`a stream that is ended for ${reason} and drained ends validly and cleanly, wherever it is cut`, async () => {
    for (const cut of everyCut(STREAM)) {
      const seen = await ended(act, "drain", [...cut, STREAM.length]);
      const events = eventsOf(seen.client.body);
      assert.equal(seen.client.end, "clean");
      assert.equal(events.at(-1), "[DONE]");
      const last = JSON.parse(events.at(-2) ?? "") as { choices: { finish_reason: string }[] };
      assert.equal(last.choices[0]?.finish_reason, reason);
      for (const data of events.slice(0, -1)) assert.doesNotThrow(() => JSON.parse(data) as unknown);
      assert.equal(seen.state["weir.outcome"], "cut_off");
    }
  });

  test(`a stream that is ended for ${reason} and stopped is closed and then reset, upstream too`, async () => {
    const seen = await ended(act, "stop", [STREAM.indexOf("three"), STREAM.indexOf("four")]);
    assert.deepEqual([seen.client.end, seen.upstream.end], ["reset", "clean"]);
    assert.equal(eventsOf(seen.client.body).at(-1), "[DONE]");
    assert.equal(seen.state["weir.outcome"], "cut_off");
  });
}

test("a client that asked for usage is told what it used when its stream is ended", async () => {
  const options = { stream_options: { include_usage: true } };
  const seen = await ended("endWithLength", "drain", [STREAM.indexOf("four")], options);
  const report = JSON.parse(eventsOf(seen.client.body).at(-2) ?? "") as {
    choices: [];
    usage: { total_tokens: number };
  };
  assert.deepEqual(report.choices, []);
  assert.ok(report.usage.total_tokens > 0);
});

test("nothing of the provider's end comes before the closing, when both are in one piece", async () => {
  const events = eventsOf((await ended("endWithLength", "drain", [])).client.body);
  assert.deepEqual(
    [events.indexOf("[DONE]"), events.some((data) => data.includes("four"))],
    [events.length - 1, false],
  );
});
