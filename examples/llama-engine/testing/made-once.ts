import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { join } from "node:path";

/** Where git does not look. */
const root = join(import.meta.dirname, "../../../.run/llama-engine");

/** A folder with something real, or why there is none. */
export type Made =
  | { readonly type: "here"; readonly folder: string }
  | { readonly type: "absent"; readonly reason: string };

/**
 * The folder of a name, made where `REQUIRE_REAL=1` asks for it; else one that was made before is used. It is made under a name of
 * its own, and gets the right one when it is complete: one that is there can be used, and two runs may make it at a time.
 */
export async function madeOnce(name: string, make: (folder: string) => Promise<void>): Promise<Made> {
  const folder = join(root, name);
  const here = { type: "here", folder } as const;
  if (existsSync(folder)) return here;
  if (process.env["REQUIRE_REAL"] !== "1") {
    return { type: "absent", reason: `no ${name} below .run/llama-engine; REQUIRE_REAL=1 makes it` };
  }
  await mkdir(root, { recursive: true });
  const draft = await mkdtemp(`${folder}-`);
  try {
    await make(draft);
    await rename(draft, folder);
    return here;
  } catch (error) {
    if (existsSync(folder)) return here; // the other run was faster
    return { type: "absent", reason: `${name} could not be set up: ${String(error)}` };
  } finally {
    await rm(draft, { recursive: true, force: true, maxRetries: 3 });
  }
}
