import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join, sep } from "node:path";
import { execa } from "execa";

export const workspace: string = join(import.meta.dirname, "../..");

/** The folders of all packages that are published. */
export const publicPackages: readonly string[] = readdirSync(join(workspace, "packages")).filter((name) => {
  const manifest = join(workspace, "packages", name, "package.json");
  return existsSync(manifest) && readManifest(manifest).private !== true;
});

export interface PackedPackage {
  readonly tarball: string;
  /** Where it is unpacked. */
  readonly folder: string;
  readonly manifest: PackedManifest;
  /** Relative, with slashes. */
  readonly files: readonly string[];
}

/** The fields that this test reads. */
export interface PackedManifest {
  readonly name: string;
  readonly private?: boolean;
  readonly exports?: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
  readonly bin?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/** Packs one package as it would be published, and unpacks it beside. */
export async function pack(name: string, destination: string): Promise<PackedPackage> {
  const packed = await execa("pnpm", ["pack", "--json", "--pack-destination", destination], {
    cwd: join(workspace, "packages", name),
    preferLocal: true,
    localDir: workspace,
  });
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- JSON.parse is untyped; pnpm documents the field.
  const { filename } = JSON.parse(packed.stdout) as { filename: string };
  const folder = join(destination, name);
  mkdirSync(folder);
  // A relative name, since GNU tar takes a name with a colon (C:\…) for another machine's.
  await execa("tar", ["-xzf", "-", "-C", name, "--strip-components", "1"], { cwd: destination, inputFile: filename });
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return {
    tarball: filename,
    folder,
    manifest: readManifest(join(folder, "package.json")),
    files: entries
      .filter((entry) => entry.isFile())
      .map((entry) =>
        join(entry.parentPath, entry.name)
          .slice(folder.length + 1)
          .split(sep)
          .join("/"),
      ),
  };
}

function readManifest(path: string): PackedManifest {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- JSON.parse is untyped; pnpm has read this file before.
  return JSON.parse(readFileSync(path, "utf8")) as PackedManifest;
}
