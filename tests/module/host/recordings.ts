import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../../run/files.ts";

const FOLDER = join(ROOT, "../shared/recordings/provider-bodies");

/** Why tests on recorded bodies are skipped; false if they are there. */
export const noRecordings: string | false = existsSync(FOLDER) ? false : `skipped: there is no ${FOLDER}`;

/** A recorded body: `response/anthropic/basic.json`. */
export function recorded(path: string): Buffer {
  return readFileSync(join(FOLDER, path));
}
