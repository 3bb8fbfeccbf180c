import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { seed, startRealS3 } from "../../../tools/real-s3/src/index.ts";
import { presignedUrl } from "../../../tools/test-s3/src/index.ts";
import { cpuMeter } from "../downloads/cpu-meter.ts";
import type { DownloadServer } from "../downloads/download-server.ts";
import { noiseModel } from "../downloads/noise-model.ts";

/** One object, which came in parts and has a CRC64NVME of the whole, in a `versitygw` on the loopback interface. */
export interface ModelBucket extends DownloadServer {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  /** `models/model.gguf`. */
  readonly path: string;
  /** Good for as long as any benchmark takes. */
  readonly presignedUrl: string;
}

const partBytes = 64 * 2 ** 20;
const [bucket, key] = ["models", "model.gguf"];
const expiresInSeconds = 24 * 60 * 60;

/** @param executable of `versitygw`. */
export async function withModelBucket<T>(
  executable: string,
  options: { readonly folder: string; readonly sizeMb: number },
  work: (server: ModelBucket) => Promise<T>,
): Promise<T> {
  const source = join(options.folder, "model.gguf");
  const model = await noiseModel(source, options.sizeMb);
  await using s3 = await startRealS3({ versioned: false });
  await seed(s3, bucket, [{ key, body: await readFile(source), partBytes }]);
  const cpuSeconds = await cpuMeter(executable);
  const { endpoint, region, credentials } = s3;
  const path = `${bucket}/${key}`;
  return await work({
    ...model,
    endpoint,
    region,
    credentials,
    path,
    presignedUrl: presignedUrl(`${endpoint}/${path}`, { key: credentials, region, expiresInSeconds }),
    takeWork: async () => ({ requests: Number.NaN, sentBytes: Number.NaN, serverCpuSeconds: await cpuSeconds() }),
  });
}
