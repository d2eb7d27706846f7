/** Who pays: headers, metadata, credentials and addresses, the first source that names somebody. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { exchange, type Plan, type Seen } from "./host/exchange.ts";

async function consumerOf(sources: object[], headers: Record<string, string> = {}, plan: Plan = {}): Promise<string> {
  const seen = await exchange({ ...plan, config: { consumer: sources }, request: { headers } });
  return seen.state["weir.consumer"] ?? "";
}

test("nobody is anonymous", async () => {
  assert.equal(await consumerOf([]), "anonymous");
  assert.equal(await consumerOf([{ header: "x-consumer" }]), "anonymous");
  assert.equal(await consumerOf([{ header: "x-consumer" }], { "x-consumer": "" }), "anonymous");
});

test("a header names the consumer, in any case and any script", async () => {
  assert.equal(await consumerOf([{ header: "x-consumer" }], { "X-Consumer": "Équipe ☺" }), "Équipe ☺");
  assert.equal(await consumerOf([{ header: "X-Consumer" }], { "x-consumer": "a" }), "a");
});

test("metadata names the consumer", async () => {
  const path = ["envoy.filters.http.jwt_authn", "claims", "sub"];
  const properties = { [`metadata.filter_metadata.${path.join(".")}`]: "alice" };
  assert.equal(await consumerOf([{ metadata: path }], {}, { properties }), "alice");
  assert.equal(await consumerOf([{ metadata: path }]), "anonymous");
});

test("the first source that names somebody wins", async () => {
  const sources = [{ header: "x-a" }, { header: "x-b" }, { clientAddress: true }];
  const properties = { "source.address": "10.1.2.3:4567" };
  assert.equal(await consumerOf(sources, { "x-a": "a", "x-b": "b" }, { properties }), "a");
  assert.equal(await consumerOf(sources, { "x-b": "b" }, { properties }), "b");
  assert.equal(await consumerOf(sources, {}, { properties }), "10.1.2.3");
});

test("an address is shown without its port", async () => {
  for (const [address, consumer] of [
    ["10.1.2.3:4567", "10.1.2.3"],
    ["[2001:db8::1]:443", "2001:db8::1"],
    ["[::1]:9", "::1"],
  ] as const)
    assert.equal(
      await consumerOf([{ clientAddress: true }], {}, { properties: { "source.address": address } }),
      consumer,
    );
});

const KEY = "sk-live-51H8xJq2eZvKYlo2C";

function holdsKey(seen: Seen): boolean {
  const { upstream, ...rest } = seen;
  return JSON.stringify(rest).includes(KEY) || upstream.body.includes(KEY);
}

test("a credential names the consumer by a hash, and the key itself is nowhere", async () => {
  const expected = createHash("sha256").update(KEY).digest("hex").slice(0, 16);
  for (const headers of [
    { authorization: `Bearer ${KEY}` },
    { authorization: `bearer  ${KEY} ` },
    { "x-api-key": KEY },
    { "api-key": KEY },
    { "x-goog-api-key": KEY },
    { authorization: "", "x-api-key": KEY },
  ] as Record<string, string>[]) {
    const config = {
      consumer: [{ credential: true }],
      processors: [{ type: "accessControl", rules: [{ action: "deny", models: ["o1"] }] }],
    };
    const seen = await exchange({ config, request: { headers }, trace: true });
    assert.equal(seen.state["weir.consumer"], expected, JSON.stringify(headers));
    assert.ok(!holdsKey(seen));
    const refused = await exchange({ config, request: { headers, body: { model: "o1" } }, trace: true });
    assert.equal(refused.status, 403);
    assert.ok(refused.client.body.includes(expected) && !holdsKey(refused));
  }
});
