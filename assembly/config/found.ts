import { Bytes } from "../bytes/bytes";
import { JsonKind } from "../wire/json-kinds";
import { JsonNode } from "../wire/json-tree";
import { Place, quoted } from "./errors";

/** Longest value that is shown, in UTF-16 units. */
const MAX_SHOWN = 40;

/** Parts of names whose text is never shown: an operator may have put a secret there by mistake. */
const SECRET_NAMES = ["key", "token", "secret", "password", "credential", "auth"];

/**
 * What stands at `place`, short enough for a message: never a text that is long or whose name is that of a secret, nor a number
 * of such a name where `wanted` is another kind of value.
 */
export function foundText(node: JsonNode, wanted: JsonKind, place: Place, json: Bytes): string {
  switch (node.kind) {
    case JsonKind.Object:
      return "an object";
    case JsonKind.Array:
      return node.children.length == 0 ? "an empty list" : "a list";
    case JsonKind.String:
      return foundString(node.text, place);
    case JsonKind.Number:
      if (wanted != JsonKind.Number && isSecret(place)) return "a number";
      return node.end - node.at > MAX_SHOWN ? "a number of many digits" : json.slice(node.at, node.end).toString();
    case JsonKind.Boolean:
      return node.boolean ? "true" : "false";
    default:
      return "null";
  }
}

/** Whether texts at `place` are not to be shown. */
export function isSecret(place: Place): bool {
  if (hasSecretName(place.name)) return true;
  const parent = place.parent;
  return parent != null && hasSecretName(parent.name);
}

function foundString(text: string, place: Place): string {
  if (text.length == 0) return "an empty string";
  if (text.length <= MAX_SHOWN && !isSecret(place)) return quoted(text);
  return text.length == 1 ? "a string of 1 character" : "a string of " + text.length.toString() + " characters";
}

function hasSecretName(name: string): bool {
  const lower = name.toLowerCase();
  for (let i = 0; i < SECRET_NAMES.length; i++) if (lower.includes(SECRET_NAMES[i])) return true;
  return false;
}
