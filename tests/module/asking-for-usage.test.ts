/** A streamed call whose client does not ask for usage is made to ask, with every other byte of it as it was. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { everyByte } from "./host/cuts.ts";
import { exchange, type Seen } from "./host/exchange.ts";
import { chatStream } from "./host/streams.ts";

const ASKS = '"include_usage":true';

async function sent(body: string, config: object = {}): Promise<Seen> {
  return exchange({ config, request: { body }, response: { body: chatStream({ reports: true }) } });
}

/** What the client sends, and what the provider gets. */
const FORMS: [name: string, body: string, sent: string][] = [
  ["without stream_options", '{"stream":true}', `{"stream_options":{${ASKS}},"stream":true}`],
  [
    "with stream as the last of many",
    '{"model":"m", "messages":[] , "stream" : true }',
    `{"model":"m", "messages":[] , "stream_options":{${ASKS}},"stream" : true }`,
  ],
  ["with null", '{"stream":true,"stream_options":null}', `{"stream":true,"stream_options":{${ASKS}}}`],
  ["with null first", '{"stream_options": null ,"stream":true}', `{"stream_options": {${ASKS}} ,"stream":true}`],
  ["with an empty object", '{"stream":true,"stream_options":{}}', `{"stream":true,"stream_options":{${ASKS}}}`],
  [
    "with an object that is empty but for whitespace",
    '{"stream":true,"stream_options":{ \n\t}}',
    `{"stream":true,"stream_options":{${ASKS} \n\t}}`,
  ],
  [
    "with false",
    '{"stream":true,"stream_options":{"include_usage":false}}',
    `{"stream":true,"stream_options":{${ASKS}}}`,
  ],
  [
    "with null for include_usage",
    '{"stream":true,"stream_options":{"include_usage" : null }}',
    '{"stream":true,"stream_options":{"include_usage" : true }}',
  ],
  [
    "with other members",
    '{"stream":true,"stream_options":{"include_obfuscation":false}}',
    `{"stream":true,"stream_options":{${ASKS},"include_obfuscation":false}}`,
  ],
  [
    "with false among other members",
    '{"stream":true,"stream_options":{"a":1,"include_usage":false,"b":[]}}',
    '{"stream":true,"stream_options":{"a":1,"include_usage":true,"b":[]}}',
  ],
  [
    "with names that are escaped",
    '{"str\\u0065am":true,"stream_options":{"include\\u005fusage":false}}',
    '{"str\\u0065am":true,"stream_options":{"include\\u005fusage":true}}',
  ],
];

for (const [name, body, expected] of FORMS) {
  test(`${name} the provider is asked for usage, and the client does not see it`, async () => {
    for (const config of [{}, { holdHeaders: true }]) {
      const seen = await sent(body, config);
      assert.equal(seen.upstream.body, expected);
      assert.equal(
        (JSON.parse(expected) as { stream_options: { include_usage: boolean } }).stream_options.include_usage,
        true,
      );
      assert.equal(seen.client.body, Buffer.from(chatStream()).toString("latin1"));
      assert.equal(seen.state["weir.usage.source"], "reported");
    }
  });
}

test("a client that asks is not touched", async () => {
  const body = '{"stream":true,"stream_options":{"include_usage":true}}';
  const seen = await sent(body);
  assert.equal(seen.upstream.body, body);
  assert.equal(seen.client.body, Buffer.from(chatStream({ reports: true })).toString("latin1"));
});

test("a call that is not streamed is not touched", async () => {
  for (const body of [
    '{"stream":false}',
    '{"stream":null}',
    '{"model":"m"}',
    '{"stream_options":{"include_usage":false}}',
  ])
    assert.equal((await exchange({ request: { body } })).upstream.body, body);
});

test("stream_options of a type that the provider will refuse are left to it", async () => {
  for (const options of ["[]", "1", '"x"', "true"]) {
    const body = `{"stream":true,"stream_options":${options}}`;
    assert.equal((await sent(body)).upstream.body, body);
  }
});

test("a question that is no JSON, or no object, goes to the provider as it is where nobody has to read it", async () => {
  for (const body of [
    "{",
    "[]",
    "null",
    '"stream"',
    '{"stream":true',
    "\u0000",
    '{"stream":true}x',
    '{"stream":"yes"}',
  ]) {
    const seen = await exchange({ request: { body, cut: everyByte(body) } });
    assert.equal(seen.upstream.body, body);
    assert.equal(seen.state["weir.outcome"], "completed");
  }
});

test("a member that stands twice is not edited, for nobody knows which one counts", async () => {
  for (const body of [
    '{"stream":true,"stream":false}',
    '{"stream":true,"stream_options":{},"stream_options":{"include_usage":true}}',
    '{"stream":true,"stream_options":{"include_usage":false,"include_usage":true}}',
  ])
    assert.equal((await sent(body)).upstream.body, body);
});

test("the length of what is sent is right, with held headers and without", async () => {
  for (const flag of [true, false]) {
    const held = await exchange({ config: { holdHeaders: true }, flag: true, request: { body: '{"stream":true}' } });
    assert.equal(held.upstream.headers?.["content-length"], String(held.upstream.body.length));
    const passed = await exchange({ flag, request: { body: '{"stream":true}' } });
    assert.equal(passed.upstream.headers?.["content-length"], undefined);
  }
  const unchanged = await exchange({ config: { holdHeaders: true } });
  assert.equal(unchanged.upstream.headers?.["content-length"], String(unchanged.upstream.body.length));
});
