import { existsSync } from "node:fs";
import { chmod, mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";

/** The release whose behaviour `versitygw.test.ts` keeps on record. */
export const version = "1.8.0";

const bin = join(import.meta.dirname, "../../../.run/real/bin");
const name = process.platform === "win32" ? `versitygw-${version}.exe` : `versitygw-${version}`;

/** The executable of the server, or why there is none. */
export type FoundRealS3 =
  | { readonly type: "here"; readonly executable: string }
  | { readonly type: "absent"; readonly reason: string };

let building: Promise<FoundRealS3> | undefined;

/**
 * `versitygw`, an S3 server that checks signatures, below `.run/real/bin`. It is built where `REQUIRE_REAL=1` asks for it
 * (that needs Go, its module proxy, and a minute or two); else one that was built before is used.
 */
export async function realS3(): Promise<FoundRealS3> {
  const executable = join(bin, name);
  if (existsSync(executable)) return { type: "here", executable };
  if (process.env["REQUIRE_REAL"] !== "1") {
    return { type: "absent", reason: `no ${name} below .run/real/bin; REQUIRE_REAL=1 builds it` };
  }
  return (building ??= build(executable));
}

/** Two processes may build at once: each does so in a folder of its own, and either's result is as good. */
async function build(executable: string): Promise<FoundRealS3> {
  const go = await findGo();
  if (go === undefined) return { type: "absent", reason: `Go is neither on PATH nor where it installs itself` };
  await mkdir(bin, { recursive: true });
  const folder = await mkdtemp(join(bin, ".build-"));
  try {
    const source = `github.com/versity/versitygw/cmd/versitygw@v${version}`;
    const options = { reject: false, timeout: 540_000, stdin: "ignore", env: { GOBIN: folder } } as const;
    const made = await execa(go, ["install", "-trimpath", source], options);
    if (made.failed) return { type: "absent", reason: `versitygw ${version} could not be built: ${made.message}` };
    const built = join(folder, process.platform === "win32" ? "versitygw.exe" : "versitygw");
    await chmod(built, 0o755);
    await rename(built, executable);
    return { type: "here", executable };
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function findGo(): Promise<string | undefined> {
  for (const command of ["go", "/usr/local/go/bin/go"]) {
    const asked = await execa(command, ["version"], { reject: false, stdin: "ignore", timeout: 30_000 });
    if (!asked.failed) return command;
  }
  return undefined;
}
