import { execFile } from "node:child_process";
import { mkdir, mkdtemp, realpath, rm, stat, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { asRoot } from "../../../../tools/small-disk/as-root.ts";

const run = promisify(execFile);

/** A folder in which upper and lower case are the same. */
export interface FoldingFolder extends AsyncDisposable {
  readonly path: string;
}

/** One way to come by such a folder. @throws where it is not to be had */
type Way = (root: string) => Promise<FoldingFolder>;

/** macOS and Windows have such folders anyway. */
const asItIs: Way = async (root) => ({ path: root, [Symbol.asyncDispose]: async () => {} });

/** Linux 6.13 and newer, if it was built with Unicode. */
const inMemory: Way = async (root) => {
  await asRoot("mount", ["-t", "tmpfs", "-o", "size=8m,casefold", "tmpfs", root]);
  const path = join(root, "folded");
  await mkdir(path);
  await run("chattr", ["+F", path]);
  return { path, [Symbol.asyncDispose]: () => asRoot("umount", [root]) };
};

/** Any Linux with FUSE and ntfs-3g. */
const ofWindows: Way = async (root) => {
  const image = `${root}.ntfs`;
  await writeFile(image, "");
  await truncate(image, 16 * 1024 * 1024);
  await run("mkfs.ntfs", ["--quick", "--force", "--quiet", image]);
  await asRoot("lowntfs-3g", ["-o", "ignore_case,allow_other", image, root]);
  return {
    path: root,
    async [Symbol.asyncDispose]() {
      await asRoot("umount", [root]);
      await rm(image);
    },
  };
};

/** A folder that folds case, by the first way that works here; undefined where none does. */
export async function openFoldingFolder(): Promise<FoldingFolder | undefined> {
  const root = await mkdtemp(join(await realpath(tmpdir()), "folding-"));
  for (const way of [asItIs, inMemory, ofWindows]) {
    const folder = await way(root).catch(() => undefined);
    if (folder === undefined) continue;
    if (await folds(folder.path)) {
      return {
        path: folder.path,
        async [Symbol.asyncDispose]() {
          await folder[Symbol.asyncDispose]();
          await rm(root, { recursive: true });
        },
      };
    }
    await folder[Symbol.asyncDispose]();
  }
  await rm(root, { recursive: true });
  return undefined;
}

async function folds(folder: string): Promise<boolean> {
  await writeFile(join(folder, "Probe"), "");
  const isFound = await stat(join(folder, "pROBE")).then(
    () => true,
    () => false,
  );
  await rm(join(folder, "Probe"));
  return isFound;
}
