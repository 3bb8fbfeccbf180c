import { readFile, readlink, realpath } from "node:fs/promises";

/** Linux tells times to programs in these, whatever its own clock is. */
const ticksPerSecond = 100;

/**
 * Of the child of this process that runs `program`.
 *
 * @returns what gives the CPU seconds, user and system, that it has used since the last call; NaN where there is no `/proc`.
 */
export async function cpuMeter(program: string): Promise<() => Promise<number>> {
  if (process.platform !== "linux") return () => Promise.resolve(Number.NaN);
  const pid = await childThatRuns(program);
  let taken = 0;
  return async () => {
    const used = await cpuSecondsOf(pid);
    const since = used - taken;
    taken = used;
    return since;
  };
}

async function childThatRuns(program: string): Promise<string> {
  const executable = await realpath(program);
  const children = await readFile(`/proc/${process.pid}/task/${process.pid}/children`, "utf8");
  for (const pid of children.split(" ").filter(Boolean))
    if ((await readlink(`/proc/${pid}/exe`)) === executable) return pid;
  throw new Error(`no child of this process runs ${program}`);
}

/** Its name, in parentheses, may hold anything; numbered from the state that follows it, the times are fields 11 and 12. */
async function cpuSecondsOf(pid: string): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}
