import { readFileSync, watch } from "node:fs";
import { basename, dirname, resolve } from "node:path";
import { parse } from "yaml";
import { OperatorError } from "../envoy/index.ts";

/** Reads a plugin configuration, JSON or YAML; throws `OperatorError` with one sentence if that is not possible. */
export function readConfiguration(file: string): object {
  return toObject(readText(file), file);
}

/**
 * Calls `onChange` with the new configuration after each change of the file, however an editor saves it, and `onError`
 * with a sentence where it cannot be read. Returns a function that ends the watch.
 */
export function watchConfiguration(
  file: string,
  onChange: (configuration: object) => void,
  onError: (sentence: string) => void,
): () => void {
  const path = resolve(file);
  let last = readText(file);
  let soon: NodeJS.Timeout | null = null;
  const check = (): void => {
    soon = null;
    try {
      const text = readText(file);
      if (text === last) return;
      last = text;
      onChange(toObject(text, file));
    } catch (error) {
      if (!(error instanceof OperatorError)) throw error;
      onError(error.message);
    }
  };
  // The directory is watched, since many editors replace the file rather than write it.
  const watcher = watch(dirname(path), (_, name) => {
    if (name !== null && name !== basename(path)) return;
    // An editor's save is several events: look when they are over.
    soon ??= setTimeout(check, 100);
  });
  return () => {
    watcher.close();
    if (soon !== null) clearTimeout(soon);
  };
}

function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new OperatorError(`${file} cannot be read: ${code === "ENOENT" ? "there is no such file" : message}.`);
  }
}

function toObject(text: string, file: string): object {
  let value: unknown;
  try {
    value = parse(text);
  } catch (error) {
    throw new OperatorError(`${file} is neither JSON nor YAML: ${(error as Error).message.split("\n")[0]}`);
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  throw new OperatorError(`${file} must hold an object of options, such as { "processors": [] }.`);
}
