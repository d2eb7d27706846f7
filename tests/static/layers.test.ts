/** What may import what: docs/architecture.md draws the layers, this reads the import lines. */
import { test } from "node:test";
import { deepEqual, ok } from "node:assert/strict";
import { importsOf, layerOf, SOURCES, textOf, type Import } from "./imports.ts";

/** Each layer and those that it may import, besides itself. */
const ALLOWED: Record<string, string[]> = {
  // The entries wire everything together.
  index: ["guest", "registry", "pipeline", "host", "abi", "memory"],
  guest: ["pipeline", "processors", "host", "abi"],
  describe: ["registry", "processors", "pipeline", "config", "bytes"],
  registry: ["pipeline", "processors", "llm", "config"],
  pipeline: ["processors", "llm", "config", "wire", "host", "memory", "bytes"],
  processors: ["llm", "limits", "detect", "counting", "tokenizer", "config", "wire", "host", "bytes"],
  counting: ["tokenizer", "llm", "wire", "memory", "bytes"],
  llm: ["wire", "memory", "bytes"],
  limits: ["host", "memory", "bytes"],
  detect: ["bytes"],
  tokenizer: ["bytes"],
  vectors: ["bytes"],
  config: ["wire", "bytes"],
  wire: ["bytes"],
  host: ["abi", "memory", "bytes"],
  abi: ["memory", "bytes"],
  memory: [],
  bytes: [],
};

/** The compiler's own modules, and the layers that may reach into them. */
const COMPILER: Record<string, string[]> = { memory: ["rt/common", "rt/tlsf", "shared/typeinfo"] };

/** Files of one layer that import each other, since their classes are made of each other: each group is one idea in several files. */
const KNOTS = [
  // Bytes as a text are repaired by way of a writer; a writer gives Bytes.
  ["assembly/bytes/bytes.ts", "assembly/bytes/utf8.ts", "assembly/bytes/writer.ts"],
  // The checked build looks at every object and arena from within the allocator.
  ["assembly/memory/arena.ts", "assembly/memory/checks.ts", "assembly/memory/objects.ts"],
  // A sink is told of a value by the reader, and asks the reader for it.
  ["assembly/wire/json-reader.ts", "assembly/wire/json-sink.ts"],
];

function isAllowed(one: Import): boolean {
  const from = layerOf(one.file);
  if (one.target === null) return (COMPILER[from] ?? []).includes(one.specifier);
  const to = layerOf(one.target);
  return from === to || (ALLOWED[from] ?? []).includes(to);
}

const all = SOURCES.flatMap((file) => importsOf(file, textOf(file)));
const show = ({ file, specifier }: Import): string => `${file} imports "${specifier}"`;

test("every folder of the filter is a layer that the table knows", () => {
  const unknown = [...new Set(SOURCES.map(layerOf))].filter((layer) => !(layer in ALLOWED));
  deepEqual(unknown, []);
});

test("imports point down the layers only", () => {
  ok(all.length > 100, `only ${all.length} imports were found`);
  deepEqual(all.filter((one) => !isAllowed(one)).map(show), []);
});

test("every import names a file that is there", () => {
  deepEqual(all.filter(({ target }) => target !== null && !SOURCES.includes(target)).map(show), []);
});

test("the table of layers has no cycle", () => {
  deepEqual(cycleIn(new Map(Object.entries(ALLOWED))), []);
});

test("files import each other in no circle, but for classes that are made of each other", () => {
  const graph = new Map(SOURCES.map((file): [string, string[]] => [file, []]));
  for (const { file, target } of all) if (target) graph.get(file)?.push(target);
  deepEqual(knotsIn(graph), KNOTS);
});

test("the proxy's functions are imported in abi alone, and offered by abi/exports alone", () => {
  const texts = SOURCES.map((file) => ({ file, text: textOf(file) }));
  const outside = texts.filter(({ file, text }) => layerOf(file) !== "abi" && /^\s*@external\b/m.test(text));
  deepEqual(
    outside.map(({ file }) => file),
    [],
  );
  const callbacks = texts.filter(({ text }) => /^export function (proxy_\w+|malloc)\b/m.test(text));
  deepEqual(
    callbacks.map(({ file }) => file),
    ["assembly/abi/exports.ts"],
  );
  const reexports = all.filter(({ file, target }) => layerOf(file) === "index" && target === "assembly/abi/exports.ts");
  ok(reexports.length > 0, "index does not re-export abi/exports");
  deepEqual(textOf("assembly/index.ts").match(/^export (?!\* from "\.\/abi\/exports")/gm) ?? [], []);
});

test("what is forbidden is found", () => {
  const wrong = [
    ["assembly/bytes/x.ts", 'import { a } from "../memory/arena";'],
    ["assembly/llm/x.ts", 'import {\n  a,\n  b,\n} from "../host/host";'],
    ["assembly/wire/x.ts", 'import "../abi/abort";'],
    ["assembly/llm/openai-chat/x.ts", 'export * from "../../pipeline/flow";'],
    ["assembly/wire/x.ts", 'import { x } from "rt/common";'],
    ["assembly/abi/x.ts", 'export { Host } from "../host/host";'],
  ];
  for (const [file = "", text = ""] of wrong)
    deepEqual(importsOf(file, text).map(isAllowed), [false], `${file}: ${text}`);
  deepEqual(importsOf("assembly/llm/x.ts", 'import { Bytes } from "../bytes/bytes";').map(isAllowed), [true]);
  const graph = new Map(Object.entries({ a: ["b"], b: ["c"], c: ["b"], d: ["d"] }));
  deepEqual(cycleIn(graph), ["b", "c", "b"]);
  deepEqual(knotsIn(graph), [["b", "c"], ["d"]]);
});

/** The first cycle of a graph, as a path that ends where it begins; empty if there is none. */
function cycleIn(graph: Map<string, string[]>): string[] {
  const done = new Set<string>();
  const path: string[] = [];
  const visit = (node: string): string[] => {
    if (path.includes(node)) return [...path.slice(path.indexOf(node)), node];
    if (done.has(node)) return [];
    path.push(node);
    for (const next of graph.get(node) ?? []) {
      const cycle = visit(next);
      if (cycle.length > 0) return cycle;
    }
    path.pop();
    done.add(node);
    return [];
  };
  for (const node of graph.keys()) {
    const cycle = visit(node);
    if (cycle.length > 0) return cycle;
  }
  return [];
}

/** The groups of nodes that reach each other, sorted. */
function knotsIn(graph: Map<string, string[]>): string[][] {
  const reached = new Map([...graph.keys()].map((node): [string, Set<string>] => [node, reach(node, graph)]));
  const knots = new Map<string, string[]>();
  for (const [node, others] of reached) {
    if (!others.has(node)) continue;
    const knot = [...others].filter((other) => reached.get(other)?.has(node)).sort();
    knots.set(knot.join(), knot);
  }
  return [...knots.values()].sort((a, b) => (String(a[0]) < String(b[0]) ? -1 : 1));
}

function reach(from: string, graph: Map<string, string[]>): Set<string> {
  const found = new Set<string>();
  const open = [...(graph.get(from) ?? [])];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (found.has(node)) continue;
    found.add(node);
    open.push(...(graph.get(node) ?? []));
  }
  return found;
}
