import { realTools } from "../../tools/real-registry/src/index.ts";
import { compareTools } from "./downloads/compare-tools.ts";
import { nativeTools } from "./downloads/native-tools.ts";
import { printFigures } from "./downloads/print-figures.ts";
import { memoryRows, rowsAgainst } from "./downloads/rows-against.ts";
import { withModelRegistry } from "./registry/model-registry.ts";
import { oursFromRegistry, registryClients } from "./registry/registry-tools.ts";
import { type BenchmarkOptions, type Row, sizeName } from "./row.ts";
import { withTempDir } from "./temp-dir.ts";

/** A file of a registry, by its clients and by ours. `curl` shows what the server can give, and how long the digest takes alone. */
export async function registryCompared({ rounds, sizeMb }: BenchmarkOptions): Promise<readonly Row[]> {
  const tools = await realTools();
  if (tools.type === "absent") {
    console.error(`registry-compared is left out: ${tools.reason}`);
    return [];
  }
  return withTempDir((folder) =>
    withModelRegistry(tools, { folder, sizeMb }, async (registry) => {
      const clients = [...registryClients(tools, registry), oursFromRegistry(registry)];
      const contest = { url: registry.blobUrl, tools: [...nativeTools("curl", "curl, then openssl"), ...clients] };
      const [figures = []] = await compareTools(registry, [contest], { rounds, folder });
      const size = sizeName(sizeMb);
      printFigures(`${size} from a registry`, figures);
      return [
        ...rowsAgainst(figures, {
          work: `${size} from a registry, verified, relaxed`,
          most: 1,
          rivals: ["skopeo copy", "oras pull"],
          named: "the faster of `skopeo copy` and `oras pull`",
          floor: "curl",
        }),
        ...memoryRows(figures, `peak memory of a process that fetches ${size} from a registry`),
      ];
    }),
  );
}
