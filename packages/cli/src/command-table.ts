import type { Command } from "./command.ts";

/** Every command by its name, loaded when it is asked for: a run pays for one of them. */
export const commandTable: Readonly<Record<string, () => Promise<Command>>> = {
  ensure: async () => (await import("./commands/ensure.ts")).ensure,
  path: async () => (await import("./commands/path.ts")).path,
  list: async () => (await import("./commands/list.ts")).list,
  show: async () => (await import("./commands/show.ts")).show,
  verify: async () => (await import("./commands/verify.ts")).verify,
  usage: async () => (await import("./commands/usage.ts")).usage,
  gc: async () => (await import("./commands/gc.ts")).gc,
  retire: async () => (await import("./commands/retire.ts")).retire,
  rm: async () => (await import("./commands/rm.ts")).rm,
  digest: async () => (await import("./commands/digest.ts")).digest,
  doctor: async () => (await import("./commands/doctor.ts")).doctor,
  "catalog import": async () => (await import("./commands/catalog-import.ts")).catalogImport,
};
