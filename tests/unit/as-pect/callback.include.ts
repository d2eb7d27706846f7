import { Arena, beginCallback, endCallback } from "../../../assembly/memory/arena";

// Compiled into every spec: a test is one callback of the proxy. So the checked runtime sees what a test keeps beyond its callback in
// an object, or a global, that lives longer.

let previous: Arena = changetype<Arena>(0);

beforeEach(() => {
  previous = beginCallback();
});

afterEach(() => {
  endCallback(previous);
});
