import { readdirSync, readFileSync } from "node:fs";

/**
 * The time in nanoseconds that the threads of process `pid` ran on a processor, as the scheduler counts it.
 *
 * The clock ticks of `/proc/PID/stat` are 10 ms and too coarse. A thread that runs is counted up to the last tick only,
 * so let the process come to rest first.
 * Source: https://docs.kernel.org/scheduler/sched-stats.html
 */
export function cpuNs(pid: number): number {
  let sum = 0;
  for (const task of readdirSync(`/proc/${pid}/task`)) {
    const [ranNs] = readFileSync(`/proc/${pid}/task/${task}/schedstat`, "latin1").split(" ");
    sum += Number(ranNs);
  }
  return sum;
}
