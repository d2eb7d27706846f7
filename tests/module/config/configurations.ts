import type { Random } from "./random.ts";

export type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

/** The part of JSON Schema that the printer writes. */
export interface Schema {
  type?: string;
  description?: string;
  default?: Json;
  const?: Json;
  enum?: string[];
  pattern?: string;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  minItems?: number;
  maxItems?: number;
  uniqueItems?: boolean;
  items?: Schema;
  properties?: Record<string, Schema>;
  additionalProperties?: boolean | Schema;
  required?: string[];
  oneOf?: Schema[];
  anyOf?: Schema[];
  allOf?: Schema[];
}

const DURATIONS = [
  "1s",
  "50ms",
  "1m",
  "2h",
  "1d",
  "2d",
  "0s",
  "999999999d",
  "1000000000ms",
  "01s",
  "1 s",
  "1M",
  "s",
  "-1s",
  "1.5s",
];
const TEXTS = [
  "a",
  "ab",
  "abcdefgh",
  "abcdefghi",
  "",
  "consumer",
  "header:",
  "header:x",
  "local",
  "true",
  "я",
  "😀",
  "😀😀😀😀😀",
  "\ud800",
  "\n",
  "\u0000",
  "null",
  "*",
];
const NUMBERS = [
  0,
  -0,
  1,
  -1,
  2,
  0.5,
  60,
  100,
  100.5,
  1e3,
  8388608,
  1073741824,
  1073741825,
  2 ** 53 - 1,
  2 ** 53,
  2 ** 63,
  1e30,
  -1e30,
  1e-9,
];

/** A value that is mostly valid under `schema`; whether it is, the validator says. */
export function valueOf(schema: Schema, random: Random): Json {
  if (schema.const !== undefined) return schema.const;
  if (schema.enum) return random.pick(schema.enum);
  const branches = schema.oneOf ?? schema.anyOf;
  if (branches) return valueOf({ type: schema.type, ...random.pick(branches) }, random);
  if (schema.pattern?.startsWith("^header"))
    return random.pick(["header:x-team", "header:a", "header:😀", "header:\n", "header:"]);
  if (schema.pattern) return random.pick(random.chance(0.9) ? ["1s", "10s", "1m", "2h", "50ms"] : DURATIONS);
  switch (schema.type) {
    case "boolean":
      return random.chance(0.5);
    case "integer":
    case "number":
      return numberOf(schema, random);
    case "array":
      return listOf(schema, random);
    case "object":
      return objectOf(schema, random);
    default:
      return textOf(schema, random);
  }
}

/** `value` after a slip: something in it changed, added, left out, moved or renamed. */
export function mutated(value: Json, random: Random): Json {
  const copy = structuredClone(value);
  const holder = { root: copy };
  const places = placesIn(holder);
  const { parent, key } = random.pick(places);
  const names = parent as Record<string, Json>;
  const here = names[key]!;
  const other = random.pick(places);
  switch (random.below(7)) {
    case 0:
      names[key] = anything(random);
      break;
    case 1:
      if (Array.isArray(parent)) parent.splice(Number(key), 1);
      else if (parent !== holder) delete names[key];
      break;
    case 2:
      names[key] = structuredClone((other.parent as Record<string, Json>)[other.key]!);
      break;
    case 3:
      if (Array.isArray(parent)) parent.push(structuredClone(here));
      else if (parent !== holder) renameMember(names, key, random);
      break;
    case 4:
      if (typeof here === "object" && here !== null && !Array.isArray(here))
        here[random.pick(["extra", "name", "type", other.key])] = anything(random);
      break;
    case 5:
      if (typeof here === "number") names[key] = random.pick([here + 1, here - 1, here + 0.5, -here, String(here)]);
      break;
    default:
      names[key] = random.chance(0.5) ? [here] : { value: here };
  }
  return holder.root;
}

/** JSON of `value`, with numbers and texts written in one of the ways that mean the same, and blanks anywhere. */
export function written(value: Json, random: Random): string {
  const blank = () => (random.chance(0.1) ? random.pick([" ", "\n", "\t", "\r\n  "]) : "");
  if (Array.isArray(value)) return `[${value.map((item) => blank() + written(item, random)).join(",")}${blank()}]`;
  if (typeof value === "object" && value !== null) {
    const members = Object.entries(value).map(
      ([name, item]) => `${writtenText(name, random)}${blank()}:${blank()}${written(item, random)}`,
    );
    return `{${members.join(`,${blank()}`)}}`;
  }
  if (typeof value === "number") return writtenNumber(value, random);
  return typeof value === "string" ? writtenText(value, random) : JSON.stringify(value);
}

function writtenNumber(value: number, random: Random): string {
  const plain = JSON.stringify(value);
  if (value === 0 || /e/.test(plain) || random.chance(0.6)) return plain;
  if (Number.isInteger(value))
    return random.pick([`${plain}.0`, `${plain}e0`, `${plain}0E-1`, `${plain}.000e+00`, value.toExponential()]);
  return value.toExponential();
}

function writtenText(text: string, random: Random): string {
  const plain = JSON.stringify(text);
  if (text === "" || random.chance(0.9)) return plain;
  return `"${[...Array(text.length).keys()].map((i) => `\\u${text.charCodeAt(i).toString(16).padStart(4, "0")}`).join("")}"`;
}

function numberOf(schema: Schema, random: Random): number {
  const least = schema.minimum ?? 0;
  const most = Math.min(schema.maximum ?? 1000, least + 1000);
  if (random.chance(0.2)) return random.pick([least, schema.maximum ?? most, least - 1, (schema.maximum ?? most) + 1]);
  const value = least + random.fraction() * (most - least);
  return schema.type === "integer" ? Math.round(value) : value;
}

function textOf(schema: Schema, random: Random): string {
  if (random.chance(0.1)) return random.pick(TEXTS);
  const least = schema.minLength ?? 0;
  const most = Math.min(schema.maxLength ?? least + 6, 100);
  return Array.from({ length: least + random.below(most - least + 1) }, () =>
    random.pick(["a", "b", "-", "*", "/", "ж", "😀"]),
  ).join("");
}

function listOf(schema: Schema, random: Random): Json[] {
  const least = schema.minItems ?? 0;
  const most = schema.maxItems ?? least + 3;
  const list = Array.from({ length: least + random.below(most - least + 1) }, () =>
    valueOf(schema.items ?? {}, random),
  );
  return schema.uniqueItems ? [...new Set(list)] : list;
}

function objectOf(schema: Schema, random: Random): Json {
  const value: Record<string, Json> = {};
  if (typeof schema.additionalProperties === "object")
    for (let i = random.below(3); i > 0; i--)
      value[random.pick(["x-a", "x-b", "", "a/b", "ключ"])] = valueOf(schema.additionalProperties, random);
  const chosen = new Set(schema.required);
  const grouped = new Set<string>();
  for (const group of schema.allOf ?? []) {
    const names = (group.oneOf ?? []).map((branch) => branch.required![0]!);
    names.forEach((name) => grouped.add(name));
    chosen.add(random.pick(names));
  }
  for (const [name, member] of Object.entries(schema.properties ?? {}))
    if (chosen.has(name) || (!grouped.has(name) && random.chance(0.5))) value[name] = valueOf(member, random);
  return value;
}

function anything(random: Random): Json {
  return random.pick<() => Json>([
    () => null,
    () => random.chance(0.5),
    () => random.pick(NUMBERS),
    () => random.pick(TEXTS),
    () => random.pick(DURATIONS),
    () => [],
    () => ({}),
    () => [anything(random)],
  ])();
}

function renameMember(object: Record<string, Json>, name: string, random: Random): void {
  const value = object[name]!;
  delete object[name];
  object[
    random.pick([
      `${name}s`,
      name.slice(1),
      name.toUpperCase(),
      `${name.slice(1, 2)}${name.slice(0, 1)}${name.slice(2)}`,
    ])
  ] = value;
}

interface PlaceInValue {
  parent: Json[] | Record<string, Json>;
  key: string;
}

function placesIn(parent: Json[] | Record<string, Json>): PlaceInValue[] {
  const places: PlaceInValue[] = [];
  for (const [key, value] of Object.entries(parent)) {
    places.push({ parent, key });
    if (typeof value === "object" && value !== null) places.push(...placesIn(value));
  }
  return places;
}
