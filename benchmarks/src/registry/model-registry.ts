import { readFile } from "node:fs/promises";
import { join } from "node:path";
import {
  pushWithOras,
  type RealRegistry,
  type RealTools,
  startRealRegistry,
} from "../../../tools/real-registry/src/index.ts";
import { cpuMeter } from "../downloads/cpu-meter.ts";
import type { DownloadServer } from "../downloads/download-server.ts";
import { noiseModel } from "../downloads/noise-model.ts";

/** One artifact of one file, pushed by `oras` to a `docker-registry` on the loopback interface, where nobody signs in. */
export interface ModelRegistry extends DownloadServer {
  /** `127.0.0.1:40123/org/model:v1`. */
  readonly reference: string;
  /** Of the file itself. */
  readonly blobUrl: string;
  /** With nobody's logins, so that no tool looks for others. */
  readonly authFile: RealRegistry["authFile"];
}

export async function withModelRegistry<T>(
  tools: Extract<RealTools, { type: "here" }>,
  options: { readonly folder: string; readonly sizeMb: number },
  work: (registry: ModelRegistry) => Promise<T>,
): Promise<T> {
  const source = join(options.folder, "model.gguf");
  const model = await noiseModel(source, options.sizeMb);
  await using registry = await startRealRegistry(tools.dockerRegistry);
  await pushWithOras(tools, registry, "org/model:v1", { files: { "model.gguf": { content: await readFile(source) } } });
  const cpuSeconds = await cpuMeter(tools.dockerRegistry);
  return await work({
    ...model,
    reference: `${registry.host}/org/model:v1`,
    blobUrl: `${registry.origin}/v2/org/model/blobs/sha256:${model.given.sha256}`,
    authFile: registry.authFile,
    takeWork: async () => ({ requests: Number.NaN, sentBytes: Number.NaN, serverCpuSeconds: await cpuSeconds() }),
  });
}
