import { open } from "node:fs/promises";
import { onTestFinished } from "vitest";

/** Makes syncing do nothing until the test has finished, for tests that publish hundreds of times and lose no power. */
export async function withoutSync(): Promise<void> {
  const handle = await open(import.meta.filename);
  await handle.close();
  const methods: unknown = Object.getPrototypeOf(handle);
  if (typeof methods !== "object" || methods === null) throw new Error("File handles have no class here.");
  const sync: unknown = Reflect.get(methods, "sync");
  Reflect.set(methods, "sync", async () => {});
  onTestFinished(() => void Reflect.set(methods, "sync", sync));
}
