import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { execa } from "execa";

/** A program, or why there is none. */
export type RealTool =
  | { readonly type: "here"; readonly path: string }
  | { readonly type: "absent"; readonly reason: string };

/** All that the tests with a real registry need. Where oras is to be built, it takes up to some minutes: call it in `beforeAll`, with time. */
export type RealTools =
  | {
      readonly type: "here";
      readonly dockerRegistry: string;
      readonly skopeo: string;
      readonly oras: string;
    }
  | { readonly type: "absent"; readonly reason: string };

export async function realTools(): Promise<RealTools> {
  const dockerRegistry = onPath("docker-registry");
  if (dockerRegistry.type === "absent") return dockerRegistry;
  const skopeo = onPath("skopeo");
  if (skopeo.type === "absent") return skopeo;
  const oras = await realOras();
  if (oras.type === "absent") return oras;
  return { type: "here", dockerRegistry: dockerRegistry.path, skopeo: skopeo.path, oras: oras.path };
}

/**
 * The tools, for a test that is skipped where they are absent.
 *
 * @param skip of the test.
 * @throws where `REQUIRE_REAL=1` says that they must be here.
 */
export async function toolsOrSkip(skip: (reason: string) => never): Promise<Extract<RealTools, { type: "here" }>> {
  const tools = await realTools();
  if (tools.type === "here") return tools;
  if (process.env["REQUIRE_REAL"] === "1") throw new Error(tools.reason);
  return skip(tools.reason);
}

/** Those of Debian and Ubuntu: `apt-get install docker-registry skopeo`. */
function onPath(name: "docker-registry" | "skopeo"): RealTool {
  const path = executable(name, (process.env["PATH"] ?? "").split(delimiter));
  if (path !== undefined) return { type: "here", path };
  return { type: "absent", reason: `no ${name} on PATH; Debian and Ubuntu have it as a package of that name` };
}

/** It is built where `REQUIRE_REAL=1` asks for it (that needs Go and a module proxy); else one that was built before is used. */
async function realOras(): Promise<RealTool> {
  const path = join(bin, `oras-${orasRelease}`);
  if (existsSync(path)) return { type: "here", path };
  if (process.env["REQUIRE_REAL"] !== "1") {
    return { type: "absent", reason: `no oras ${orasRelease} below .run/real/bin; REQUIRE_REAL=1 builds it` };
  }
  const problem = await buildOras(path);
  return problem === undefined ? { type: "here", path } : { type: "absent", reason: problem };
}

const orasRelease = "v1.3.6";
const bin = join(import.meta.dirname, "../../../.run/real/bin");

/**
 * Processes that build at once each have a folder of their own; the last to rename its program puts it in place of the same one.
 *
 * @returns what went wrong.
 */
async function buildOras(path: string): Promise<string | undefined> {
  const go = executable("go", [...(process.env["PATH"] ?? "").split(delimiter), "/usr/local/go/bin"]);
  if (go === undefined) return "no go on PATH or at its usual place, to build oras with";
  await mkdir(bin, { recursive: true });
  const building = await mkdtemp(join(bin, "building-"));
  try {
    const built = await execa(go, ["install", "-trimpath", `oras.land/oras/cmd/oras@${orasRelease}`], {
      env: { GOBIN: building, CGO_ENABLED: "0" },
      reject: false,
      stdin: "ignore",
      timeout: 300_000,
    });
    if (built.failed) return `oras ${orasRelease} could not be built: ${built.message}`;
    await rename(join(building, "oras"), path);
    return undefined;
  } finally {
    await rm(building, { recursive: true, force: true });
  }
}

function executable(name: string, folders: readonly string[]): string | undefined {
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
}
