import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { imageOf } from "./image.ts";
import { readTokens, sourceOf } from "./ranks.ts";
import { type Choice, vocabulariesOf } from "./registry.ts";

const HERE = dirname(fileURLToPath(import.meta.url));
const OUT = join(HERE, "../out");

/** The image of the tables of some vocabularies, made if it is not there from the same sources: that takes about ten seconds. */
export function readImage(choice: Choice = "standard"): Buffer {
  const vocabularies = vocabulariesOf(choice);
  const hash = createHash("sha256");
  const sources = readdirSync(HERE).filter((file) => file.endsWith(".ts"));
  for (const file of [...sources.sort().map((name) => join(HERE, name)), ...vocabularies.map(sourceOf)])
    hash.update(readFileSync(file));
  hash.update(choice);
  const path = join(OUT, `vocabularies.${hash.digest("hex").slice(0, 16)}.bin`);
  if (existsSync(path)) return readFileSync(path);
  const image = imageOf(vocabularies.map((one) => ({ ...one, tokens: readTokens(one) })));
  mkdirSync(OUT, { recursive: true });
  // Several processes may make it at once: each its own, and a name that is there is whole.
  writeFileSync(`${path}.${process.pid}.tmp`, image);
  renameSync(`${path}.${process.pid}.tmp`, path);
  return image;
}
