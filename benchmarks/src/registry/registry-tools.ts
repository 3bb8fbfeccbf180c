import { join } from "node:path";
import type { RealTools } from "../../../tools/real-registry/src/index.ts";
import type { DownloadTool } from "../downloads/download-tool.ts";
import { installed } from "../downloads/installed-tools.ts";
import { childCommand } from "../downloads/our-tool.ts";
import type { ModelRegistry } from "./model-registry.ts";

/** Clients of registries, none of which reads its user's logins. */
export function registryClients(
  { skopeo, oras }: Extract<RealTools, { type: "here" }>,
  { reference, authFile }: ModelRegistry,
): readonly DownloadTool[] {
  const copy = [skopeo, "copy", "--quiet", "--insecure-policy", "--src-tls-verify=false", "--authfile", authFile];
  const pull = [oras, "pull", "--plain-http", "--no-tty", "--registry-config", authFile];
  return installed(
    [
      {
        name: "skopeo copy",
        program: skopeo,
        isVerifying: true,
        command: ({ folder }) => [...copy, `docker://${reference}`, `dir:${join(folder, "image")}`],
      },
      {
        name: "oras pull",
        program: oras,
        versionFlag: "version",
        isVerifying: true,
        command: ({ folder }) => [...pull, "--output", folder, reference],
      },
    ],
    "apt-get install skopeo; REQUIRE_REAL=1 builds oras",
  );
}

export function oursFromRegistry({ reference, authFile }: ModelRegistry): DownloadTool {
  return {
    name: "ours",
    version: "here",
    isVerifying: true,
    kind: "ours",
    everyNthRound: 1,
    command: ({ folder }) => [
      "env",
      `REGISTRY_AUTH_FILE=${authFile}`,
      ...childCommand("ensure-from-registry.mjs", `oci://${reference}`, folder),
    ],
  };
}
