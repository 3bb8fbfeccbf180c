import { expect, test, vi } from "vitest";
import { FsCatalog } from "./fs-catalog.ts";
import { scratchFolder } from "./testing/scratch-folder.ts";

const isLoaded = vi.hoisted(() => Promise.withResolvers<true>());
vi.mock("./entry-schema.ts", async (importOriginal) => {
  isLoaded.resolve(true);
  return importOriginal();
});

test("what checks entries is loaded behind a lookup that found none, and no process waits for that", async () => {
  const catalog = new FsCatalog(await scratchFolder());
  const timers = vi.spyOn(globalThis, "setTimeout");
  expect(await catalog.get("mem:a")).toBeUndefined();
  expect(await catalog.get("mem:b")).toBeUndefined();
  const begun = timers.mock.results.map(({ value }: { readonly value?: NodeJS.Timeout | undefined }) =>
    value?.hasRef(),
  );
  timers.mockRestore();
  expect(begun).toEqual([false]);
  expect(await isLoaded.promise).toBe(true);
});
