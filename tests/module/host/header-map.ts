/** Header fields in order, names in lower case. A name may stand there more than once. */
export class HeaderMap {
  #fields: [name: string, value: string][] = [];

  constructor(fields: Iterable<readonly [string, string]> | Record<string, string> = []) {
    const entries = Symbol.iterator in fields ? fields : Object.entries(fields);
    for (const [name, value] of entries) this.add(name, value);
  }

  get size(): number {
    return this.#fields.length;
  }

  /** All values of a name joined by commas, as Envoy hands them to a filter; undefined if there is none. */
  get(name: string): string | undefined {
    const values = this.#fields.filter(([key]) => key === name.toLowerCase()).map(([, value]) => value);
    return values.length === 0 ? undefined : values.join(",");
  }

  has(name: string): boolean {
    return this.get(name) !== undefined;
  }

  add(name: string, value: string): void {
    this.#fields.push([name.toLowerCase(), value]);
  }

  /** Puts one value in the place of all; a new name goes to the end. */
  set(name: string, value: string): void {
    const at = this.#fields.findIndex(([key]) => key === name.toLowerCase());
    if (at < 0) return this.add(name, value);
    this.#fields = this.#fields.filter(([key], i) => key !== name.toLowerCase() || i === at);
    this.#fields[at] = [name.toLowerCase(), value];
  }

  remove(name: string): void {
    this.#fields = this.#fields.filter(([key]) => key !== name.toLowerCase());
  }

  replaceAll(fields: Iterable<readonly [string, string]>): void {
    this.#fields = [];
    for (const [name, value] of fields) this.add(name, value);
  }

  copy(): HeaderMap {
    return new HeaderMap(this.#fields);
  }

  [Symbol.iterator](): IterableIterator<[string, string]> {
    return this.#fields[Symbol.iterator]();
  }

  /** For comparisons and traces. */
  toJSON(): string[] {
    return this.#fields.map(([name, value]) => `${name}: ${value}`);
  }
}
