import assert from "node:assert/strict";
import { connect } from "node:net";
import { after, before, test } from "node:test";
import { type Call, callHttp1, callHttp2, chat, comparable, type Seen } from "./client.ts";
import { startSuite, type Suite } from "./harness.ts";

/** Each case goes through Envoy twice, with Weir and without, and both must look the same on both sides. */

let suite: Suite;
let http2: Suite;

before(async () => {
  suite = await startSuite();
  http2 = await startSuite({ protocol: "HTTP/2" });
});
after(async () => {
  await suite?.stop();
  await http2?.stop();
});

type Client = (port: number, call: Call) => Promise<Seen>;

async function assertUntouched(on: Suite, client: Client, call: Call): Promise<Seen> {
  const first = on.provider.received.length;
  const without = await client(on.bare, call);
  const through = await client(on.weir, call);
  assert.deepEqual(comparable(through), comparable(without));
  const [plain, weir] = on.provider.received.slice(first);
  assert.ok(plain !== undefined && weir !== undefined, "both requests reached the provider");
  assert.deepEqual(arrived(weir), arrived(plain));
  return through;
}

function arrived(received: Suite["provider"]["received"][number]): object {
  const { "x-request-id": _, ...headers } = received.headers;
  const { method, path, trailers } = received;
  return { method, path, headers, trailers, body: received.body.toString("latin1") };
}

for (const [name, method, path] of [
  ["a list of models", "GET", "/v1/models"],
  ["a path that is no API", "GET", "/health?probe=1"],
  ["a HEAD request", "HEAD", "/v1/models"],
  ["a preflight", "OPTIONS", "/v1/chat/completions"],
  ["a delete", "DELETE", "/v1/files/file-1"],
] as const) {
  test(`${name} passes untouched`, async () => {
    await assertUntouched(suite, callHttp1, { method, path });
  });
}

test("a body that is no call to a model passes untouched, whatever its bytes are", async () => {
  const body = Buffer.from(Array.from({ length: 70_000 }, (_, i) => (i * 7) & 0xff));
  const headers = { "content-type": "application/octet-stream" };
  const seen = await assertUntouched(suite, callHttp1, { method: "POST", path: "/demo/echo", headers, body });
  assert.ok(seen.body.equals(body));
});

test("a compressed answer reaches the client compressed as it was", async () => {
  const call = chat({}, { "x-demo-encoding": "gzip", "accept-encoding": "gzip" });
  const [without, through] = [await callHttp1(suite.bare, call), await callHttp1(suite.weir, call)];
  assert.equal(through.headers["content-encoding"], "gzip");
  assert.ok(through.body.equals(without.body));
});

test("a compressed stream reaches the client as the provider compressed it", async () => {
  const headers = { "x-demo-encoding": "gzip", "accept-encoding": "gzip", "x-demo-split": "3" };
  const through = await callHttp1(suite.weir, chat({ stream: true }, headers));
  // Weir has asked for the usage, and cannot take it out of what it cannot read.
  const asked = chat({ stream: true, stream_options: { include_usage: true } }, headers);
  assert.ok(through.body.equals((await callHttp1(suite.bare, asked)).body));
  assert.equal((await suite.logged(through.requestId)).usage_source, "estimated");
});

test("trailers pass over HTTP/1.1", async () => {
  const headers = { "x-demo-trailers": "x-checksum=17,x-done=yes", te: "trailers" };
  const seen = await assertUntouched(suite, callHttp1, { path: "/v1/models", headers });
  assert.deepEqual({ ...seen.trailers }, { "x-checksum": "17", "x-done": "yes" });
});

test("trailers of request and answer pass over HTTP/2", async () => {
  const client: Client = (port, call) => callHttp2(port, call, { "x-sum": "42" });
  const headers = { "x-demo-trailers": "x-checksum=17", te: "trailers" };
  const seen = await assertUntouched(http2, client, { method: "POST", path: "/demo/echo", headers, body: "ping" });
  assert.equal(seen.trailers["x-checksum"], "17");
  assert.equal(http2.provider.received.at(-1)?.trailers["x-sum"], "42");
});

test("a streamed chat with trailers keeps them and its bytes over HTTP/2", async () => {
  const call = chat({ stream: true }, { "x-demo-trailers": "x-checksum=17", te: "trailers" });
  const without = await callHttp2(http2.bare, call);
  const through = await callHttp2(http2.weir, call);
  assert.equal(through.end, "complete");
  assert.equal(through.trailers["x-checksum"], "17");
  assert.equal(through.body.toString(), without.body.toString());
});

test("a chat whose request has trailers is answered over HTTP/2", async () => {
  const seen = await callHttp2(http2.weir, chat(), { "x-sum": "42" });
  assert.equal(seen.status, 200);
  assert.equal(http2.provider.received.at(-1)?.trailers["x-sum"], "42");
  assert.equal((await http2.logged(seen.requestId)).outcome, "completed");
});

test("early hints do not disturb the answer after them", async () => {
  const call = chat({}, { "x-demo-informational": "103" });
  const [without, through] = [await callHttp1(suite.bare, call), await callHttp1(suite.weir, call)];
  assert.deepEqual(through.informational, without.informational);
  assert.equal(through.status, 200);
  assert.ok(through.body.equals(without.body));
});

test("a client that expects 100-continue gets it and its answer", async () => {
  const seen = await callHttp1(suite.weir, chat({}, { expect: "100-continue" }));
  assert.deepEqual([seen.informational, seen.status], [[100], 200]);
});

test("a websocket passes untouched in both directions", async () => {
  const [without, through] = [await talkWebsocket(suite.bare), await talkWebsocket(suite.weir)];
  assert.equal(through, without);
  assert.match(through, /^HTTP\/1\.1 101 /);
  assert.ok(through.endsWith("\x81\x04ping"));
});

/** Opens a websocket, sends a frame, and gives what came back until its echo was whole. */
function talkWebsocket(port: number): Promise<string> {
  const frame = Buffer.from("\x81\x04ping", "latin1");
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1");
    let text = "";
    socket.on("error", reject);
    socket.on("data", (part: Buffer) => {
      const isOpen = text.includes("\r\n\r\n");
      text += part.toString("latin1");
      if (!isOpen && text.includes("\r\n\r\n")) socket.write(frame);
      if (!text.endsWith(frame.toString("latin1"))) return;
      socket.destroy();
      resolve(text.replace(/^(date|x-envoy-upstream-service-time):.*\r\n/gim, ""));
    });
    socket.on("close", () => reject(new Error(`The websocket was closed after: ${text}`)));
    socket.write(
      "GET /v1/realtime?model=gpt-4o-realtime HTTP/1.1\r\nhost: weir\r\nconnection: Upgrade\r\nupgrade: websocket\r\n" +
        "sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
    );
  });
}
