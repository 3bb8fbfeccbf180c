import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { staleVersions } from "./sync-versions.ts";

test("every package's src/version.ts is the version of its package.json", () => {
  expect(staleVersions(fileURLToPath(new URL("../..", import.meta.url)))).toEqual([]);
});

test("another version is found, and would be written", () => {
  const root = mkdtempSync(join(tmpdir(), "versions-"));
  try {
    mkdirSync(join(root, "packages", "a", "src"), { recursive: true });
    writeFileSync(join(root, "packages", "a", "package.json"), '{"version":"1.2.3"}');
    writeFileSync(join(root, "packages", "a", "src", "version.ts"), 'export const version: string = "1.0.0";\n');
    expect(staleVersions(root)).toMatchObject([
      { version: "1.2.3", text: 'export const version: string = "1.2.3";\n' },
    ]);
  } finally {
    rmSync(root, { recursive: true });
  }
});
