/** No text, whole, cut or damaged, makes the decoder trap or take what is no JSON. A trap fails the test by its exception. */
import { before, test } from "node:test";
import { deepEqual, notDeepEqual, ok } from "node:assert/strict";
import { Ajv2020 } from "ajv/dist/2020.js";
import { compileDescription, type Description } from "../../../build/generate/description.ts";
import { Random } from "./random.ts";

const RUNS = Number(process.env.WEIR_FUZZ_RUNS ?? 20_000);
const SEED = Number(process.env.WEIR_FUZZ_SEED ?? 20_260_101);

/** Every field of the sample settings. */
const FULL = JSON.stringify({
  holdHeaders: true,
  endStreams: "stop",
  maxRequestBytes: 1048576,
  consumer: [{ header: "x-consumer" }, { metadata: ["jwt", "sub"] }, { credential: true }],
  processors: [
    {
      type: "rateLimit",
      name: "budget",
      when: { paths: ["/v1/*"], headers: { "x-tier": "бесплатно 😀" } },
      limits: [{ key: ["consumer", "header:x-team"], tokens: 1000, burst: 10, window: "1m", weight: 0.25 }],
      store: { cluster: "ratelimit", timeout: "50ms" },
    },
    { type: "rateLimit", limits: [{ key: ["model"], tokens: 1e6, window: "1d" }], store: "local" },
    {
      type: "inspection",
      roles: ["system"],
      detectors: [
        { detect: ["email"], action: "mask", threshold: 1.5 },
        { phrases: ["ab", "cd"], action: "refuse" },
        { pattern: "x", action: "mask" },
      ],
    },
  ],
});

let description: Description;

before(async () => {
  description = await compileDescription("tests/unit/config/sample-description.ts");
});

test("the whole of it is right", () => deepEqual(description.check(Buffer.from(FULL)), []));

test("cut at every byte, it is refused", () => {
  const bytes = Buffer.from(FULL);
  for (let end = 1; end < bytes.length; end++) {
    const errors = description.check(bytes.subarray(0, end));
    ok(errors.length === 1 && errors[0]!.startsWith("line 1, column "), `${end}: ${errors.join("\n")}`);
  }
});

test("damaged, it is taken only if it still is JSON that the schema allows", () => {
  const isValid = new Ajv2020({ strict: false }).compile(JSON.parse(description.schema()));
  const random = new Random(SEED);
  let taken = 0;
  for (let run = 0; run < RUNS; run++) {
    const bytes = damaged(Buffer.from(FULL), random);
    if (description.check(bytes).length > 0) continue;
    taken++;
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    ok(isValid(JSON.parse(text)), text);
  }
  ok(taken > 0);
});

test("noise is refused", () => {
  const random = new Random(SEED);
  for (let run = 0; run < RUNS; run++) {
    const bytes = Buffer.from(Array.from({ length: 1 + random.below(40) }, () => random.below(256)));
    notDeepEqual(description.check(bytes), []);
  }
});

test("objects and lists nested without end are refused", () => {
  for (const open of ["[", '{"a":', '{"consumer":[', '{"processors":[{"when":'])
    for (const depth of [10, 127, 128, 129, 100_000])
      notDeepEqual(description.check(Buffer.from(open.repeat(depth))), []);
  ok(description.check(Buffer.from("[".repeat(129) + "]".repeat(129))).length === 1);
});

test("the longest documents are read, and longer ones refused", () => {
  const longest = 2 * 1024 * 1024;
  const full = (open: string, item: string, close: string) => {
    const items = Math.floor((longest - open.length - close.length - item.length) / (item.length + 1));
    return Buffer.from((open + `${item},`.repeat(items) + item + close).padEnd(longest));
  };
  const documents = [
    full("[", "0", "]"),
    full('{"consumer":[', "0", "]}"),
    full('{"consumer":[', "{}", "]}"),
    full('{"consumer":[{"metadata":[', '""', "]}]}"),
    full('{"processors":[', "{}", "]}"),
    full('{"processors":[{"type":"inspection","roles":[', '"x"', "]}]}"),
    full("{", '"":0', "}"),
    full('{"processors":[{"type":"inspection","when":{"headers":{', '"":0', "}}}]}"),
  ];
  for (const document of documents) {
    const errors = description.check(document);
    ok(errors.length >= 1 && errors.length <= 51, document.toString("latin1", 0, 60));
  }
  deepEqual(description.check(Buffer.from("{}".padEnd(longest))), []);
  deepEqual(description.check(Buffer.from("{}".padEnd(longest + 1))), ["the configuration: longer than 2 MiB"]);
});

function damaged(bytes: Buffer, random: Random): Uint8Array {
  const damage = 1 + random.below(3);
  let result = bytes;
  for (let i = 0; i < damage; i++) {
    const at = random.below(result.length);
    const end = at + random.below(4);
    const piece = random.chance(0.5)
      ? Buffer.from([random.below(256)])
      : Buffer.from(
          random.pick(["", '"', "{", "}", "[", "]", ",", ":", "0", "e9", "-", "null", "\\u0041", "\\", " ", "1e400"]),
        );
    result = Buffer.concat([result.subarray(0, at), piece, result.subarray(end)]);
  }
  return result;
}
