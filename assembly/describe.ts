/**
 * What the filter's configuration may hold, for tools: a module of its own, which the filter does not contain.
 *
 * `npm run generate` writes the schema and the reference from it; tests and tools ask it what is wrong with a configuration.
 */
import { Bytes } from "./bytes/bytes";
import { decode } from "./config/decoder";
import { outlineOf } from "./config/outliner";
import { referenceOf } from "./config/reference";
import { schemaOf } from "./config/schema";
import { PluginSettings } from "./pipeline/settings";
import { checkWithoutTables } from "./processors/token-count";
import { REGISTRY } from "./registry";

checkWithoutTables();

const ID = "urn:weir:plugin-configuration";

/** The JSON Schema (2020-12) of the plugin's configuration, compact. */
export function schema(): string {
  const doc =
    "Configuration of the Weir plugin: the `configuration` of Envoy's wasm filter, or a Gateway's or mesh's field for it.";
  return schemaOf(outlineOf(new PluginSettings(REGISTRY)), ID, "Weir configuration", doc);
}

/** The reference page, Markdown. */
export function reference(): string {
  const doc =
    "What the plugin's configuration may hold. It is JSON; Envoy, Gateway API and Istio let you write it as YAML. Everything has a " +
    "default unless it says otherwise, so an empty configuration is valid. An unknown field, or a value that does not fit, is " +
    "refused with its place in the document, and Envoy keeps the configuration that it has.\n\n" +
    "Editors complete and check it by `weir.schema.json`.";
  return referenceOf(outlineOf(new PluginSettings(REGISTRY)), "Configuration reference", doc);
}

/** What is wrong with a configuration, a line each; empty if it is right. */
export function check(json: ArrayBuffer): string {
  return decode(Bytes.of(json), new PluginSettings(REGISTRY)).join("\n");
}
