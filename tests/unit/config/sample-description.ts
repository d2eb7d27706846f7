/** As assembly/describe.ts, of settings that use every kind of field. */
import { Bytes } from "../../../assembly/bytes/bytes";
import { decode } from "../../../assembly/config/decoder";
import { outlineOf } from "../../../assembly/config/outliner";
import { referenceOf } from "../../../assembly/config/reference";
import { schemaOf } from "../../../assembly/config/schema";
import { SampleSettings } from "./sample-settings";

export function schema(): string {
  return schemaOf(outlineOf(new SampleSettings()), "urn:weir:sample", "Sample", "A sample.");
}

export function reference(): string {
  return referenceOf(outlineOf(new SampleSettings()), "Sample", "A sample.");
}

export function check(json: ArrayBuffer): string {
  return decode(Bytes.of(json), new SampleSettings()).join("\n");
}
