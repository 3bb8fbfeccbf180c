// A program of someone who installed model-provisioner alone: the pack test runs it.

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ModelProvisioner } from "@llama-orch/model-provisioner";

const folder = await mkdtemp(join(tmpdir(), "consumer-"));
const model = join(folder, "model.gguf");
await writeFile(model, "GGUF");
const { localPath } = await ModelProvisioner.fileOnly(join(folder, "cache")).ensurePresentStr(model);
console.log(localPath === model);
await rm(folder, { recursive: true });
