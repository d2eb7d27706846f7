/** Streams in arenas: what they keep is theirs alone, is freed when they end, and stays within its budget. */
import { before, test } from "node:test";
import { deepEqual, equal, ok } from "node:assert/strict";
import type { Variant } from "../../../build/wasm/build.ts";
import { moduleOf, TestProxy } from "./host.ts";
import { Random } from "./random.ts";
import { playScript } from "./script.ts";

const ENTRY = "tests/module/arenas/guests/streams.ts";
const VARIANTS: Variant[] = ["release", "checked", "collected"];
const ARENAS: Variant[] = ["release", "checked"];
const PLUGIN = 1;

const modules = new Map<Variant, WebAssembly.Module>();

before(async () => {
  for (const variant of VARIANTS) modules.set(variant, await moduleOf({ variant, entry: ENTRY }));
});

function start(variant: Variant, configuration = "0 some words"): TestProxy {
  const module = modules.get(variant);
  ok(module, `${variant} was not built`);
  const proxy = new TestProxy(module);
  ok(proxy.startPlugin(PLUGIN, configuration), "the configuration is refused");
  return proxy;
}

test("one script of streams gives the same log in the release, the checked and the collected build", () => {
  const logs = VARIANTS.map((variant) => playScript(start(variant), new Random(1), 1500));
  ok((logs[0]?.length ?? 0) > 1500, `only ${logs[0]?.length} lines`);
  deepEqual(logs[1], logs[0]);
  deepEqual(logs[2], logs[0]);
});

test("each host call brings back what the host has, in all three builds", () => {
  for (const variant of VARIANTS) {
    const proxy = start(variant);
    proxy.on("tick", PLUGIN);
    deepEqual(proxy.logs.at(-1)?.split("\n"), [
      "now 1700000000000000000",
      "metric 7 0",
      "absent yes",
      "set 0",
      "one 1",
      "again 0",
      "late mismatch",
      "empty 0 2",
      "desserts",
      "unknown function yes",
      "call 1",
      "no call 0",
      "long 5000",
      "joined",
      "no property yes",
      "no buffer 1",
    ]);
    deepEqual(proxy.calls, [
      {
        cluster: "there",
        headers: [
          [":method", "POST"],
          ["x-ü", "€😀"],
        ],
        body: "{}",
      },
    ]);
  }
});

test("a header that is not UTF-8 is read with U+FFFD in the place of what is not", () => {
  for (const variant of VARIANTS) {
    const proxy = start(variant);
    proxy.open(2, PLUGIN);
    // 0xc0 0xaf is an overlong "/", which some decoders take for one.
    proxy.requestHeaders(2, [[":path", "/a\xc0\xaf..\xe2\x82\xac\xff"]]);
    equal(proxy.properties.get("weir.path")?.toString(), "/a\ufffd\ufffd..€\ufffd");
  }
});

test("bytes are put behind a body, and behind none", () => {
  const proxy = start("release");
  const stream = proxy.open(2, PLUGIN);
  proxy.responseHeaders(2, [[":status", "200"]]);
  proxy.responseBody(2, Buffer.from("a,b"), true);
  equal(stream.responseBody.toString(), "a,b;200");
  proxy.responseBody(2, Buffer.alloc(0), true);
  equal(stream.responseBody.toString(), ";200");
});

// ---- any order ---------------------------------------------------------------------------------------------------------------

test("callbacks for contexts that nobody knows, in any order, do nothing and let pass", () => {
  for (const variant of VARIANTS) {
    const proxy = start(variant);
    const names = Object.keys(proxy.exports).filter((name) => name.startsWith("proxy_on_"));
    ok(names.length >= 25, `only ${names.length} callbacks`);
    const held = proxy.call("held");
    const random = new Random(2);
    for (let i = 0; i < 5000; i++) {
      const name = names[random.below(names.length)] ?? "";
      if (name === "proxy_on_context_create" || name === "proxy_on_tick") continue;
      // Neither 0, which no context has, nor an id that was never created.
      const id = random.below(2) * (1000 + random.below(5));
      const answer = proxy.on(name.slice("proxy_on_".length), id, random.below(9), random.below(9), 0, 0);
      if (/done|vm_start/.test(name)) equal(answer, 1, name);
      // A body of an unknown stream is paused by this guest.
      else if (name !== "proxy_on_configure" && answer !== undefined) ok(answer === 0 || /body/.test(name), name);
    }
    if (variant !== "collected") equal(proxy.call("held"), held);
  }
});

test("a stream that its own local reply deletes can be read until the outermost callback returns, and is then freed", () => {
  for (const variant of VARIANTS) {
    const proxy = start(variant);
    proxy.endsOnReply = true;
    const play = (id: number): void => {
      const stream = proxy.open(id, PLUGIN);
      const path = `/refused/${id}`;
      proxy.requestHeaders(id, [
        [":path", path],
        ["x-refuse", "yes"],
      ]);
      equal(stream.replies[0]?.status, 403);
      deepEqual(stream.replies[0]?.headers, [["x-path", path]]);
      const told = `${path} 403 0 811c9dc5 :path=${path} x-refuse=yes`;
      deepEqual(proxy.logs.splice(0), [`ends: ${told} 1`, `after the reply: refused ${path} ${told}`]);
    };
    for (let id = 2; id < 20; id++) play(id);
    const held = proxy.call("held");
    for (let id = 20; id < 500; id++) play(id);
    if (variant !== "collected") equal(proxy.call("held"), held);
  }
});

test("a plugin that goes before its streams is freed with the last of them", () => {
  for (const variant of ARENAS) {
    const proxy = start(variant);
    const round = (): void => {
      equal(proxy.startPlugin(100, "0 " + "word ".repeat(3000)), true);
      for (let id = 101; id < 105; id++) proxy.open(id, 100);
      proxy.on("delete", 100);
      for (let id = 101; id < 105; id++) {
        proxy.requestHeaders(id, [[":path", "/late"]]);
        proxy.close(id);
      }
    };
    round();
    const held = proxy.call("held");
    round();
    equal(proxy.call("held"), held);
  }
});

// ---- secrets -----------------------------------------------------------------------------------------------------------------

test("nothing of a stream is left in the memory of the release build when it has ended", () => {
  const proxy = start("release");
  const held = proxy.call("held");
  const secret = "sk-correct-horse-battery-staple";
  const forms = [Buffer.from(secret), Buffer.from(secret, "utf16le")];
  proxy.open(2, PLUGIN);
  proxy.requestHeaders(2, [
    [":path", `/${secret}`],
    ["authorization", `Bearer ${secret}`],
  ]);
  for (const size of [10, 3000, 100_000]) proxy.requestBody(2, Buffer.from(secret + "x".repeat(size) + secret));
  proxy.responseHeaders(2, [[":status", secret]]);
  proxy.responseBody(2, Buffer.from(`${secret},${"y".repeat(200_000)}`));
  for (const form of forms) ok(proxy.holds(form), "the test would not notice");
  proxy.close(2);
  for (const form of forms) ok(!proxy.holds(form), `found as ${form.toString("hex").slice(0, 8)}...`);
  equal(proxy.call("held"), held);
});

test("a body that is discarded is wiped at once", () => {
  const proxy = start("release");
  const secret = "the quick brown fox is nobody's business";
  proxy.open(2, PLUGIN);
  proxy.requestHeaders(2, [
    [":path", "/"],
    ["x-discard", "1"],
  ]);
  const held = proxy.call("held");
  proxy.requestBody(2, Buffer.from(secret + "x".repeat(100_000)));
  ok(!proxy.holds(Buffer.from(secret)), "the body is still there");
  equal(proxy.call("held"), held);
});

test("streams whose callbacks mix never tell of another's headers, path or body", () => {
  for (const variant of VARIANTS) {
    const proxy = start(variant);
    const random = new Random(3);
    const open: number[] = [];
    let next = 10;
    let ends = 0;
    const tag = (id: number): string => `<${id}>`;
    const step = (): void => {
      if (open.length < 20 && random.below(3) === 0) {
        proxy.open(next, PLUGIN);
        open.push(next);
        const refuse: [string, string][] = random.below(5) === 0 ? [["x-refuse", tag(next)]] : [];
        proxy.endsOnReply = random.below(2) === 0;
        proxy.requestHeaders(next, [
          [":path", tag(next)],
          ["x-key", tag(next).repeat(1 + random.below(400))],
          ...refuse,
        ]);
        next++;
        return;
      }
      const at = random.below(Math.max(1, open.length));
      const id = open[at];
      if (id === undefined) return;
      if (proxy.streams.get(id)?.isGone) open.splice(at, 1);
      else if (random.below(3) > 0) proxy.requestBody(id, Buffer.from(tag(id).repeat(1 + random.below(3000))));
      else {
        proxy.responseHeaders(id, [[":status", tag(id)]]);
        proxy.close(id);
        open.splice(at, 1);
      }
    };
    for (let i = 0; i < 4000; i++) {
      step();
      for (const line of proxy.logs.splice(0)) {
        ends++;
        const tags = new Set(line.match(/<\d+>/g));
        equal(tags.size, 1, line.slice(0, 200));
      }
    }
    ok(ends > 500, `only ${ends} lines`);
  }
});

// ---- limits ------------------------------------------------------------------------------------------------------------------

test("a stream that goes over its budget by small chunks is refused once, and never ends the VM", () => {
  for (const variant of ARENAS) {
    const proxy = start(variant, `${1 << 20} words`);
    const before = proxy.call("held");
    const stream = proxy.open(2, PLUGIN);
    proxy.requestHeaders(2, [[":path", "/"]]);
    let chunks = 0;
    while (proxy.requestBody(2, Buffer.alloc(16384, 65)) === 0) chunks++;
    ok(chunks >= 60 && chunks <= 64, `${chunks} chunks`);
    for (let i = 0; i < 10; i++) equal(proxy.requestBody(2, Buffer.alloc(16384, 65)), 1);
    deepEqual(
      stream.replies.map((reply) => reply.status),
      [413],
    );
    proxy.close(2);
    equal(proxy.call("held"), before);
  }
});

test("a body over the budget is not taken at all", () => {
  for (const variant of ARENAS) {
    const proxy = start(variant, `${1 << 20} words`);
    const stream = proxy.open(2, PLUGIN);
    proxy.requestHeaders(2, [[":path", "/"]]);
    const held = proxy.call("held");
    proxy.requestBody(2, Buffer.alloc(8 << 20));
    equal(proxy.refusals, 1);
    equal(stream.replies[0]?.status, 413);
    ok(proxy.call("held") - held < 10_000);
    proxy.close(2);
    // The next stream is as good as new.
    proxy.open(3, PLUGIN);
    proxy.requestHeaders(3, [[":path", "/"]]);
    equal(proxy.requestBody(3, Buffer.alloc(1000)), 0);
  }
});

test("a header can be read however full a stream is: one that could not would look like one that is absent", () => {
  const proxy = start("release", "4096 words");
  proxy.open(2, PLUGIN);
  proxy.requestHeaders(2, [
    [":path", "/" + "p".repeat(20_000)],
    ["x-long", "l".repeat(60_000)],
  ]);
  equal(proxy.refusals, 0);
  equal(proxy.properties.get("weir.path")?.length, 20_001);
});

test("over the budget of the call arena the stream is refused, and the next callback begins anew", () => {
  for (const variant of ARENAS) {
    const proxy = start(variant);
    proxy.call("limit", 768 << 20, 256 << 10);
    proxy.open(2, PLUGIN);
    proxy.requestHeaders(2, [[":path", "/"]]);
    equal(proxy.responseBody(2, Buffer.alloc(1 << 20)), 0);
    equal(proxy.refusals, 1);
    const stream = proxy.streams.get(2);
    equal(proxy.requestBody(2, Buffer.alloc(1000)), 0);
    deepEqual(stream?.replies, []);
  }
});

test("where memory cannot grow further, bodies are refused before the VM would end, and it recovers", async () => {
  const pages = 512;
  const module = await moduleOf({ variant: "release", entry: ENTRY, options: { maximumMemory: pages } });
  const proxy = new TestProxy(module);
  equal(proxy.startPlugin(PLUGIN, "0 words"), true);
  proxy.call("limit", pages * 65536 * 0.75, 0);
  const random = new Random(4);
  let refused = 0;
  for (let id = 2; id < 200; id++) {
    proxy.open(id, PLUGIN);
    proxy.requestHeaders(id, [[":path", "/"]]);
    proxy.requestBody(id, Buffer.alloc(70_000 + random.below(1_000_000)));
    refused += proxy.streams.get(id)?.replies.length ?? 0;
  }
  ok(refused > 100, `${refused} refused`);
  ok(proxy.pages <= pages, `${proxy.pages} pages`);
  for (let id = 2; id < 200; id++) proxy.close(id);
  proxy.open(500, PLUGIN);
  proxy.requestHeaders(500, [[":path", "/"]]);
  equal(proxy.requestBody(500, Buffer.alloc(1_000_000)), 0);
  equal(proxy.streams.get(500)?.replies.length, 0);
});

test("200,000 streams of random sizes and lifetimes leave memory as it was after the first of them", () => {
  const proxy = start("release");
  const random = new Random(5);
  const body = Buffer.alloc(100_000, 66);
  const open: number[] = [];
  const before = proxy.call("held");
  const pages: number[] = [];
  const count = 200_000;
  for (let i = 1; i <= count; i++) {
    const id = 100 + i;
    proxy.open(id, PLUGIN);
    const headers = Array.from({ length: 1 + random.below(5) }, (_, n): [string, string] => [`x-${n}`, "value"]);
    proxy.requestHeaders(id, [[":path", "/"], ...headers]);
    // Most are small, few are large.
    proxy.requestBody(id, body.subarray(0, 100 + Math.floor(99_000 * Math.pow(random.below(1000) / 1000, 6))));
    open.push(id);
    if (open.length > 200) close(proxy, open, random.below(open.length));
    if (i % (count / 5) === 0) pages.push(proxy.pages);
  }
  while (open.length > 0) close(proxy, open, open.length - 1);
  equal(pages[4], pages[1], `pages ${pages.join(", ")}`);
  // The table of contexts lies outside of the arenas.
  equal(proxy.call("held"), before);
});

function close(proxy: TestProxy, open: number[], at: number): void {
  const id = open[at] ?? 0;
  open[at] = open.at(-1) ?? 0;
  open.pop();
  proxy.close(id);
  proxy.streams.delete(id);
  proxy.logs.length = 0;
}
