import { join } from "node:path";
import type { CatalogEntry } from "@llama-orch/catalog-core";
import { expect, test } from "vitest";
import { referencesOf } from "./references.ts";
import { entryOf } from "./testing/model-cache.ts";

const cacheDir = join(import.meta.dirname, "home", "cache");
const at = (path: string): string => join(cacheDir, ...path.split("/"));

function managed(id: string, localPath: string): CatalogEntry {
  return entryOf(id, { localPath, files: [{ path: "a", sizeBytes: 1, digest: `sha256:${"a".repeat(64)}` }] });
}

test("an entry needs what lies at its path, above it and below it, and nothing beside it", () => {
  const references = referencesOf(cacheDir, [managed("mem:a", "models/a/v/x"), managed("mem:b", "models/a/w")]);
  expect(references.usersOf(at("models/a"))).toEqual(["mem:a", "mem:b"]);
  expect(references.usersOf(at("models/a/v"))).toEqual(["mem:a"]);
  expect(references.usersOf(at("models/a/v/x"))).toEqual(["mem:a"]);
  expect(references.usersOf(at("models/a/v/x/y"))).toEqual(["mem:a"]);
  expect(references.usersOf(at("models/a/w/z"))).toEqual(["mem:b"]);
  for (const path of ["models/a/v/xx", "models/a/vx", "models/aa", "ingest/a"])
    expect(references.usersOf(at(path))).toEqual([]);
});

test("of external models only what lies below the cache counts, also where the cache lies below the model", () => {
  const inside = { ...managed("file:in", at("models/a/v")), location: "external" } as const;
  const beside = { ...managed("file:beside", join(cacheDir, "..", "cache-2", "x")), location: "external" } as const;
  const files = [
    { path: "cache/models/b/v/x", sizeBytes: 1, digest: inside.digest },
    { path: "elsewhere", sizeBytes: 1, digest: inside.digest },
  ];
  const around = { ...managed("file:around", join(cacheDir, "..")), location: "external", files } as const;
  const references = referencesOf(cacheDir, [inside, beside, around]);
  expect(references.usersOf(at("models/a"))).toEqual(["file:in"]);
  expect(references.usersOf(at("models/b/v"))).toEqual(["file:around"]);
  expect(references.usersOf(at("models/c"))).toEqual([]);
});
