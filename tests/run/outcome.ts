/** What became of one test. */
export interface Outcome {
  /** The file, from the project's root. */
  readonly file: string;
  /** The behaviour it names. */
  readonly name: string;
  readonly result: "passed" | "failed" | "skipped";
  /** Why it was skipped, or how it failed. */
  readonly details: string;
}

/** Receives outcomes as they happen. */
export type Report = (outcome: Outcome) => void;

/** What a kind of tests is asked for. */
export interface Request {
  /** Parts of paths: only files that contain one of them are run; none means all. */
  readonly only: readonly string[];
  /** Whether golden files are written and not compared. */
  readonly updateGolden: boolean;
  readonly report: Report;
}

/** Whether `request` asks for `file`. */
export function isAskedFor(file: string, request: Request): boolean {
  return request.only.length === 0 || request.only.some((part) => file.includes(part));
}
