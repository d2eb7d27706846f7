/** A list of WebAssembly's text format: its first element is the instruction. */
export type List = readonly (string | List)[];

/** Reads text of WebAssembly as lists in lists. Strings keep their quotes. */
export function parseText(text: string): List {
  const token = /\(;[^]*?;\)|;;.*|"(?:[^"\\]|\\.)*"|[()]|[^\s()"]+/g;
  const stack: (string | List)[][] = [[]];
  for (const [word] of text.matchAll(token)) {
    if (word.startsWith("(;") || word.startsWith(";;")) continue;
    if (word === "(") stack.push([]);
    else if (word === ")") {
      const done = stack.pop() ?? [];
      stack.at(-1)?.push(done);
    } else stack.at(-1)?.push(word);
  }
  return stack[0] ?? [];
}

/** The instruction or field that a list is. */
export function headOf(item: string | List | undefined): string {
  const head = Array.isArray(item) ? (item as List)[0] : undefined;
  return typeof head === "string" ? head : "";
}

/** The lists right in a list. */
export function listsIn(list: List): List[] {
  return list.filter((item): item is List => typeof item !== "string");
}
