import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { hashFile } from "@llama-orch/hashing";
import { writeNoise } from "../noise-file.ts";
import { readAccessLog, type Request } from "./access-log.ts";
import { writeCertificate } from "./certificate.ts";
import type { Download } from "./download-tool.ts";
import { freePort } from "./loopback-port.ts";
import { startNginx } from "./nginx.ts";

/** Where the Hub would have it, so that its own client can be measured too. */
const path = "org/repo/resolve/main/model.gguf";

/** One file on the loopback interface, from an nginx of its own. */
export interface ModelServer {
  readonly url: string;
  readonly secureUrl: string;
  /** Each response is held to 20 MiB/s. */
  readonly slowUrl: string;
  readonly port: number;
  /** What a tool is told beside the URL. */
  readonly given: Pick<Download, "ca" | "sha256" | "source">;
  readonly sizeMb: number;
  readonly sizeBytes: number;
  /** The requests that have ended since the last call, once no connection is open. */
  takeRequests(): Promise<readonly Request[]>;
}

export async function withModelServer<T>(
  folder: string,
  sizeMb: number,
  work: (server: ModelServer) => Promise<T>,
): Promise<T> {
  const file = join(folder, "www", path);
  await mkdir(dirname(file), { recursive: true });
  await writeNoise(file, sizeMb);
  const { digests, sizeBytes } = await hashFile(file);
  const ca = writeCertificate(folder);
  const [port, securePort] = [await freePort(), await freePort()];
  const sha256 = String(digests[0]).replace("sha256:", "");
  const nginx = await startNginx({ folder, port, securePort, sha256, isRoot: process.getuid?.() === 0 });
  const origin = `http://127.0.0.1:${port}`;
  let taken = 0;
  try {
    return await work({
      url: `${origin}/${path}`,
      secureUrl: `https://127.0.0.1:${securePort}/${path}`,
      slowUrl: `${origin}/slow/${path}`,
      port,
      given: { ca, source: file, sha256 },
      sizeMb,
      sizeBytes,
      takeRequests: async () => {
        await nginx.untilIdle();
        const requests = (await readAccessLog(join(folder, "access.log"))).slice(taken);
        taken += requests.length;
        return requests;
      },
    });
  } finally {
    await nginx.stop();
  }
}
