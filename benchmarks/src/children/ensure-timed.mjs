// What the children that ensure one reference have in common.
import { join } from "node:path";
import { createProvisioner } from "@llama-orch/model-provisioner";

/** Prints how long it took in ms, without the start of Node. It fails where the source's own checksum was not compared. */
export async function ensureTimed(reference, { fetcher, folder }) {
  const provisioner = createProvisioner({
    cacheDir: join(folder, "cache"),
    durability: "relaxed",
    fetchers: [fetcher],
  });
  const startedMs = performance.now();
  const { report } = await provisioner.ensurePresentStr(reference);
  const endedMs = performance.now();
  if (report.trust !== "upstream") throw new Error(`${reference} is ${report.trust}`);
  console.log(endedMs - startedMs);
}
