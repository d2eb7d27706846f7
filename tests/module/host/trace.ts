/** What happened between the host and the module, line by line: `>` is a callback, what is indented is a host call in it. */
export class Trace {
  readonly lines: string[] = [];
  isOn = false;
  #depth = 0;
  /** Contexts as the trace names them, so that it does not depend on how many came before. */
  readonly names = new Map<number, string>();

  /** A callback begins. */
  enter(name: string, id: number, args: string): void {
    if (this.isOn) this.line(`> ${name} ${this.names.get(id) ?? id}${args === "" ? "" : ` ${args}`}`);
    this.#depth++;
  }

  /** A callback has returned. */
  leave(result: string): void {
    this.#depth--;
    if (this.isOn && result !== "") this.line(`= ${result}`);
  }

  /** After a trap. */
  reset(): void {
    this.#depth = 0;
  }

  /** The module called the host. */
  call(text: string): void {
    if (this.isOn) this.line(text);
  }

  /** Something happened outside of the module. */
  note(text: string): void {
    if (this.isOn) this.line(`# ${text}`);
  }

  bytes(bytes: Buffer): string {
    return this.isOn ? `(${bytes.length}) ${JSON.stringify(bytes.toString("utf8"))}` : "";
  }

  private line(text: string): void {
    this.lines.push("  ".repeat(this.#depth) + text);
  }
}
