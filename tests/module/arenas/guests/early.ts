// Makes objects before the file that names the arenas is reached.
import { EARLY } from "./early-objects";
import "../../../../assembly/abi/abort";
import { beginCallback, bytesHeld, endCallback } from "../../../../assembly/memory/arena";

/** The sum of what was made at start-up, as seen from a callback that makes much itself. */
export function sum(): i32 {
  const outer = beginCallback();
  const scratch: i32[] = [];
  for (let i = 0; i < 10000; i++) scratch.push(i);
  endCallback(outer);
  let sum = 0;
  for (let i = 0; i < EARLY.length; i++) sum += EARLY[i];
  return sum;
}

export function held(): usize {
  return bytesHeld();
}
