/** What the checked build sees of the mistakes that one can make with arenas, and what it cannot see. */
import { before, test } from "node:test";
import { deepEqual, equal, match, ok } from "node:assert/strict";
import { moduleOf, TestProxy } from "./host.ts";

const ENTRY = "tests/module/arenas/guests/wrong.ts";

const KEPT = /a shorter-lived object is kept/;
const TABLE = /a Map or Set is changed while its arena is not current/;
const GLOBAL = /a global points at a freed object/;

/** Each mistake, and what the checked build says of it. */
const WRONG: Record<string, RegExp> = {
  call_object_in_field_of_stream: KEPT,
  call_string_in_field_of_stream: KEPT,
  call_object_in_field_of_plugin: KEPT,
  stream_object_in_field_of_plugin: KEPT,
  object_of_another_stream: KEPT,
  string_of_another_stream: KEPT,
  push: KEPT,
  index: KEPT,
  unshift: KEPT,
  fill: KEPT,
  static_array_index: KEPT,
  unchecked_index: KEPT,
  typed_array: KEPT,
  literal_in_stream: KEPT,
  constructor_in_stream: KEPT,
  concat_in_stream: KEPT,
  slice_in_stream: KEPT,
  keys_in_stream: KEPT,
  values_in_stream: KEPT,
  map_key_of_call: TABLE,
  map_key_is_constant: TABLE,
  map_of_numbers_grows: TABLE,
  map_clear: TABLE,
  set_grows: TABLE,
  global_object: GLOBAL,
  global_string: GLOBAL,
  global_of_stream: GLOBAL,
  object_outside_of_callback: /an object is made outside of any callback/,
  freed_object_is_kept_in_field: /a freed object is kept/,
  freed_object_is_changed: /a freed object is changed/,
  freed_string_is_kept: /a freed object is used/,
  // The poison in the place of its length does it.
  freed_array_grows: /Invalid length/,
  double_release: /an arena is released twice/,
  release_of_freed: /an arena is released twice/,
  enter_freed: /a freed arena is used/,
  arena_in_freed: /a freed arena is used/,
  double_discard: /a freed object is used/,
  enter_without_leave: /a callback leaves another arena current than it found/,
  end_without_begin: /a callback leaves another arena current than it found/,
};

/** What the checks cannot see, and the rule of the lint that must forbid it; reads of freed memory meet the poison instead. */
const UNSEEN: Record<string, string> = {
  splice_into_stream: "no splice whose result outlives the callback",
  field_of_unmanaged: "no managed fields in @unmanaged classes",
  raw_store: "no store<T> of managed T",
  few_numbers_in_map: "none: nothing is kept wrongly until the Map grows, which is seen",
  use_after_callback: "poison",
  use_after_release: "poison",
  use_after_discard: "poison",
};

const POISON = 0xdddddddd | 0;

let checked: WebAssembly.Module;
let others: WebAssembly.Module[];

before(async () => {
  checked = await moduleOf({ variant: "checked", entry: ENTRY });
  others = [
    await moduleOf({ variant: "release", entry: ENTRY }),
    await moduleOf({ variant: "collected", entry: ENTRY }),
  ];
});

function namesOf(prefix: string): string[] {
  const names = WebAssembly.Module.exports(checked).map(({ name }) => name);
  return names.filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length));
}

function started(module: WebAssembly.Module): TestProxy {
  const proxy = new TestProxy(module);
  proxy.call("setup");
  return proxy;
}

function run(module: WebAssembly.Module, name: string): number {
  return started(module).call(name);
}

test("every mistake of the guest is in a table of this test", () => {
  deepEqual(namesOf("wrong_").sort(), Object.keys(WRONG).sort());
  deepEqual(namesOf("unseen_").sort(), Object.keys(UNSEEN).sort());
  ok(namesOf("wrong_").length >= 28, "mistakes are missing");
});

for (const [name, message] of Object.entries(WRONG))
  test(`the checked build ends ${name.replaceAll("_", " ")}`, () => {
    const proxy = started(checked);
    let said = "nothing";
    try {
      proxy.call(`wrong_${name}`);
    } catch (error) {
      said = (error as Error).message;
    }
    match(said, message);
  });

for (const [name, guard] of Object.entries(UNSEEN))
  test(`the checked build does not see ${name.replaceAll("_", " ")} (guard: ${guard})`, () => {
    const got = run(checked, `unseen_${name}`);
    if (guard === "poison") ok(got === POISON || got === (POISON & 0xff), `reads ${got.toString(16)}`);
  });

test("the checked build lets pass what is right, and all three builds agree on what comes of it", () => {
  const names = namesOf("right_");
  ok(names.length >= 10, `only ${names.length}`);
  for (const name of names) {
    const expected = run(checked, `right_${name}`);
    for (const other of others) equal(run(other, `right_${name}`), expected, name);
  }
});

test("in the arena builds, what is right holds no more memory when it is done again and again", () => {
  for (const module of [checked, others[0] as WebAssembly.Module])
    for (const name of ["plugin_released_before_its_stream", "releases_in_any_order", "big_objects_go_in_any_order"]) {
      const proxy = started(module);
      proxy.call(`right_${name}`);
      const held = proxy.call("held");
      for (let i = 0; i < 1000; i++) proxy.call(`right_${name}`);
      equal(proxy.call("held"), held, name);
    }
});

test("what a mistake reads of a callback that has returned is zeros in the release build", () => {
  equal(run(others[0] as WebAssembly.Module, "stale_text"), 0);
});

test("objects that are made before the arenas' own file is reached are whole", async () => {
  for (const variant of ["release", "checked", "collected"] as const) {
    const proxy = new TestProxy(await moduleOf({ variant, entry: "tests/module/arenas/guests/early.ts" }));
    const held = proxy.call("held");
    equal(proxy.call("sum"), 499500);
    proxy.call("sum");
    if (variant !== "collected") equal(proxy.call("held"), held);
  }
});
