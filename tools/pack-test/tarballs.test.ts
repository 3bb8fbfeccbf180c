import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, posix } from "node:path";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { thirdPartiesOf } from "./third-party.ts";
import { pack, type PackedPackage, publicPackages, workspace } from "./tarballs.ts";

const destination = mkdtempSync(join(tmpdir(), "tarballs-"));
afterAll(() => rmSync(destination, { recursive: true }));

describe.each(publicPackages)("the tarball of %s", (name) => {
  let packed: PackedPackage;
  beforeAll(async () => {
    packed = await pack(name, destination);
  });

  test("holds its licence and its readme", () => {
    expect(packed.files).toEqual(expect.arrayContaining(["LICENSE", "README.md", "package.json"]));
  });

  test("holds nothing of the workshop", () => {
    expect(packed.files.filter((file) => /\.test(-d)?\.|(^|\/)(testing|fixtures)\/|\.tsbuildinfo$/.test(file))).toEqual(
      [],
    );
  });

  test("holds the sources that its source maps point to", () => {
    expect(packed.files.filter((file) => file.endsWith(".map")).flatMap((map) => missingSources(packed, map))).toEqual(
      [],
    );
  });

  test("names no protocol that only the workspace understands", () => {
    const { dependencies, devDependencies, peerDependencies, optionalDependencies } = packed.manifest;
    const ranges = Object.values({ ...dependencies, ...devDependencies, ...peerDependencies, ...optionalDependencies });
    expect(ranges.filter((range) => range.includes(":"))).toEqual([]);
  });

  test("exports and commands lead to built files that are in it", () => {
    const { exports = {}, bin = {} } = packed.manifest;
    const targets = [...Object.values(exports), bin].flatMap((target) =>
      typeof target === "string" ? [target] : Object.values(target),
    );
    expect(targets).not.toEqual([]);
    expect(targets.filter((target) => !isBuilt(target) || !packed.files.includes(posix.normalize(target)))).toEqual([]);
  });

  test("satisfies publint", async () => {
    const tarball = readFileSync(packed.tarball);
    const { messages, pkg } = await publint({
      pack: { tarball: tarball.buffer.slice(tarball.byteOffset, tarball.byteOffset + tarball.byteLength) },
      strict: true,
    });
    expect(messages.map((message) => formatMessage(message, pkg, { color: false }))).toEqual([]);
  });
});

test("the command brings the licences of all that is bundled into it from elsewhere", async () => {
  const folder = join(destination, "licences");
  mkdirSync(folder);
  const packed = await pack("cli", folder);
  expect(packed.files).toContain("THIRD_PARTY_LICENSES");
  const notices = readFileSync(join(packed.folder, "THIRD_PARTY_LICENSES"), "utf8");
  const bundled = thirdPartiesOf("cli", join(workspace, "packages"));
  expect(bundled.map(({ name }) => name)).toEqual(expect.arrayContaining(["zod", "execa", "signal-exit"]));
  const missing = bundled.filter(({ name, licence }) => !notices.includes(`${name} (`) || !notices.includes(licence));
  expect(missing.map(({ name }) => name)).toEqual([]);
});

function isBuilt(target: string): boolean {
  return target === "./package.json" || target.startsWith("./dist/");
}

function missingSources({ folder, files }: PackedPackage, map: string): string[] {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- JSON.parse is untyped; the format of source maps is fixed.
  const { sources, sourcesContent } = JSON.parse(readFileSync(join(folder, map), "utf8")) as {
    sources: string[];
    sourcesContent?: (string | null)[];
  };
  return sources
    .filter((_, index) => typeof sourcesContent?.[index] !== "string")
    .map((source) => posix.join(dirname(map), source))
    .filter((source) => !files.includes(source))
    .map((source) => `${map}: ${source}`);
}
