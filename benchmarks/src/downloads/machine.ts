import { cpus, release, totalmem, type } from "node:os";

/** What figures have to be read with; nothing that names the machine. */
export function describeMachine(): string {
  const cores = cpus();
  const model = cores[0]?.model.trim() ?? "unknown CPU";
  return `${model}, ${cores.length} cores, ${(totalmem() / 2 ** 30).toFixed(0)} GiB of memory, ${type()} ${release()}`;
}
