import { open } from "node:fs/promises";

/**
 * Makes syncing do nothing, for tests that run thousands of operations and lose no power meanwhile.
 * @returns makes it sync again.
 */
export async function withoutSync(): Promise<() => void> {
  const handle = await open(import.meta.filename);
  await handle.close();
  const methods: unknown = Object.getPrototypeOf(handle);
  if (typeof methods !== "object" || methods === null) throw new Error("File handles have no class here.");
  const sync: unknown = Reflect.get(methods, "sync");
  Reflect.set(methods, "sync", async () => {});
  return () => void Reflect.set(methods, "sync", sync);
}
