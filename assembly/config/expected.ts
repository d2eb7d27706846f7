import { durationText } from "./duration";
import { TextForm } from "./fields";

/** The largest whole number that a double, and so Envoy's `Struct`, holds exactly with all smaller ones: 2^53 - 1. */
export const MAX_WHOLE: i64 = 9007199254740991;

/** "a whole number from 1 to 10". */
export function wholeNumberText(least: i64, most: i64): string {
  return "a whole number" + rangeText(least > -MAX_WHOLE, least.toString(), most < MAX_WHOLE, most.toString());
}

/** "a number from 0.5 to 1". */
export function numberText(least: f64, most: f64): string {
  return "a number" + rangeText(isFinite(least), decimal(least), isFinite(most), decimal(most));
}

/** "a length of time from 1s to 1d". */
export function durationRangeText(least: i64, most: i64): string {
  return "a length of time from " + durationText(least) + " to " + durationText(most);
}

/** "a string of 1 to 64 characters", or what else the form asks for. */
export function textFormText(form: TextForm): string {
  if (form.options.length + form.prefixes.length > 0) return wordsOf(form);
  if (form.mostLength < i32.MAX_VALUE) {
    const most = form.mostLength.toString();
    if (form.leastLength == 0) return "a string of at most " + most + " characters";
    return "a string of " + form.leastLength.toString() + " to " + most + " characters";
  }
  if (form.leastLength == 0) return "a string";
  return form.leastLength == 1
    ? "a string that is not empty"
    : "a string of at least " + form.leastLength.toString() + " characters";
}

/** "a list of 1 to 10 strings"; `thing` in the singular. */
export function listText(least: i32, most: i32, thing: string): string {
  if (most < i32.MAX_VALUE) {
    const range = least == 0 ? "at most " + most.toString() : least.toString() + " to " + most.toString();
    return "a list of " + range + " " + thing + (most == 1 ? "" : "s");
  }
  if (least == 0) return "a list of " + thing + "s";
  return least == 1 ? "a list of at least one " + thing : "a list of at least " + least.toString() + " " + thing + "s";
}

/** `"a", "b" or "c"`. */
export function wordsText(words: string[], conjunction: string = " or "): string {
  const parts = new Array<string>();
  for (let i = 0; i < words.length; i++) {
    if (i > 0) parts.push(i == words.length - 1 ? conjunction : ", ");
    parts.push('"' + words[i] + '"');
  }
  return parts.join("");
}

/** A number without the `.0` that a whole one would end with. */
export function decimal(value: f64): string {
  const text = value.toString();
  return text.endsWith(".0") ? text.substring(0, text.length - 2) : text;
}

function rangeText(hasLeast: bool, least: string, hasMost: bool, most: string): string {
  if (hasLeast && hasMost) return " from " + least + " to " + most;
  if (hasLeast) return " of at least " + least;
  return hasMost ? " of at most " + most : "";
}

function wordsOf(form: TextForm): string {
  const words = form.options.slice(0);
  for (let i = 0; i < form.prefixes.length; i++) words.push(form.prefixes[i] + "...");
  return wordsText(words);
}
