import { join } from "node:path";
import { readAccessLog, type Request, sumOfSent } from "./access-log.ts";
import { writeCertificate } from "./certificate.ts";
import type { DownloadServer } from "./download-server.ts";
import { freePort } from "./loopback-port.ts";
import { startNginx } from "./nginx.ts";
import { noiseModel } from "./noise-model.ts";

/** Where the Hub would have it, so that its own client can be measured too. */
const path = "org/repo/resolve/main/model.gguf";

/** One file on the loopback interface, from an nginx of its own. */
export interface ModelServer extends DownloadServer {
  readonly url: string;
  readonly secureUrl: string;
  /** Each response is held to 20 MiB/s. */
  readonly slowUrl: string;
  readonly port: number;
  /** The requests that have ended since the last call, once no connection is open. */
  takeRequests(): Promise<readonly Request[]>;
}

export async function withModelServer<T>(
  folder: string,
  sizeMb: number,
  work: (server: ModelServer) => Promise<T>,
): Promise<T> {
  const model = await noiseModel(join(folder, "www", path), sizeMb);
  const ca = writeCertificate(folder);
  const [port, securePort] = [await freePort(), await freePort()];
  const { sha256 } = model.given;
  const nginx = await startNginx({ folder, port, securePort, sha256, isRoot: process.getuid?.() === 0 });
  const origin = `http://127.0.0.1:${port}`;
  let taken = 0;
  const takeRequests = async (): Promise<readonly Request[]> => {
    await nginx.untilIdle();
    const requests = (await readAccessLog(join(folder, "access.log"))).slice(taken);
    taken += requests.length;
    return requests;
  };
  try {
    return await work({
      ...model,
      given: { ...model.given, ca },
      url: `${origin}/${path}`,
      secureUrl: `https://127.0.0.1:${securePort}/${path}`,
      slowUrl: `${origin}/slow/${path}`,
      port,
      takeRequests,
      takeWork: async () => {
        const requests = await takeRequests();
        return { requests: requests.length, sentBytes: sumOfSent(requests), serverCpuSeconds: Number.NaN };
      },
    });
  } finally {
    await nginx.stop();
  }
}
