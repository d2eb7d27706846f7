import { buildFloor } from "../floor/build.ts";
import { weirModule } from "../gateway/bench.ts";
import { allWorks } from "../gateway/works.ts";
import { profileFunctions } from "./functions.ts";
import { hasPerf, profileEnvoy } from "./envoy.ts";

/** Where the time of one work goes: in Envoy between its parts, and within Weir between its functions. */
export async function profile(name: string, report: (line: string) => void): Promise<string> {
  const works = allWorks();
  const work = works.find((one) => one.name === name);
  if (work === undefined) {
    throw new Error(`There is no work "${name}": choose one of ${works.map((one) => one.name).join(", ")}.`);
  }
  const weir = await weirModule();
  const parts: string[] = [`### ${work.title.charAt(0).toUpperCase()}${work.title.slice(1)}`];
  if (hasPerf()) {
    const floor = await buildFloor();
    parts.push(await profileEnvoy({ floor, weir }, work, report));
  } else {
    report("There is no perf here (on Debian: apt install linux-perf): only functions are shown.");
  }
  report("Running the module in Node.");
  parts.push(await profileFunctions(weir, work));
  return parts.join("\n\n");
}
