import { expect, test, vi } from "vitest";
import { FsCatalog } from "./fs-catalog.ts";
import { scratchFolder } from "./testing/scratch-folder.ts";

const isLoaded = vi.hoisted(() => Promise.withResolvers<true>());
vi.mock("./entry-schema.ts", async (importOriginal) => {
  isLoaded.resolve(true);
  return importOriginal();
});

test("what checks entries is loaded behind a lookup that found none, and no process waits for that", async () => {
  const folder = await scratchFolder();
  const timers = (): number => process.getActiveResourcesInfo().filter((kind) => kind === "Timeout").length;
  const before = timers();
  expect(await new FsCatalog(folder).get("mem:a")).toBeUndefined();
  expect(timers()).toBe(before);
  expect(await isLoaded.promise).toBe(true);
});
