import { once } from "node:events";
import { defaultCacheDir, ModelProvisioner } from "@llama-orch/model-provisioner";
import { startPoolServer } from "./pool-server.ts";

const server = await startPoolServer({
  provisioner: ModelProvisioner.fileOnly(defaultCacheDir()),
  log: (line) => console.log(JSON.stringify(line)),
  port: Number(process.env["PORT"] ?? 8080),
});
console.error(`listening on ${server.url}`);

await Promise.race([once(process, "SIGINT"), once(process, "SIGTERM")]);
await server.close();
