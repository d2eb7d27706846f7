/** What an operator reads when a configuration is refused. */
import { before, test } from "node:test";
import { deepEqual, equal, ok } from "node:assert/strict";
import { compileDescription, type Description } from "../../../build/generate/description.ts";

let description: Description;

before(async () => {
  description = await compileDescription("tests/unit/config/sample-description.ts");
});

function errorsOf(json: string): string[] {
  return description.check(Buffer.from(json));
}

const LIMIT = '{"key":["model"],"tokens":100,"window":"1m"}';

test("an empty configuration is an empty object", () => {
  deepEqual(errorsOf(""), []);
  deepEqual(errorsOf("{}"), []);
});

test("whole numbers may be written as a proxy that keeps doubles writes them", () => {
  for (const number of ["8388608", "8388608.0", "8.388608e6", "83886080E-1", "8388608.00e+0"])
    deepEqual(errorsOf(`{"maxRequestBytes":${number}}`), []);
});

const refused: [what: string, json: string, ...lines: string[]][] = [
  [
    "a document that ends early is refused with line and column",
    '{\n  "holdHeaders": tru',
    "line 2, column 21: the document ends too early",
  ],
  [
    "text that is no JSON is refused with line and column, counted in characters",
    '{"жж": oops}',
    "line 1, column 8: a character stands where it cannot",
  ],
  ["what is no object is refused", "[]", "the configuration: expected an object, found an empty list"],
  [
    "unknown fields are refused with the name that was meant",
    '{"holdHeader":true,"max_request_bytes":1,"procesors":[],"ENDSTREAMS":"drain"}',
    '/holdHeader: unknown field; did you mean "holdHeaders"?',
    '/max_request_bytes: unknown field; did you mean "maxRequestBytes"?',
    '/procesors: unknown field; did you mean "processors"?',
    '/ENDSTREAMS: unknown field; did you mean "endStreams"?',
  ],
  [
    "unknown fields that are near to none are answered with all",
    '{"processors":[{"type":"rateLimit","limits":[' + LIMIT + '],"store":{"cluster":"a","zone":1}}]}',
    '/processors/0/store/zone: unknown field; expected "cluster" or "timeout"',
  ],
  [
    "all errors come at once, in the order of the document",
    '{"maxRequestBytes":"8MB","holdHeaders":1,"endStreams":"drian","maxRequestBytes":0}',
    '/maxRequestBytes: expected a whole number from 1 to 1073741824, found "8MB"',
    "/holdHeaders: expected true or false, found 1",
    '/endStreams: expected "drain" or "stop", found "drian"; did you mean "drain"?',
    "/maxRequestBytes: is there more than once",
  ],
  [
    "kinds of processors are told by their type",
    '{"processors":[{"type":"ratelimit"},{"name":"a"},"rateLimit",{"type":7}]}',
    '/processors/0/type: expected "rateLimit" or "inspection", found "ratelimit"; did you mean "rateLimit"?',
    '/processors/1/type: missing; expected "rateLimit" or "inspection"',
    '/processors/2: expected an object, found "rateLimit"',
    '/processors/3/type: expected "rateLimit" or "inspection", found 7',
  ],
  [
    "required fields are missed",
    '{"processors":[{"type":"rateLimit"},{"type":"rateLimit","name":"b","limits":[{}]}]}',
    "/processors/0/limits: missing; expected a list of at least one object",
    "/processors/1/limits/0/key: missing; expected a list of 1 to 3 strings",
    "/processors/1/limits/0/tokens: missing; expected a whole number of at least 1",
    "/processors/1/limits/0/window: missing; expected a length of time from 1s to 1d",
  ],
  [
    "exactly one source of the consumer is given",
    '{"consumer":[{},{"header":"x","credential":true},{"credential":false},{"header":""},{"heeder":"x"}]}',
    '/consumer/0: expected exactly one of "header", "metadata" and "credential", found none',
    '/consumer/1: expected exactly one of "header", "metadata" and "credential", found "header" and "credential"',
    "/consumer/2/credential: expected true, found false",
    "/consumer/3/header: expected a string that is not empty, found an empty string",
    '/consumer/4/heeder: unknown field; did you mean "header"?',
  ],
  [
    "exactly one of a group is given",
    '{"processors":[{"type":"inspection","detectors":[{"action":"mask"},{"action":"mask","pattern":"x","phrases":["xx"]}]}]}',
    '/processors/0/detectors/0: expected exactly one of "detect", "phrases" and "pattern", found none',
    '/processors/0/detectors/1: expected exactly one of "detect", "phrases" and "pattern", found "phrases" and "pattern"',
  ],
  [
    "words in lists are each there once",
    '{"processors":[{"type":"inspection","roles":["user","usr","user"]}]}',
    '/processors/0/roles/1: expected "system", "user" or "tool", found "usr"; did you mean "user"?',
    '/processors/0/roles/2: "user" is in the list already',
  ],
  [
    "lengths of time are told with their bounds, and with how they are written",
    `{"processors":[{"type":"rateLimit","limits":[${LIMIT.replace("1m", "1 minute")},${LIMIT.replace("1m", "2d")}],"store":{"cluster":"c","timeout":50}}]}`,
    '/processors/0/limits/0/window: expected a length of time from 1s to 1d, written as a whole number and a unit (ms, s, m, h, d) such as "10s", found "1 minute"',
    '/processors/0/limits/1/window: expected a length of time from 1s to 1d, found "2d"',
    '/processors/0/store/timeout: expected a length of time from 1ms to 10s, written as a whole number and a unit (ms, s, m, h, d) such as "10s", found 50',
  ],
  [
    "rules across fields stand at their field",
    `{"processors":[{"type":"rateLimit","name":"a","limits":[${LIMIT.replace("{", '{"burst":101,')}]},{"type":"inspection","name":"b"},{"type":"inspection","name":"b"}]}`,
    "/processors/0/limits/0/burst: must not be more than `tokens`",
  ],
  [
    "rules across a list are told when the list is right",
    '{"processors":[{"type":"inspection","name":"b"},{"type":"inspection","name":"b"}]}',
    "/processors/1/name: is the name of another processor",
  ],
  [
    "rules across fields are left out while a field is wrong, since they would judge its fallback",
    `{"processors":[{"type":"rateLimit","limits":[${LIMIT.replace("{", '{"burst":101,"weight":-1,')}]}]}`,
    "/processors/0/limits/0/weight: expected a number from 0 to 100, found -1",
  ],
  [
    "a word may stand for an object",
    `{"processors":[{"type":"rateLimit","limits":[${LIMIT}],"store":"redis"}]}`,
    '/processors/0/store: expected "local" or an object, found "redis"',
  ],
  [
    "names are escaped in pointers, and cannot break the line",
    '{"a/b~c\\n":1,"":2}',
    '/a~1b~0c\\n: unknown field; expected "holdHeaders", "endStreams", "maxRequestBytes", "consumer" or "processors"',
    '/: unknown field; expected "holdHeaders", "endStreams", "maxRequestBytes", "consumer" or "processors"',
  ],
  [
    "null is no value",
    '{"processors":[{"type":"inspection","when":null,"name":null}],"holdHeaders":null}',
    "/processors/0/when: expected an object, found null",
    "/processors/0/name: expected a string of 1 to 8 characters, found null",
    "/holdHeaders: expected true or false, found null",
  ],
  [
    "maps hold each name once, and texts only",
    '{"processors":[{"type":"inspection","when":{"headers":{"x-a":"1","x-a":"2","x-b":3}}}]}',
    "/processors/0/when/headers/x-a: is there more than once",
    "/processors/0/when/headers/x-b: expected a string, found 3",
  ],
];

for (const [what, json, ...lines] of refused) test(what, () => deepEqual(errorsOf(json), lines));

test("secrets that were put in the wrong place are not shown", () => {
  const secret = "sk-proj-abc";
  const long = "s".repeat(41);
  const misplaced = [
    `{"holdHeaders":"${long}"}`,
    `{"processors":[{"type":"rateLimit","limits":[{"key":"${secret}","tokens":"${secret}","window":"1m"}]}]}`,
    `{"processors":[{"type":"rateLimit","limits":[{"key":["${secret}"],"tokens":1,"window":"1m"}]}]}`,
    `{"consumer":[{"credential":"${secret}"}]}`,
    `{"apiKey":"${secret}","api_secret":["${secret}"],"password":{"a":"${secret}"}}`,
    '{"processors":[{"type":"inspection","when":{"headers":{"x-pin-token":123456}}}]}',
  ];
  for (const json of misplaced) {
    const lines = errorsOf(json).join("\n");
    ok(lines.length > 0, json);
    for (const hidden of [secret, long, "123456"]) ok(!lines.includes(hidden), lines);
  }
});

test("of many errors the first 50 are told, and the others counted", () => {
  const members = Array.from({ length: 70 }, (_, i) => `"f${i}":1`);
  const lines = errorsOf(`{${members.join(",")}}`);
  equal(lines.length, 51);
  equal(lines.at(-1), "and 20 more errors");
});

test("what is told is bounded, whatever the names are", () => {
  const name = "n".repeat(100_000);
  const lines = errorsOf(`{"${name}":1,"consumer":[{"${name}":"${name}"}],"holdHeaders":1${"0".repeat(1000)}}`);
  equal(lines.length, 3);
  for (const line of lines) ok(line.length < 300, `${line.length} characters`);
});
