import { resolve } from "node:path";
import { isModelError } from "@llama-orch/catalog-core";
import { fileFetcher } from "@llama-orch/fetcher-file";
import { createProvisioner, type ProvisionEvent, type ResolvedModel } from "@llama-orch/model-provisioner";
import { describeCall } from "./describe-call.ts";
import { modifiedSince, snapshot } from "./snapshot.ts";

/** Silero VAD, a voice detector of 2.3 MB that arrives with `npm install`. A file: URL is a reference as it is. */
const reference = import.meta.resolve("@ricky0123/vad-web/dist/silero_vad_v5.onnx");
const digest = "sha256:2623a2953f6ff3d2c1e61740c6cdb7168133479b267dfef114a4a3cc5bdd788f";
const cacheDir = resolve(process.argv[2] ?? `${import.meta.dirname}/../../.model-cache`);

const provisioner = createProvisioner({ cacheDir, fetchers: [fileFetcher()] });

try {
  const first = await ensure();
  const entry = await provisioner.catalog.get(first.model.id);
  const before = await snapshot(cacheDir);
  const second = await ensure();
  const written = modifiedSince(before, await snapshot(cacheDir));

  const sections = [
    "Silero VAD v5 by a file: reference, with the sha256 that it must have",
    `First call\n${describeCall(first.model, first.events)}`,
    `Catalog entry, kept below ${cacheDir}\n${JSON.stringify(entry, undefined, 2)}`,
    `Second call\n${describeCall(second.model, second.events)}`,
    `Written by the second call: ${written.length === 0 ? "nothing" : written.join(", ")}`,
  ];
  console.log(sections.join("\n\n"));
} catch (error) {
  if (!isModelError(error)) throw error;
  console.error(`${error.message}\n${error.hint}`);
  process.exitCode = 1;
}

async function ensure(): Promise<{ readonly model: ResolvedModel; readonly events: readonly ProvisionEvent[] }> {
  const events: ProvisionEvent[] = [];
  const model = await provisioner.ensurePresentStr(reference, digest, { onEvent: (event) => events.push(event) });
  return { model, events };
}
