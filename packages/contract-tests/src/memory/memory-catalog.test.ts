import { tmpdir } from "node:os";
import { describe, expect, test } from "vitest";
import { catalogStoreContract } from "../catalog-store/catalog-store-contract.ts";
import { sampleDirectoryEntry, sampleEntry } from "../kit/sample-entry.ts";
import { MemoryCatalog } from "./memory-catalog.ts";

describe("MemoryCatalog", () => {
  catalogStoreContract({
    test,
    factory: (cacheDir) => new MemoryCatalog(cacheDir),
    supports: { persistent: false },
  });

  test("counts its calls", async () => {
    const store = new MemoryCatalog(tmpdir());
    await store.put(sampleEntry("mem:a"));
    await store.get("mem:a");
    await store.get("mem:b");
    expect(store.calls).toEqual({ get: 2, put: 1, setState: 0, list: 0, delete: 0 });
  });

  test("refuses a relative cacheDir", () => {
    expect(() => new MemoryCatalog("cache")).toThrow(TypeError);
  });

  test("lets an external POSIX folder have names that Windows would misread", async () => {
    const store = new MemoryCatalog(tmpdir());
    const entry = sampleDirectoryEntry("file:/srv/odd", ["a\\b.gguf", "c:d.gguf"]);
    await store.put({ ...entry, location: "external", localPath: "/srv/odd" });
    await expect(store.put(entry)).rejects.toMatchObject({ code: "ENTRY_INVALID" });
  });

  test("says everything that is wrong", async () => {
    const store = new MemoryCatalog(tmpdir());
    const put = store.put({ ...sampleEntry(""), localPath: "../x", sizeBytes: -1 });
    await expect(put).rejects.toMatchObject({ code: "ENTRY_INVALID", facts: { problems: { length: 4 } } });
  });
});
