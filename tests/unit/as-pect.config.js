import { importsOf } from "./as-pect/imports.js";

const isRun = process.env.WEIR_UNIT_REPORT !== undefined;

/**
 * How as-pect runs tests/unit/<layer>/*.spec.ts. `npm run test:unit` runs them on every memory runtime; one spec by hand, from the root:
 *
 *     npx asp --config tests/unit/as-pect.config.js --as-config tests/unit/as-pect/checked.json --verbose tests/unit/bytes/decimal.spec.ts
 */
export default {
  /** Specs are named on the command line, which adds them to these. */
  entries: [],
  /** Every test is one callback of the proxy; specs of the memory layer begin and end callbacks themselves. */
  include: [process.env.WEIR_UNIT_REPORT === "bare" ? "none" : "tests/unit/as-pect/callback.include.ts"],
  disclude: [/node_modules/],
  reporter: isRun ? "tests/unit/as-pect/reporter.js" : undefined,
  async instantiate(memory, createImports, instantiate, binary) {
    return instantiate(binary, createImports(importsOf(binary, memory)));
  },
  outputBinary: false,
};
