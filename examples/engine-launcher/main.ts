import { isModelError } from "@llama-orch/catalog-core";
import { ModelProvisioner } from "@llama-orch/model-provisioner";
import { launch } from "./launch.ts";
import { silence, vowel } from "./signals.ts";
import { resolve } from "node:path";

/** Arrives with `npm install`: a model for tests that needs no download. A file: URL is a reference as it is. */
const reference = import.meta.resolve("@ricky0123/vad-web/dist/silero_vad_v5.onnx");
const digest = "sha256:2623a2953f6ff3d2c1e61740c6cdb7168133479b267dfef114a4a3cc5bdd788f";
const cacheDir = resolve(process.argv[2] ?? `${import.meta.dirname}/../../.model-cache`);

try {
  const model = await ModelProvisioner.fileOnly(cacheDir).ensurePresentStr(reference, digest);
  console.log(`model     ${model.localPath}`);
  const detector = await launch(model);
  console.log(`silence   ${highest(await detector.speechIn(silence(1)))} probability of speech, at most`);
  console.log(`a vowel   ${highest(await detector.speechIn(vowel(1)))}`);
  await detector.close();
} catch (error) {
  if (!isModelError(error)) throw error;
  console.error(`${error.message}\n${error.hint}`);
  process.exitCode = 1;
}

function highest(probabilities: readonly number[]): string {
  return Math.max(...probabilities).toFixed(3);
}
