/**
 * The limits against a model of them, over a shared map as the proxy has it, with several workers.
 *
 *     tsx tests/fuzz/limits/index.ts [--count N | --seconds N] [--seed N]
 *
 * `--count` is steps of all kinds; 5000000 is the long form.
 */
import { fileURLToPath } from "node:url";
import { type Budget, budgetOf, repeat } from "../wire/module";
import { Random } from "../wire/random";
import { flood } from "./flood";
import { compile } from "./module";
import { playExactly, playRaced, playSkewed } from "./plays";

/** Steps of one play: a gateway with some limits, from its start to when all is settled. */
const STEPS = 400;

/** Runs the fuzzer; throws at the first disagreement. Returns how many steps there were. */
export async function fuzzLimits(budget: Budget): Promise<void> {
  const modules = await Promise.all([compile("release"), compile("checked")]);
  const [release] = modules;
  let conflicts = 0;
  const plays = repeat({ ...budget, count: Math.ceil(budget.count / STEPS) }, 400, (i) => {
    // Every play has a seed of its own, so that one can be repeated alone.
    const seed = budget.seed * 1_000_003 + i;
    const random = new Random(seed);
    const module = i % 8 === 7 ? modules[1] : release;
    try {
      for (const play of [playExactly, playRaced, playSkewed]) conflicts += play(random, module, STEPS / 3);
    } catch (error) {
      throw new Error(`play ${i} of seed ${budget.seed}`, { cause: error });
    }
  });
  console.log(`limits: ${plays * STEPS} steps, ${conflicts} conflicts, no disagreement`);
  console.log(flood(release));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await fuzzLimits(budgetOf(process.argv));
