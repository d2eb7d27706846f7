/**
 * The decoder and the printed schema say the same of every configuration: the schema is asked through ajv, which shares no code with
 * either. What a schema cannot say is listed, and nothing else may differ.
 */
import { test } from "node:test";
import { equal, ok } from "node:assert/strict";
import { Ajv2020 } from "ajv/dist/2020.js";
import { compileDescription, type Description } from "../../../build/generate/description.ts";
import { mutated, type Schema, valueOf, written } from "./configurations.ts";
import { Random } from "./random.ts";

/** Longer on demand: `WEIR_FUZZ_RUNS=1000000 WEIR_FUZZ_SEED=7`. */
const RUNS = Number(process.env.WEIR_FUZZ_RUNS ?? 60_000);
const SEED = Number(process.env.WEIR_FUZZ_SEED ?? 20_260_101);

/** What the decoder refuses and a schema cannot: bounds of lengths of time, and rules across fields. */
const BEYOND_SCHEMA = [
  /: expected a length of time from \w+ to \w+, found "\d+[a-z]+"$/,
  /\/burst: must not be more than `tokens`$/,
  /\/tokens: must be 60 or more for a whole day$/,
  /\/name: is the name of another (processor|limit)(; names must differ)?$/,
  /\/dialect: is no dialect; .* `none` is none$/,
  /\/burst: is for a `tokenBucket` only$/,
];

for (const subject of [
  { name: "settings of every kind", entry: "tests/unit/config/sample-description.ts" },
  { name: "the plugin's settings", entry: "assembly/describe.ts" },
]) {
  test(`${subject.name}: decoder and schema accept and refuse the same configurations`, async () => {
    const description = await compileDescription(subject.entry);
    const counts = compare(description);
    ok(counts.accepted > RUNS * 0.15, `only ${counts.accepted} were accepted`);
    ok(counts.refused > RUNS * 0.15, `only ${counts.refused} were refused`);
  });
}

function compare(description: Description): { accepted: number; refused: number; beyond: number } {
  const schema = JSON.parse(description.schema()) as Schema;
  const isValid = new Ajv2020({ strict: true, strictTypes: false, strictRequired: false }).compile(schema);
  const random = new Random(SEED);
  const counts = { accepted: 0, refused: 0, beyond: 0 };
  for (let run = 0; run < RUNS; run++) {
    let value = valueOf(schema, random);
    for (let slips = random.below(4); slips > 0; slips--) value = mutated(value, random);
    const json = written(value, random);
    const errors = description.check(Buffer.from(json));
    const bySchema = isValid(JSON.parse(json));
    if (bySchema && errors.length > 0 && errors.every((line) => BEYOND_SCHEMA.some((rule) => rule.test(line)))) {
      counts.beyond++;
      continue;
    }
    equal(
      errors.length === 0,
      bySchema,
      `run ${run}: ${json}\n${errors.join("\n")}\n${JSON.stringify(isValid.errors)}`,
    );
    if (bySchema) counts.accepted++;
    else counts.refused++;
  }
  return counts;
}
