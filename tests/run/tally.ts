import type { Outcome } from "./outcome.ts";

const PROGRESS_MS = 15_000;

/** Counts outcomes, and tells of those that somebody should read. */
export class Tally {
  passed = 0;
  failed = 0;
  readonly skipped: Outcome[] = [];
  private readonly failures: Outcome[] = [];

  constructor(private readonly isVerbose: boolean) {}

  /** Counts one outcome; failures are shown at once and again at the end. */
  readonly add = (outcome: Outcome): void => {
    if (outcome.result === "passed") this.passed++;
    if (outcome.result === "skipped") this.skipped.push(outcome);
    if (outcome.result === "failed") {
      this.failed++;
      this.failures.push(outcome);
    }
    if (outcome.result === "failed") show(outcome);
    else if (this.isVerbose) console.log(`  ${outcome.result}  ${outcome.file}  ${outcome.name}`);
  };

  /** Runs one kind of tests, saying how it goes; none at all is a failure. */
  async during(kind: string, run: () => Promise<void>): Promise<void> {
    const [passed, failed, skipped] = [this.passed, this.failed, this.skipped.length];
    const began = Date.now();
    const soFar = (): string => {
      const counts = [`${this.passed - passed} passed`, `${this.failed - failed} failed`];
      if (this.skipped.length > skipped) counts.push(`${this.skipped.length - skipped} skipped`);
      return `${kind.padEnd(8)} ${counts.join(", ")}  ${((Date.now() - began) / 1000).toFixed(0)} s`;
    };
    const timer = setInterval(() => console.log(`  ... ${soFar()}`), PROGRESS_MS);
    try {
      await run();
    } catch (error) {
      this.add({ file: kind, name: "runs to its end", result: "failed", details: String((error as Error).stack) });
    } finally {
      clearInterval(timer);
    }
    const isNothing = this.passed === passed && this.failed === failed && this.skipped.length === skipped;
    if (isNothing) this.add({ file: kind, name: "finds tests", result: "failed", details: "there are none" });
    console.log(soFar());
  }

  /** Skips with their reasons, failures by name, and the counts as the last line. */
  summarize(): void {
    if (this.skipped.length > 0) {
      console.log(`\n${this.skipped.length} SKIPPED:`);
      for (const { file, name, details } of this.skipped) console.log(`  ${file}  ${name}\n    because: ${details}`);
    }
    if (this.failures.length > 0) {
      console.log("\nFAILED:");
      for (const { file, name } of this.failures) console.log(`  ${file}  ${name}`);
    }
    console.log(`\n${this.passed} passed, ${this.failed} failed`);
  }
}

function show({ file, name, details }: Outcome): void {
  console.log(`\n  FAILED  ${file}  ${name}\n${details.replace(/^/gm, "    ")}\n`);
}
