import { type FaultServer, type FaultServerOptions, startFaultServer } from "../fault-server.ts";

/** Ten digits. */
export const text = "0123456789";

export const large = { sizeBytes: 300_001, seed: "large" };

/** With `text` at `/file`, whose ETag is `"v1"`, and `large` at `/large`. */
export async function fileServer(options: FaultServerOptions = {}): Promise<FaultServer> {
  const server = await startFaultServer(options);
  server.put("/file", { content: Buffer.from(text), etag: '"v1"' });
  server.put("/large", { content: large });
  return server;
}
